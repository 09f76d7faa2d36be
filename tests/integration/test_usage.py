"""Usage: counted in memory, added up in the database, lost by no trouble with it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from consumers.worker import usage as counting
from consumers.worker.usage import Meter
from inference.engine import types
from tests.fakes.engine import FakeEngine, succeed
from tests.integration.conftest import Uploads, predictions
from tests.integration.pipelines import Bench
from uploads import usage
from uploads.models import Upload, Usage, User
from uploads.usage import Counts, Use

pytestmark = [pytest.mark.django_db(transaction=True)]

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


def use(user: User, model: str = "ocr", minute: datetime = NOON) -> Use:
    return Use(user.pk, model, "2", "uploads", minute)


def counts_of(row: Usage) -> tuple[int, int, int, float]:
    return row.requests, row.items, row.failures, row.compute_ms


def test_what_is_counted_twice_for_a_minute_adds_up(ada: User, bob: User) -> None:
    usage.add([(use(ada), Counts(2, 3, 1, 1.5)), (use(bob), Counts(1, 1, 0, 0.25))])
    usage.add([(use(ada), Counts(1, 4, 0, 0.25)), (use(ada, "digits"), Counts(1, 1, 0, 2))])
    rows = {(row.user_id, row.model): row for row in Usage.objects.all()}
    assert counts_of(rows[ada.pk, "ocr"]) == (3, 7, 1, 1.75)
    assert counts_of(rows[bob.pk, "ocr"]) == (1, 1, 0, 0.25)
    assert counts_of(rows[ada.pk, "digits"]) == (1, 1, 0, 2)
    assert {row.minute for row in rows.values()} == {NOON}


def test_more_rows_than_a_statement_takes_are_all_written(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage, "ROWS_A_STATEMENT", 3)
    for _ in range(2):
        usage.add([(use(ada, f"m{number}"), Counts(1, 1, 0, 1.0)) for number in range(10)])
    assert [counts_of(row) for row in Usage.objects.all()] == [(2, 2, 0, 2.0)] * 10


def test_a_user_who_is_gone_does_not_keep_others_from_being_counted(ada: User) -> None:
    gone = Use(ada.pk + 1000, "ocr", "2", "uploads", NOON)
    usage.add([(use(ada), Counts(1, 1, 0, 1.0)), (gone, Counts(1, 1, 0, 1.0))])
    assert Usage.objects.count() == 2


async def test_a_meter_writes_only_what_is_new(ada: User) -> None:
    meter = Meter()
    for failed in (False, True):
        meter.count(ada.pk, "ocr", "2", "grpc", items=4, failed=failed, compute_ns=1_500_000)
    await meter.flush()
    await meter.flush()
    rows = [row async for row in Usage.objects.all()]
    total = [sum(column) for column in zip(*map(counts_of, rows), strict=True)]
    assert total == [2, 8, 1, 3.0]
    assert all((row.protocol, row.minute.second) == ("grpc", 0) for row in rows)


async def test_a_database_that_is_away_loses_no_count(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = Meter()

    def away(_: Any) -> None:
        raise OperationalError("The server is away.")

    with monkeypatch.context() as patch:
        patch.setattr(usage, "add", away)
        for _ in range(3):
            meter.count(ada.pk, "ocr", "2", "grpc", items=1, failed=False, compute_ns=0)
            await meter.flush()
    await meter.flush()
    assert sum([row.requests async for row in Usage.objects.all()]) == 3


async def test_a_database_that_stays_away_does_not_fill_the_memory(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MAX_KEYS", 5)
    meter = Meter()
    for number in range(50):
        meter.count(number % 10, "ocr", "2", "grpc", items=1, failed=False, compute_ns=0)
    await meter.flush()
    assert await Usage.objects.acount() <= 5


async def test_every_computed_image_is_counted_for_who_uploaded_it(
    ada: User, bob: User, upload: Uploads
) -> None:
    mine: Upload = await sync_to_async(upload)(ada, count=3)
    await sync_to_async(upload)(bob)
    bad = (await sync_to_async(predictions)(mine))[0].pk

    def script(job: types.ImageJob) -> types.Outcome:
        if job.id == bad:
            kind = types.FailureKind.PERMANENT
            return types.Failed(job, "unreadable_image", "It cannot be read.", kind)
        return succeed(job)

    meter = Meter()
    bench = Bench(FakeEngine(script), note=meter.note)
    await bench.engine.start()
    await bench.work()
    bench.writer.cancel()
    await meter.flush()
    found = {
        (u.user_id, u.model, u.version, u.protocol) for u in [u async for u in Usage.objects.all()]
    }
    assert found == {(user.pk, "ocr", "2", "upload") for user in (ada, bob)}
    sums = {user.pk: Counts() for user in (ada, bob)}
    async for row in Usage.objects.all():
        sums[row.user_id].add(Counts(*counts_of(row)))
    assert sums == {ada.pk: Counts(3, 3, 1, 2.0), bob.pk: Counts(1, 1, 0, 1.0)}


def not_loaded(job: types.ImageJob) -> types.Outcome:
    return types.Failed(job, "model_unavailable", "No.", types.FailureKind.INFRASTRUCTURE)


@pytest.mark.parametrize("script", [types.GivenBack, not_loaded])
async def test_what_was_not_computed_is_not_counted(
    ada: User, upload: Uploads, script: Any
) -> None:
    await sync_to_async(upload)(ada, count=2)
    meter = Meter()
    bench = Bench(FakeEngine(script), note=meter.note)
    await bench.engine.start()
    await bench.pipeline.claim_round()
    await bench.pipeline.settle()
    bench.writer.cancel()
    await meter.flush()
    assert await Usage.objects.acount() == 0
