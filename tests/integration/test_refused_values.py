"""What workers write beside endings: no value stops a lease, a sign of life, a catalog, a count."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from consumers.worker import housekeeping
from consumers.worker.usage import Meter
from tests.integration.attempts import W1, claim
from tests.integration.conftest import Uploads
from tests.integration.offered import entry
from uploads.catalog import holdings, offers
from uploads.catalog.desired import ObservedState
from uploads.catalog.holdings import Holding
from uploads.models import Model, ModelVersion, Prediction, Usage, User, Worker
from uploads.queue import leases
from uploads.queue.held import Held

pytestmark = [pytest.mark.django_db(transaction=True)]

STRANGE = "a\0b\ud83d" + "c" * 3000


def test_a_lease_is_renewed_whatever_the_stage_is_called(ada: User, upload: Uploads) -> None:
    upload(ada, count=2)
    first, second = claim()
    soon = timezone.now() + timedelta(seconds=1)
    Prediction.objects.update(lease_until=soon)
    held = [
        Held(first.id, first.attempt, STRANGE, float("nan")),
        Held(second.id, second.attempt, "detect", 7.0),
    ]
    told = leases.tick(W1, held)
    assert (told.lost, told.canceled) == (frozenset(), frozenset())
    rows = list(Prediction.objects.order_by("pk"))
    assert all(row.lease_until and row.lease_until > soon for row in rows)
    assert [(row.stage, row.progress) for row in rows] == [
        ("a\ufffdb\ufffd" + "c" * 46, 0.0),
        ("detect", 1.0),
    ]


@pytest.mark.django_db
def test_a_worker_lives_whatever_the_reason_is_that_it_tells() -> None:
    holding = Holding("gr\udcffy", "", "UNAVAILABLE", STRANGE)
    worker = Worker(id="host:1:aa", host="host", pid=1)
    worker.holds = {"1": Held(1, 1, STRANGE, 0.0).told_stage}
    worker.versions = [holding.as_dict()]
    worker.observed = {"gray": ObservedState(1, "load_failed", STRANGE).as_dict()}
    offers.heartbeat(worker)
    found = holdings.read().status("gr\ufffdy", "")
    assert found.reason == "a\ufffdb\ufffd" + "c" * 1996


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("ocr", {"description": "a\0b"}),
        ("ocr", {"params_schema": {"default": float("nan")}}),
        ("ocr", {"params_schema": {"since": timezone.now()}}),
        ("ocr", {"platform": "p" * 51}),
        ("o" * 101, {}),
        ("ocr", {"versions": [offers.VersionEntry("1" * 21, "a" * 64)]}),
        ("ocr", {"versions": [offers.VersionEntry("1", "a" * 64, ["\0"])]}),
    ],
)
def test_a_model_that_no_database_keeps_does_not_keep_the_others_out(
    db: None, name: str, changes: dict[str, Any]
) -> None:
    bad = offers.ModelEntry(**{**vars(entry(name)), **changes})
    offers.publish([entry("background-removal"), bad, entry("zebra")])
    assert set(Model.objects.values_list("name", flat=True)) == {"background-removal", "zebra"}
    assert ModelVersion.objects.count() == 4


async def test_a_count_that_is_refused_is_let_go_and_the_others_are_added(ada: User) -> None:
    meter = Meter()
    for items in (1, 1 << 70, 2):
        version = f"{items}"[:20]
        meter.count(ada.pk, "ocr", version, "rest", items=items, failed=False, compute_ns=0)
    await meter.flush()
    await meter.flush()
    assert [row.items async for row in Usage.objects.order_by("items")] == [1, 2]


async def test_housekeeping_that_fails_does_not_keep_the_rest_from_being_done() -> None:
    done = []

    async def refused() -> None:
        raise IntegrityError

    async def rest() -> None:
        done.append("rest")

    await housekeeping.do_all(refused, rest)
    assert done == ["rest"]


async def test_housekeeping_waits_for_a_database_that_is_away() -> None:
    async def away() -> None:
        raise OperationalError

    async def rest() -> None:
        await asyncio.sleep(0)
        raise AssertionError

    with pytest.raises(OperationalError):
        await housekeeping.do_all(away, rest)
