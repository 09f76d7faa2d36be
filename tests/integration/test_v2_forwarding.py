"""Calls of the REST door on their way to workers: balanced, repeated where it is safe, called off."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from consumers.database import in_database
from consumers.oip import workers as workers_module
from consumers.oip.forwarding import Forwarder
from consumers.oip.route import Outgoing
from inference.oip.errors import ProtocolError, Status
from tests.fakes.grpc_worker import Behave, GrpcWorker, echo, refusing
from uploads.models import Worker

pytestmark = [pytest.mark.django_db(transaction=True)]

Start = Callable[..., Awaitable[GrpcWorker]]
GONE = refusing(Status.UNAVAILABLE, "Socket closed", own=False)
STOPPING = refusing(Status.UNAVAILABLE, "The worker is stopping.")


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts workers that have a row."""
    started: list[GrpcWorker] = []

    async def start(
        name: str, *models: tuple[str, str], behave: Behave = echo, **row: Any
    ) -> GrpcWorker:
        worker = await GrpcWorker(name, behave).start()
        await worker.register(*models, **row)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        await worker.stop()


@pytest.fixture
async def forwarder() -> AsyncIterator[Forwarder]:
    forwarder = Forwarder()
    yield forwarder
    await asyncio.gather(*(route.close() for route in forwarder._routes.values()))


def call(**values: Any) -> Outgoing:
    """A call that must not be carried out twice, unless told otherwise."""
    return Outgoing(**{"method": "ModelInfer", "payload": b"x", "repeatable": False, **values})


async def refusal(awaitable: Awaitable[Any]) -> ProtocolError:
    with pytest.raises(ProtocolError) as raised:
        await awaitable
    return raised.value


# Which worker.


async def test_calls_take_turns(start: Start, forwarder: Forwarder) -> None:
    workers = [await start(name) for name in ("one", "two", "three")]
    for _ in range(6):
        await forwarder.call(call())
    assert [len(worker.calls) for worker in workers] == [2, 2, 2]


async def test_a_busy_worker_gets_less(start: Start, forwarder: Forwarder) -> None:
    slow, quick = await start("slow"), await start("quick")
    slow.hold()
    waiting = [asyncio.create_task(forwarder.call(call())) for _ in range(2)]
    while not (slow.calls and quick.calls):
        await asyncio.sleep(0.01)
    for _ in range(5):
        await forwarder.call(call())
    assert (len(slow.calls), len(quick.calls)) == (1, 6)
    slow.release()
    await asyncio.gather(*waiting)


@pytest.mark.parametrize(
    ("version", "expected"), [("", "both"), ("stable", "both"), ("1", "both"), ("2", "newer")]
)
async def test_a_worker_where_the_model_is_ready_goes_first(
    start: Start, forwarder: Forwarder, version: str, expected: str
) -> None:
    older = await start("older", ("ocr", "1"), ("digits", "2"))
    newer = await start("newer", ("ocr", "1"), ("ocr", "2"))
    await start("loading", ("ocr", "2"), state="LOADING")
    for _ in range(4):
        await forwarder.call(call(model="ocr", version=version))
    counts = (len(older.calls), len(newer.calls))
    assert counts == {"both": (2, 2), "newer": (0, 4)}[expected]


async def test_where_nobody_serves_the_model_any_worker_says_why(
    start: Start, forwarder: Forwarder
) -> None:
    await start("one", ("ocr", "1"), behave=refusing(Status.NOT_FOUND, "There is no model x."))
    error = await refusal(forwarder.call(call(model="x")))
    assert (error.status, error.message) == (Status.NOT_FOUND, "There is no model x.")


async def test_workers_that_end_or_give_no_sign_of_life_get_nothing(
    start: Start, forwarder: Forwarder
) -> None:
    ending = await start("ending", draining=True)
    silent = await start("silent", seen_at=timezone.now() - timedelta(seconds=11))
    error = await refusal(forwarder.call(call()))
    assert error.status is Status.UNAVAILABLE
    assert not await forwarder.has_workers()
    assert not (ending.calls or silent.calls)


async def test_the_younger_of_two_rows_with_one_address_counts(
    start: Start, forwarder: Forwarder
) -> None:
    worker = await start("old", ("ocr", "1"))
    other = await start("other")
    early = timezone.now() - timedelta(minutes=1)
    await in_database(Worker.objects.filter(pk="old").update, started_at=early)
    worker.name = "young"
    await worker.register(("digits", "1"))
    for _ in range(4):
        await forwarder.call(call(model="digits"))
    assert (len(worker.calls), len(other.calls)) == (4, 0)


# When it goes wrong.


async def test_without_any_worker_the_client_is_told_to_come_again(forwarder: Forwarder) -> None:
    error = await refusal(forwarder.call(call()))
    assert error.status is Status.UNAVAILABLE
    assert await refusal(forwarder.call_all(call()))


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
    for _ in range(4):
        assert await forwarder.call(call()) == b"x"


async def test_what_a_worker_does_not_take_another_one_gets(
    start: Start, forwarder: Forwarder
) -> None:
    stopping, other = await start("stopping", behave=STOPPING), await start("other")
    for _ in range(4):
        assert await forwarder.call(call()) == b"x"
    assert stopping.calls
    assert len(other.calls) == 4


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
        assert await forwarder.call(call(repeatable=True)) == b"x"


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
    error = await refusal(forwarder.call(call(repeatable=True)))
    assert (error.status, error.message) == (status, "Because.")
    assert sum(len(worker.calls) for worker in workers) == 1


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
    while not worker.canceled:
        await asyncio.sleep(0.01)


async def test_canceling_the_caller_calls_the_worker_off(
    start: Start, forwarder: Forwarder
) -> None:
    worker = await start("one")
    worker.hold()
    calling = asyncio.create_task(forwarder.call(call(seconds=60)))
    while not worker.calls:
        await asyncio.sleep(0.01)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    while not worker.canceled:
        await asyncio.sleep(0.01)
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


# All of them.


async def test_all_workers_are_asked_and_those_that_answer_count(
    start: Start, forwarder: Forwarder
) -> None:
    await start("one")
    await start("two")
    await start("refusing", behave=refusing(Status.NOT_FOUND))
    await (await start("dead")).stop()
    assert await forwarder.call_all(call()) == [b"x", b"x"]


async def test_where_all_refuse_the_first_refusal_is_the_answer(
    start: Start, forwarder: Forwarder
) -> None:
    await start("one", behave=refusing(Status.NOT_FOUND, "There is no model x."))
    await start("two", behave=refusing(Status.NOT_FOUND, "There is no model x."))
    error = await refusal(forwarder.call_all(call()))
    assert (error.status, error.message) == (Status.NOT_FOUND, "There is no model x.")


# The catalog.


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whatever the catalog is asked; an exception put into it is what it answers from then on."""
    made: list[Any] = []
    read = workers_module._live

    def noted() -> Any:
        made.append(read)
        for one in made:
            if isinstance(one, Exception):
                raise one
        return read()

    monkeypatch.setattr(workers_module, "_live", noted)
    return made


async def test_the_catalog_is_asked_once_for_many_calls(
    start: Start, forwarder: Forwarder, reads: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers_module, "FRESH_SECONDS", 3600)
    await start("one")
    await asyncio.gather(*(forwarder.call(call()) for _ in range(20)))
    await forwarder.call(call())
    assert len(reads) == 1
    forwarder.expect_change()
    await forwarder.call(call())
    assert len(reads) == 2


async def test_without_the_database_the_known_workers_go_on(
    start: Start, forwarder: Forwarder, reads: list[Any]
) -> None:
    await start("one")
    await forwarder.call(call())
    reads.append(OperationalError())
    forwarder.expect_change()
    assert await forwarder.call(call()) == b"x"
    assert len(reads) == 3


async def test_who_is_called_off_does_not_call_off_the_others_reading(
    start: Start, forwarder: Forwarder
) -> None:
    await start("one")
    first = asyncio.create_task(forwarder.call(call()))
    second = asyncio.create_task(forwarder.call(call()))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == b"x"


async def test_the_channel_to_a_worker_that_left_is_closed_once_it_is_idle(
    start: Start, forwarder: Forwarder
) -> None:
    leaving = await start("leaving")
    leaving.hold()
    waiting = asyncio.create_task(forwarder.call(call()))
    while not leaving.calls:
        await asyncio.sleep(0.01)
    await in_database(Worker.objects.filter(pk="leaving").delete)
    await start("other")
    forwarder.expect_change()
    await forwarder.call(call())
    assert leaving.address in forwarder._routes
    leaving.release()
    assert await waiting == b"x"
    await forwarder.call(call())
    assert leaving.address not in forwarder._routes
