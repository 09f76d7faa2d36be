"""Whether a gRPC channel is connected, before anything is sent on it and after it failed."""

import asyncio
from typing import Any, Final

import grpc

_SETTLED: Final = frozenset(
    {grpc.ChannelConnectivity.READY, grpc.ChannelConnectivity.TRANSIENT_FAILURE}
)


LOST_SECONDS: Final = 0.2
"""A channel may learn a little later than a call that its connection broke."""


async def is_lost(channel: Any) -> bool:
    """Whether the connection is gone that a call has just failed on."""
    try:
        async with asyncio.timeout(LOST_SECONDS):
            await channel.wait_for_state_change(grpc.ChannelConnectivity.READY)
    except TimeoutError:
        return False
    return True


async def is_connected(channel: Any, seconds: float) -> bool:
    """Whether there is a connection, at the latest after so long; it is tried for."""
    try:
        async with asyncio.timeout(seconds):
            state = channel.get_state(try_to_connect=True)
            while state not in _SETTLED:
                await channel.wait_for_state_change(state)
                state = channel.get_state(try_to_connect=True)
    except TimeoutError:
        return False
    return bool(state is grpc.ChannelConnectivity.READY)
