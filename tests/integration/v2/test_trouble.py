"""Workers that are away, break or refuse: a call is repeated where it is safe, and called off."""

import asyncio
from collections import Counter
from typing import Any

import grpc
import pytest

from consumers.oip.forwarding import Forwarder
from inference.oip.admission import Admission
from inference.oip.errors import ProtocolError, Status
from tests.fakes.grpc_worker import refusing, saying
from tests.integration.v2.calling import Start, call, refusal

pytestmark = [pytest.mark.django_db(transaction=True)]

GONE = refusing(Status.UNAVAILABLE, "Socket closed", own=False)
STOPPING = refusing(Status.UNAVAILABLE, "The worker is stopping.")


async def test_without_any_worker_the_client_is_told_to_come_again(forwarder: Forwarder) -> None:
    error = await refusal(forwarder.call(call()))
    assert error.status is Status.UNAVAILABLE
    assert (await refusal(forwarder.call_all(call()))).status is Status.UNAVAILABLE


async def test_a_worker_that_cannot_be_reached_costs_no_request(
    start: Start, forwarder: Forwarder
) -> None:
    dead, alive = await start("dead"), await start("alive")
    await dead.stop()
    for _ in range(4):
        assert await forwarder.call(call()) == b"x"
    assert len(alive.calls) == 4


async def test_a_worker_that_dies_after_it_was_connected_costs_no_later_request(
    start: Start, forwarder: Forwarder
) -> None:
    workers = [await start("one"), await start("two")]
    for _ in range(4):
        await forwarder.call(call())
    await workers[0].stop()
    # Until then a call may be sent to it, and nobody knows what became of it.
    await until_broken(forwarder, workers[0].address)
    for _ in range(4):
        assert await forwarder.call(call()) == b"x"


async def until_broken(forwarder: Forwarder, address: str) -> None:
    """Waits until the connection is seen to have ended."""
    channel = forwarder._route(address)._channel
    async with asyncio.timeout(10):
        while (state := channel.get_state()) is grpc.ChannelConnectivity.READY:
            await channel.wait_for_state_change(state)


async def test_what_a_worker_does_not_take_another_one_gets(
    start: Start, forwarder: Forwarder
) -> None:
    stopping, other = await start("stopping", behave=STOPPING), await start("other")
    for _ in range(4):
        assert await forwarder.call(call()) == b"x"
    assert stopping.calls
    assert len(other.calls) == 4


async def test_what_a_worker_lets_go_of_as_it_ends_another_one_gets(
    start: Start, forwarder: Forwarder
) -> None:
    letting_go = refusing(Status.CANCELLED, own=False)
    ending, other = await start("ending", behave=letting_go), await start("other")
    for _ in range(4):
        assert await forwarder.call(call()) == b"x"
    assert ending.calls
    assert len(other.calls) == 4
    await other.stop()
    assert (await refusal(forwarder.call(call()))).status is Status.UNAVAILABLE


async def test_what_may_have_been_carried_out_is_not_sent_again(
    start: Start, forwarder: Forwarder
) -> None:
    workers = [await start(name, behave=GONE) for name in ("one", "two")]
    error = await refusal(forwarder.call(call()))
    assert error.status is Status.UNAVAILABLE
    # Nothing of what lies between is told.
    assert "Socket closed" not in error.message
    assert sum(len(worker.calls) for worker in workers) == 1


async def test_what_may_be_carried_out_twice_is_sent_again(
    start: Start, forwarder: Forwarder
) -> None:
    await start("gone", behave=GONE)
    await start("other")
    for _ in range(4):
        assert await forwarder.call(call(repeats=1)) == b"x"


async def test_what_breaks_workers_is_sent_again_only_so_often(
    start: Start, forwarder: Forwarder
) -> None:
    workers = [await start(str(number), behave=GONE) for number in range(3)]
    assert (await refusal(forwarder.call(call(repeats=1)))).status is Status.UNAVAILABLE
    assert sum(len(worker.calls) for worker in workers) == 2


async def test_a_request_is_not_sent_around_for_ever(start: Start, forwarder: Forwarder) -> None:
    workers = [await start(str(number), behave=STOPPING) for number in range(5)]
    error = await refusal(forwarder.call(call()))
    assert error.message == "The worker is stopping."
    assert Counter(len(worker.calls) for worker in workers) == {1: 3, 0: 2}


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.UNAVAILABLE])
async def test_a_workers_refusal_is_the_answer(
    start: Start, forwarder: Forwarder, status: Status
) -> None:
    workers = [await start(name, behave=refusing(status, "Because.")) for name in ("one", "two")]
    error = await refusal(forwarder.call(call(repeats=2)))
    assert (error.status, error.message) == (status, "Because.")
    assert sum(len(worker.calls) for worker in workers) == 1


async def test_a_request_that_is_too_large_is_not_to_be_sent_again(
    start: Start, forwarder: Forwarder
) -> None:
    worker = await start("one")
    error = await refusal(forwarder.call(call(payload=bytes(66 << 20))))
    assert (error.status, "too large" in error.message) == (Status.INVALID_ARGUMENT, True)
    assert not worker.calls


async def test_an_answer_that_is_too_large_is_not_to_be_asked_for_again(
    start: Start, forwarder: Forwarder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "consumers.oip.worker_channel._OPTIONS", [("grpc.max_receive_message_length", 10)]
    )
    await start("one", behave=saying(bytes(11)))
    error = await refusal(forwarder.call(call()))
    assert (error.status, "too large" in error.message) == (Status.INVALID_ARGUMENT, True)


async def test_a_broken_worker_is_no_news_for_the_client(
    start: Start, forwarder: Forwarder
) -> None:
    async def raising(request: bytes, context: Any) -> bytes:
        raise RuntimeError("secret")

    await start("one", behave=raising)
    error = await refusal(forwarder.call(call()))
    assert (error.status, error.message) == (
        Status.INTERNAL,
        "The worker failed on this request.",
    )


async def test_a_worker_that_does_not_answer_is_not_waited_for_any_longer(
    start: Start, forwarder: Forwarder
) -> None:
    worker = await start("one")
    worker.hold()
    error = await refusal(forwarder.call(call(seconds=0.2)))
    assert error.status is Status.DEADLINE_EXCEEDED
    await worker.let_go.wait()


async def test_canceling_the_caller_calls_the_worker_off(
    start: Start, forwarder: Forwarder
) -> None:
    worker = await start("one")
    worker.hold()
    calling = asyncio.create_task(forwarder.call(call(seconds=60)))
    await worker.called.wait()
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    await worker.let_go.wait()
    assert forwarder._routes[worker.address].outstanding == 0


async def test_a_worker_that_comes_back_is_found(start: Start, forwarder: Forwarder) -> None:
    worker = await start("one")
    await forwarder.call(call())
    await worker.stop()
    await refusal(forwarder.call(call()))
    await worker.start(int(worker.address.rpartition(":")[2]))
    async with asyncio.timeout(10):
        while True:
            try:
                assert await forwarder.call(call()) == b"x"
            except ProtocolError:
                await asyncio.sleep(0.05)
            else:
                return


async def test_a_worker_says_when_another_try_makes_sense(
    start: Start, forwarder: Forwarder
) -> None:
    await start("one", behave=refusing(Status.RESOURCE_EXHAUSTED, retry_after=17))
    assert (await refusal(forwarder.call(call()))).retry_after == 17


async def test_what_is_on_its_way_holds_so_much_memory_and_no_more(
    start: Start, forwarder: Forwarder
) -> None:
    worker = await start("one")
    worker.hold()
    forwarder._requests = Admission(100)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(forwarder.call(call(payload=bytes(60))))
        await worker.called.wait()
        error = await refusal(forwarder.call(call(payload=bytes(41))))
        assert error.status is Status.RESOURCE_EXHAUSTED
        second = group.create_task(forwarder.call(call(payload=bytes(40))))
        async with asyncio.timeout(10):
            while forwarder._requests._left:  # noqa: ASYNC110  # it sets no event
                await asyncio.sleep(0)
        worker.release()
    assert [len(first.result()), len(second.result())] == [60, 40]
    assert len(await forwarder.call(call(payload=bytes(100)))) == 100
