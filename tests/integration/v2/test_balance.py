"""Which worker a call to the REST endpoint goes to."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from consumers.database import in_database
from consumers.oip.forwarding import Forwarder
from inference.oip.errors import Status
from tests.fakes.grpc_worker import refusing
from tests.integration.v2.calling import Start, call, refusal
from uploads.models import Worker

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_calls_take_turns(start: Start, forwarder: Forwarder) -> None:
    workers = [await start(name) for name in ("one", "two", "three")]
    for _ in range(6):
        await forwarder.call(call())
    assert [len(worker.calls) for worker in workers] == [2, 2, 2]


async def test_a_busy_worker_gets_less(start: Start, forwarder: Forwarder) -> None:
    slow, quick = await start("slow"), await start("quick")
    slow.hold()
    waiting = [asyncio.create_task(forwarder.call(call())) for _ in range(2)]
    # One of them is answered by the other worker.
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
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
    assert ending.calls == silent.calls == []


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
