"""Whether a gRPC channel is connected, before anything is sent on it."""

import asyncio
from typing import Any, Final

import grpc

_SETTLED: Final = frozenset(
    {grpc.ChannelConnectivity.READY, grpc.ChannelConnectivity.TRANSIENT_FAILURE}
)


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
