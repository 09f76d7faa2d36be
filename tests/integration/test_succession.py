"""A version that is taken away leaves nothing in the queue that could be computed by another."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from consumers.worker import housekeeping
from consumers.worker.pipeline import Pipeline
from inference.engine.engine import Engine
from inference.engine.types import DecodeLimits
from tests.integration.conftest import Uploads, predictions
from tests.integration.offered import entry
from uploads import services
from uploads.catalog import offers, succession
from uploads.catalog.offers import VersionEntry
from uploads.events import A_WORKER
from uploads.models import Event, Prediction, Upload, User

pytestmark = pytest.mark.django_db


def roll_out(schema: dict[str, Any] | None = None) -> None:
    """Version 3 of `ocr` takes the place of 1 and 2."""
    newer = entry("ocr", schema)
    offer = offers.ModelEntry(**{**vars(newer), "versions": [VersionEntry("3", "c" * 64)]})
    offers.publish([offer], dropped=[("ocr", "1"), ("ocr", "2")])


def rows(upload: Upload) -> list[tuple[str, str, str]]:
    """Version, state and error of an upload's predictions."""
    return [(row.model_version, row.state, row.error_code) for row in predictions(upload)]


def test_what_named_no_version_waits_for_the_new_one(ada: User, upload: Uploads) -> None:
    stored = upload(ada, count=2)
    ranks = [row.fair_rank for row in predictions(stored)]
    roll_out()
    seqs = housekeeping.fail_orphans("host:1:aa")
    assert rows(stored) == [("3", "queued", "")] * 2
    assert [row.fair_rank for row in predictions(stored)] == ranks
    assert [row.attempt for row in predictions(stored)] == [0, 0]
    told = list(Event.objects.filter(kind="prediction.queued").order_by("seq"))[-2:]
    assert [one.facts["model_version"] for one in told] == ["3", "3"]
    assert seqs == {ada.pk: told[-1].seq}


@pytest.mark.parametrize("named", ["2", "1", "stable"])
def test_what_named_its_version_ends(ada: User, upload: Uploads, named: str) -> None:
    stored = upload(ada, model_version=named)
    other = upload(ada)
    roll_out()
    housekeeping.fail_orphans("host:1:aa")
    assert [row[1:] for row in rows(stored)] == [("failed", "model_not_found")]
    assert rows(other) == [("3", "queued", "")]


def test_another_prediction_knows_whether_it_named_its_version(ada: User, upload: Uploads) -> None:
    image = predictions(upload(ada))[0].image
    plain = services.predict_again(image, "ocr", None, {}, A_WORKER)
    named = services.predict_again(image, "ocr", "2", {}, A_WORKER)
    roll_out()
    housekeeping.fail_orphans("host:1:aa")
    found = Prediction.objects.in_bulk([plain.pk, named.pk])
    assert (found[plain.pk].state, found[named.pk].state) == ("queued", "failed")


def test_parameters_that_the_new_version_does_not_take_end_it(ada: User, upload: Uploads) -> None:
    stored = upload(ada)
    roll_out({"type": "object", "required": ["language"]})
    housekeeping.fail_orphans("host:1:aa")
    assert rows(stored) == [("2", "failed", "invalid_params")]


def test_what_came_while_the_others_moved_goes_with_the_next_round(
    ada: User, upload: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = upload(ada)
    roll_out()
    with monkeypatch.context() as patch:
        patch.setattr(succession, "move_on", lambda *_: {})
        housekeeping.fail_orphans("host:1:aa")
    assert rows(stored) == [("2", "queued", "")]
    housekeeping.fail_orphans("host:1:aa")
    assert rows(stored) == [("3", "queued", "")]


def test_more_than_a_transaction_holds_move_in_one_round(
    ada: User, upload: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(succession, "_A_TRANSACTION", 2)
    stored = upload(ada, count=5)
    roll_out()
    housekeeping.fail_orphans("host:1:aa")
    assert rows(stored) == [("3", "queued", "")] * 5


def test_a_model_that_is_gone_as_a_whole_ends_what_waits(ada: User, upload: Uploads) -> None:
    stored = upload(ada)
    offers.publish([], ["ocr"], dropped=[("ocr", "1"), ("ocr", "2")])
    housekeeping.fail_orphans("host:1:aa")
    assert rows(stored) == [("2", "failed", "model_not_found")]


class JustReplaced(Engine):
    """An engine that has lost version 2 of `ocr` since it was asked for room."""

    def capacity(self, model: str, version: str, *, reserved: bool = False) -> int:
        return 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("named", "after"), [(None, ("3", "queued", "")), ("2", ("2", "failed", "model_not_found"))]
)
async def test_what_was_claimed_while_its_version_went_is_as_if_it_had_waited(
    ada: User, upload: Uploads, named: str | None, after: tuple[str, str, str]
) -> None:
    stored = await sync_to_async(upload)(ada, model_version=named)
    engine = JustReplaced([], DecodeLimits(("PNG",), 1_000_000, 1_000))
    await engine.start()
    pipeline = Pipeline("host:1:aa", "host:1", engine, [("ocr", "2")])
    writer = asyncio.create_task(pipeline.write_endings())
    assert await pipeline.claim_round() == 1
    await pipeline.settle()
    writer.cancel()
    await engine.stop(0)
    assert await sync_to_async(rows)(stored) == [("2", "queued", "")]
    await Prediction.objects.aupdate(run_after=None)
    await sync_to_async(roll_out)()
    await sync_to_async(housekeeping.fail_orphans)("host:1:aa")
    assert await sync_to_async(rows)(stored) == [after]
