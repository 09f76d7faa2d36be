"""Sockets of a user are counted over all web processes, on a real Redis, and nobody dead counts."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from consumers import layer as layer_module
from consumers.layer import PubSubChannelLayer
from consumers.socket import shared_count
from consumers.socket.shared_count import SharedCount
from tests.redis_server import RedisServer, redis_server

ADA, BOB = 1, 2


class Web:
    """A web process, as far as Redis knows of it."""

    def __init__(self, layer: PubSubChannelLayer) -> None:
        self.layer = layer
        self.count = SharedCount(lambda: layer)

    async def begin(self) -> None:
        await self.layer.group_add(self.count.group, await self.layer.new_channel())

    async def die(self) -> None:
        """Its connections end with it, and it says nothing."""
        connection = self.layer._link().subscriptions._connection
        assert connection
        self.layer._link().subscriptions._members.clear()
        self.layer._link().subscriptions._confirmed.clear()
        await connection.disconnect()


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture
def web(server: RedisServer) -> Callable[[], Web]:
    return lambda: Web(server.layer())


async def test_what_a_user_has_elsewhere_counts_here(web: Callable[[], Web]) -> None:
    one, other = web(), web()
    await one.begin()
    await other.begin()
    assert await one.count.admits(ADA, 1, 3)
    assert await one.count.admits(ADA, 2, 3)
    assert await other.count.admits(ADA, 1, 3)
    assert not await other.count.admits(ADA, 2, 3)
    assert not await one.count.admits(ADA, 3, 3)
    assert await other.count.admits(BOB, 3, 3)
    await one.count.renew({ADA: 1})
    assert await other.count.admits(ADA, 2, 3)


async def test_a_process_that_died_takes_no_place(web: Callable[[], Web]) -> None:
    dead, alive = web(), web()
    await dead.begin()
    await alive.begin()
    assert await dead.count.admits(ADA, 3, 3)
    assert not await alive.count.admits(ADA, 1, 3)
    await dead.die()
    async with asyncio.timeout(10):
        while not await alive.count.admits(ADA, 1, 3):  # noqa: ASYNC110  # Redis tells nobody
            await asyncio.sleep(0.02)


async def test_a_process_that_was_cut_off_takes_no_place_for_long(
    web: Callable[[], Web], monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off, alive = web(), web()
    await cut_off.begin()
    await alive.begin()
    # As it would have been written long ago.
    long_ago = shared_count._COUNTED.replace("redis.call('TIME')[1]", "redis.call('TIME')[1] - 80")
    with monkeypatch.context() as past:
        past.setattr(shared_count, "_COUNTED", long_ago)
        assert await cut_off.count.admits(ADA, 3, 3)
    assert await alive.count.admits(ADA, 1, 3)


async def test_while_redis_is_away_nobody_is_refused_and_later_all_counts_again(
    web: Callable[[], Web], server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer_module, "BREAKER_SECONDS", 0.0)
    one, other = web(), web()
    await one.begin()
    await other.begin()
    assert await one.count.admits(ADA, 3, 3)
    server.kill()
    assert await other.count.admits(ADA, 1, 3)
    server.start()
    async with asyncio.timeout(20):
        while await one.layer.listeners([one.count.group]) != {one.count.group: 1}:  # noqa: ASYNC110  # neither
            await asyncio.sleep(0.05)
    assert await other.count.admits(ADA, 2, 3)
    await one.count.renew({ADA: 3})
    assert not await other.count.admits(ADA, 2, 3)


async def test_without_redis_each_process_counts_for_itself() -> None:
    assert await SharedCount(lambda: None).admits(ADA, 3, 3)
