"""The channel layer on a real Redis, which may go away at any time."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis.asyncio

from consumers import layer as layer_module
from consumers import redis_outbox, redis_thread_link
from consumers.layer import PubSubChannelLayer
from tests.darkroom import until
from tests.redis_server import RedisServer, redis_server


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


async def heard(layer: PubSubChannelLayer, sender: PubSubChannelLayer, channel: str) -> None:
    """Sends to `group` until a message comes through: the layer is subscribed again."""
    async with asyncio.timeout(20):
        receiving = asyncio.create_task(layer.receive(channel))
        while not receiving.done():
            await sender.group_send("group", {"type": "hint"})
            await asyncio.wait([receiving], timeout=0.05)


async def told(layer: PubSubChannelLayer, group: str) -> "asyncio.Task[dict[str, Any]]":
    """The next message that a group is told, which is heard from now on."""
    channel = await layer.new_channel()
    receiving = asyncio.create_task(layer.receive(channel))
    await layer.group_add(group, channel)
    return receiving


async def test_a_group_is_told_in_every_process_and_who_left_is_not(server: RedisServer) -> None:
    web, worker = server.layer(), server.layer()
    mine, other = await web.new_channel(), await web.new_channel()
    receiving = [asyncio.create_task(web.receive(name)) for name in (mine, other)]
    await asyncio.sleep(0)
    for name in (mine, other):
        await web.group_add("group", name)
    await worker.group_send("group", {"type": "hint", "seq": 7})
    assert [await one for one in receiving] == [{"type": "hint", "seq": 7}] * 2
    await web.group_discard("group", other)
    left = asyncio.create_task(web.receive(other))
    stayed = asyncio.create_task(web.receive(mine))
    await worker.group_send("group", {"type": "hint", "seq": 8})
    assert (await stayed)["seq"] == 8
    assert not left.done()
    left.cancel()


async def test_a_shared_channel_is_heard_by_everybody_who_receives_there(
    server: RedisServer,
) -> None:
    workers = [server.layer(), server.layer()]
    receiving = [asyncio.create_task(one.receive("inference")) for one in workers]
    sender = server.layer()
    async with asyncio.timeout(20):
        while not all(one.done() for one in receiving):
            await sender.send("inference", {"type": "wake"})
            await asyncio.wait(receiving, timeout=0.02)
    assert [one.result() for one in receiving] == [{"type": "wake"}] * 2


async def test_what_listens_goes_on_through_a_restart(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer_module, "BREAKER_SECONDS", 0.05)
    layer, sender = server.layer(), server.layer()
    channel = await layer.new_channel()
    await layer.group_add("group", channel)
    await heard(layer, sender, channel)
    server.kill()
    server.start()
    await heard(layer, sender, channel)


async def test_who_listens_is_told_that_messages_may_have_been_missed(
    server: RedisServer,
) -> None:
    layer = server.layer()
    receiving = [await told(layer, "group"), await told(layer, "other")]
    server.kill()
    server.start()
    async with asyncio.timeout(20):
        assert [await one for one in receiving] == [{"type": "resumed"}] * 2


async def test_who_joins_while_redis_is_away_is_told_once_it_is_back(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer_module, "BREAKER_SECONDS", 0.05)
    server.kill()
    layer = server.layer()
    channel = await layer.new_channel()
    await layer.group_add("group", channel)
    assert not await layer.answers()
    server.start()
    await heard(layer, server.layer(), channel)
    assert await layer.answers()


async def test_nobody_waits_for_a_redis_that_is_away(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = server.layer()
    server.kill()
    await layer.group_send("group", {"type": "hint"})
    with monkeypatch.context() as patch:
        pending = asyncio.get_running_loop().create_future()
        patch.setattr(layer._link().outbox, "put", lambda *_: pending)
        async with asyncio.timeout(layer_module.SEND_TIMEOUT_SECONDS):
            await layer.group_send("group", {"type": "hint"})


async def test_messages_of_a_process_that_had_no_time_for_them_come_all_the_same(
    server: RedisServer,
) -> None:
    web, worker = server.layer(capacity=300), server.layer(capacity=300)
    channel = await web.new_channel()
    first = asyncio.create_task(web.receive(channel))
    await web.group_add("group", channel)
    sending = [asyncio.create_task(worker.group_send("group", {"seq": n})) for n in range(300)]
    await asyncio.sleep(0)
    # As where models take every core: nothing runs for longer than a send is waited for.
    time.sleep(2 * layer_module.SEND_TIMEOUT_SECONDS)  # noqa: ASYNC251
    await asyncio.gather(*sending)
    async with asyncio.timeout(20):
        assert await first == {"seq": 0}
        assert [(await web.receive(channel))["seq"] for _ in range(299)] == list(range(1, 300))


async def test_what_was_sent_while_redis_did_not_answer_comes_when_it_does(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_outbox, "EXCHANGE_SECONDS", 0.1)
    monkeypatch.setattr(redis_outbox, "RETRY_SECONDS", 0.05)
    web, worker = server.layer(), server.layer()
    receiving = await told(web, "group")
    server.pause()
    await worker.group_send("group", {"seq": 7})
    assert worker._link().outbox.is_away
    server.go_on()
    async with asyncio.timeout(20):
        assert await receiving == {"seq": 7}


async def test_what_has_become_old_while_redis_is_away_is_dropped(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_outbox, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(redis_outbox, "MESSAGE_SECONDS", 0.02)
    layer = server.layer()
    server.kill()
    await layer.group_send("group", {"type": "hint"})
    sending = layer._link().outbox._sending
    assert sending is not None
    async with asyncio.timeout(20):
        await sending


async def test_of_too_many_messages_the_oldest_are_dropped(server: RedisServer) -> None:
    web, worker = server.layer(), server.layer(capacity=3)
    channel = await web.new_channel()
    first = asyncio.create_task(web.receive(channel))
    await web.group_add("group", channel)
    for seq in range(10):
        worker._link().outbox.put("PUBLISH", "darkroom:group:group", f'{{"seq":{seq}}}')
    async with asyncio.timeout(20):
        came = [(await first)["seq"], *[(await web.receive(channel))["seq"] for _ in range(2)]]
    assert came == [7, 8, 9]


async def test_who_reads_too_slowly_loses_the_oldest(server: RedisServer) -> None:
    layer = server.layer(capacity=3)
    channel = await layer.new_channel()
    first = asyncio.create_task(layer.receive(channel))
    await layer.group_add("group", channel)
    await layer.group_send("group", {"seq": 0})
    assert await first == {"seq": 0}
    for seq in range(1, 10):
        await layer.group_send("group", {"seq": seq})
    # What comes after them has come, and so have they.
    watching = await layer.new_channel()
    last = asyncio.create_task(layer.receive(watching))
    await layer.group_add("end", watching)
    await layer.group_send("end", {})
    await last
    assert [(await layer.receive(channel))["seq"] for _ in range(3)] == [7, 8, 9]


async def test_a_membership_that_is_renewed_costs_no_command(server: RedisServer) -> None:
    layer = server.layer()
    channel = await layer.new_channel()
    await layer.group_add("group", channel)
    client = redis.asyncio.Redis(unix_socket_path=str(server.socket))
    before = (await client.info("stats"))["total_commands_processed"]
    for _ in range(10):
        await layer.group_add("group", channel)
    after = (await client.info("stats"))["total_commands_processed"]
    # The question itself.
    assert after - before == 1
    await client.aclose()


async def test_who_joins_while_sends_are_given_up_is_heard_without_joining_again(
    server: RedisServer,
) -> None:
    layer, sender = server.layer(), server.layer()
    first, second = await layer.new_channel(), await layer.new_channel()
    await layer.group_add("other", first)
    layer._closed_until = float("inf")
    await layer.group_add("group", second)
    layer._closed_until = 0.0
    await heard(layer, sender, second)


WAKE = {"type": "wake"}


def sends_at_once(layer: PubSubChannelLayer) -> None:
    """Waits until a thread can send: it has a connection."""
    until(lambda: layer.group_send_at_once("group", WAKE), "a thread can send", 20)


async def test_a_thread_sends_to_a_group_by_itself_once_it_is_connected(
    server: RedisServer,
) -> None:
    web, worker = server.layer(), server.layer()
    assert not web.group_send_at_once("group", WAKE)
    channel = await worker.new_channel()
    receiving = asyncio.create_task(worker.receive(channel))
    await worker.group_add("group", channel)
    await asyncio.to_thread(sends_at_once, web)
    assert await receiving == WAKE


async def test_a_thread_leaves_it_to_the_loop_while_redis_is_away(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_thread_link, "RECONNECT_SECONDS", 0.0)
    layer = server.layer()
    await asyncio.to_thread(sends_at_once, layer)
    server.kill()
    assert not layer.group_send_at_once("group", WAKE)
    assert not layer.group_send_at_once("group", WAKE)
    server.start()
    await asyncio.to_thread(sends_at_once, layer)


async def test_two_threads_do_not_wait_for_each_other(server: RedisServer) -> None:
    layer = server.layer()
    await asyncio.to_thread(sends_at_once, layer)
    with layer._from_threads._lock:
        assert not await asyncio.to_thread(layer.group_send_at_once, "group", WAKE)
