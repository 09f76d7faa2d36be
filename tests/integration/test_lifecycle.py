"""How predictions end, are called off, tried again and deleted, on a real database."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from tests.integration.attempts import W1, claim, crash, finish, kinds, success
from tests.integration.conftest import Uploads, predictions
from uploads import replay, services
from uploads.errors import NotCancelable, NotRetryable, SourceGone
from uploads.event_kinds import Kind
from uploads.events import A_WORKER
from uploads.models import Event, EventStream, Prediction, User
from uploads.queue import endings, leases, places
from uploads.queue.held import Held
from uploads.queue.retry import Blame

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_success_ends_it_once_with_its_output(ada: User, upload: Uploads) -> None:
    stored = upload(ada)
    (claimed,) = claim()
    assert finish(success(claimed)) == []
    assert finish(success(claimed, "again")) == [claimed.id]
    (row,) = predictions(stored)
    assert row.state == "succeeded"
    assert row.output is not None
    assert row.output["text"] == "hello"
    assert kinds(row.pk) == ["prediction.queued", "prediction.started", "prediction.succeeded"]


def test_a_tick_tells_what_was_lost_and_what_was_canceled(ada: User, upload: Uploads) -> None:
    upload(ada, count=3)
    kept, canceled, lost = claim()
    services.cancel(Prediction.objects.get(pk=canceled.id), A_WORKER)
    Prediction.objects.filter(pk=lost.id).update(attempt=F("attempt") + 1)
    held = [Held(c.id, c.attempt, None, 0.0) for c in (kept, canceled, lost)]
    tick = leases.tick(W1, held)
    assert tick.lost == {(lost.id, lost.attempt)}
    assert tick.canceled == {(canceled.id, canceled.attempt)}


def test_a_permanent_failure_is_not_tried_again(ada: User, upload: Uploads) -> None:
    stored = upload(ada)
    (claimed,) = claim()
    bad = endings.Failure(
        claimed.id, claimed.attempt, Blame.IMAGE, "unreadable_image", "It cannot be read."
    )
    finish(bad)
    (row,) = predictions(stored)
    assert (row.state, row.error_code, row.attempt) == ("failed", "unreadable_image", 1)


def test_a_queued_prediction_is_canceled_at_once(ada: User, upload: Uploads) -> None:
    stored = upload(ada)
    services.cancel(predictions(stored)[0], A_WORKER)
    (row,) = predictions(stored)
    assert row.state == "canceled"
    assert claim() == []
    with pytest.raises(NotCancelable):
        services.cancel(row, A_WORKER)


def test_a_canceled_run_ends_canceled_whatever_its_attempt_came_to(
    ada: User, upload: Uploads
) -> None:
    stored = upload(ada, count=3)
    batch = claim()
    for row in predictions(stored):
        services.cancel(row, A_WORKER)
    stopped, crashed, returned = batch
    finish(
        endings.Cancellation(stopped.id, stopped.attempt),
        crash(crashed),
        endings.Return(returned.id, returned.attempt),
    )
    assert [row.state for row in predictions(stored)] == ["canceled"] * 3


def test_failed_and_canceled_can_be_tried_again_and_again(ada: User, upload: Uploads) -> None:
    stored = upload(ada)
    for _ in range(2):
        services.cancel(predictions(stored)[0], A_WORKER)
        services.retry(predictions(stored)[0], A_WORKER)
    (claimed,) = claim()
    finish(
        endings.Failure(claimed.id, claimed.attempt, Blame.IMAGE, "timeout", "It took too long.")
    )
    row = services.retry(predictions(stored)[0], A_WORKER)
    assert (row.state, row.failures, row.error_code) == ("queued", 0, "")
    services.cancel(row, A_WORKER)
    services.retry(row, A_WORKER)
    (claimed,) = claim()
    finish(success(claimed))
    with pytest.raises(NotRetryable):
        services.retry(predictions(stored)[0], A_WORKER)


def test_what_has_lost_its_original_cannot_be_tried_again(
    ada: User, upload: Uploads, media: Any
) -> None:
    stored = upload(ada)
    services.cancel(predictions(stored)[0], A_WORKER)
    (media / predictions(stored)[0].image.image_path).unlink()
    with pytest.raises(SourceGone):
        services.retry(predictions(stored)[0], A_WORKER)


def test_deleting_ends_what_runs_and_keeps_the_facts(
    ada: User, upload: Uploads, media: Any
) -> None:
    stored = upload(ada, count=2)
    (running,) = claim(limit=1)
    services.delete(stored, A_WORKER)
    assert [row.state for row in predictions(stored)] == ["canceled"] * 2
    assert finish(success(running)) == [running.id]
    assert not (media / stored.upload_path).exists()
    told = [e["kind"] for e in replay.read(ada.pk, after=0, limit=50)]
    assert told[-3:] == ["prediction.canceled", "prediction.canceled", "upload.deleted"]


def test_deleting_takes_the_output_out_of_events_that_were_sent(ada: User, upload: Uploads) -> None:
    stored = upload(ada)
    (claimed,) = claim()
    finish(success(claimed))
    before = replay.read(ada.pk, after=0, limit=50)[-1]
    assert before["data"]["output"]["text"] == "hello"
    services.delete(stored, A_WORKER)
    replayed = next(
        e for e in replay.read(ada.pk, after=0, limit=50) if e["kind"] == Kind.PREDICTION_SUCCEEDED
    )
    assert replayed["seq"] == before["seq"]
    assert replayed["data"]["output"] is None
    assert replayed["data"]["state"] == "succeeded"


def test_an_output_too_large_for_a_message_is_named_truncated(ada: User, upload: Uploads) -> None:
    upload(ada)
    (claimed,) = claim()
    finish(success(claimed, "x" * 300_000))
    told = replay.read(ada.pk, after=0, limit=50)[-1]
    assert told["data"]["output"] is None
    assert told["data"]["truncated"] is True


def test_every_users_numbers_rise_by_one_from_one(ada: User, bob: User, upload: Uploads) -> None:
    for user in (ada, bob, ada):
        upload(user, count=2)
    finish(*[success(c) for c in claim()])
    for user in (ada, bob):
        seqs = [e["seq"] for e in replay.read(user.pk, after=0, limit=100)]
        assert seqs == list(range(1, len(seqs) + 1))
        assert EventStream.objects.get(user=user).last_seq == len(seqs)


def test_the_database_itself_refuses_a_second_ending_of_an_attempt(
    ada: User, upload: Uploads
) -> None:
    upload(ada)
    (claimed,) = claim()
    finish(success(claimed))
    forged = Event.objects.get(kind="prediction.succeeded")
    forged.pk, forged.seq, forged.kind = None, None, "prediction.failed"
    with pytest.raises(IntegrityError), transaction.atomic():
        forged.save()


@pytest.mark.parametrize(
    "forgery",
    [
        {"state": "running"},
        {"state": "succeeded"},
        {"state": "failed", "finished_at": timezone.now()},
        {"output": {"kind": "text"}},
        {"progress": 1.5},
        {"state": "developing"},
        {"lease_owner": W1},
    ],
)
def test_the_database_itself_refuses_states_that_do_not_exist(
    ada: User, upload: Uploads, forgery: dict[str, Any]
) -> None:
    upload(ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Prediction.objects.update(**forgery)


def test_queue_positions_are_told_up_to_a_thousand(ada: User, upload: Uploads) -> None:
    stored = upload(ada, count=3)
    rows = predictions(stored)
    assert places.positions(rows) == {row.pk: place for place, row in enumerate(rows, start=1)}
