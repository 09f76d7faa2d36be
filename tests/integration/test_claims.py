"""The queue of rows: claims, leases, fences and retries, on a real database."""

from typing import Any

import pytest
from django.utils import timezone

from tests.integration.attempts import W1, W2, claim, crash, finish, lease_runs_out, reap, success
from tests.integration.conftest import Uploads, predictions
from uploads import replay
from uploads.models import Prediction, User
from uploads.queue import endings, held, leases
from uploads.queue.held import Held
from uploads.queue.retry import Blame

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_upload_is_enqueued_by_being_stored(ada: User, upload: Uploads) -> None:
    stored = upload(ada, count=3)
    assert [p.state for p in predictions(stored)] == ["queued"] * 3
    assert [e["kind"] for e in replay.read(ada.pk, after=0, limit=10)] == [
        "upload.created",
        *["prediction.queued"] * 3,
    ]


def test_a_claim_gives_an_attempt_and_a_lease(ada: User, upload: Uploads) -> None:
    upload(ada)
    (claimed,) = claim()
    row = Prediction.objects.get(pk=claimed.id)
    assert (row.state, row.attempt, row.lease_owner) == ("running", 1, W1)
    assert row.lease_until is not None
    assert row.lease_until > timezone.now()


def test_two_workers_never_claim_the_same(ada: User, upload: Uploads) -> None:
    upload(ada, count=5)
    first, second = claim(W1, limit=3), claim(W2, limit=3)
    assert len(first) == 3
    assert len(second) == 2
    assert not {c.id for c in first} & {c.id for c in second}


def test_a_zombie_writes_nothing_once_its_lease_was_taken(ada: User, upload: Uploads) -> None:
    upload(ada)
    (zombie,) = claim(W1)
    lease_runs_out()
    assert reap() == 1
    (fresh,) = claim(W2)
    assert fresh.attempt == 2
    assert finish(success(zombie, "late")) == [zombie.id]
    assert finish(success(fresh, "right")) == []
    row = Prediction.objects.get(pk=fresh.id)
    assert row.output is not None
    assert row.output["text"] == "right"
    assert (row.failures, row.lease_losses) == (0, 1)


def test_a_lease_that_is_renewed_is_not_reaped(ada: User, upload: Uploads) -> None:
    upload(ada)
    (claimed,) = claim()
    lease_runs_out()
    tick = leases.tick(W1, [Held(claimed.id, claimed.attempt, "detect", 0.5)])
    assert tick == held.Tick(frozenset(), frozenset())
    assert reap() == 0
    row = Prediction.objects.get(pk=claimed.id)
    assert (row.stage, row.progress) == ("detect", 0.5)


def test_what_crashes_every_time_ends_after_exactly_max_attempts(
    ada: User, upload: Uploads, settings: Any
) -> None:
    stored = upload(ada)
    for attempt in range(1, settings.MAX_ATTEMPTS + 1):
        Prediction.objects.update(run_after=None)
        (claimed,) = claim()
        assert claimed.attempt == attempt
        finish(crash(claimed))
    (row,) = predictions(stored)
    assert (row.state, row.error_code) == ("failed", "attempts_exhausted")
    assert row.failures == settings.MAX_ATTEMPTS
    assert claim() == []


def test_a_suspect_is_claimed_alone(ada: User, upload: Uploads) -> None:
    upload(ada, count=4)
    first, *mates = claim(limit=2)
    finish(crash(first), *[success(m) for m in mates])
    Prediction.objects.update(run_after=None)
    batches = [claim(limit=10) for _ in range(2)]
    assert sorted(len(batch) for batch in batches) == [1, 2]
    alone = next(batch for batch in batches if len(batch) == 1)
    assert alone[0].suspect
    assert alone[0].id == first.id


def test_trouble_with_the_surroundings_counts_against_nobody(ada: User, upload: Uploads) -> None:
    stored = upload(ada)
    for _ in range(20):
        Prediction.objects.update(run_after=None)
        (claimed,) = claim()
        finish(crash(claimed, Blame.INFRASTRUCTURE))
    (row,) = predictions(stored)
    assert (row.state, row.failures, row.lease_losses) == ("queued", 0, 0)


def test_a_drain_gives_back_at_once_and_for_nothing(ada: User, upload: Uploads) -> None:
    upload(ada)
    (claimed,) = claim()
    finish(endings.Return(claimed.id, claimed.attempt))
    (again,) = claim()
    row = Prediction.objects.get(pk=again.id)
    assert (row.attempt, row.failures, row.lease_losses) == (2, 0, 0)


def test_an_innocent_survives_nine_dead_workers_but_not_ten(ada: User, upload: Uploads) -> None:
    stored = upload(ada)
    for _ in range(9):
        claim()
        lease_runs_out()
        reap()
    assert predictions(stored)[0].state == "queued"
    claim()
    lease_runs_out()
    reap()
    assert predictions(stored)[0].error_code == "attempts_exhausted"


def test_a_user_with_many_images_does_not_starve_another(
    ada: User, bob: User, upload: Uploads
) -> None:
    upload(ada, count=30)
    upload(bob, count=3)
    order = [Prediction.objects.get(pk=c.id).user_id for c in claim(limit=8)]
    assert order.count(bob.pk) == 3


def test_a_heavy_user_is_served_in_between_too(ada: User, bob: User, upload: Uploads) -> None:
    upload(ada, count=2)
    claim(limit=1)
    upload(bob, count=20)
    owners = [Prediction.objects.get(pk=c.id).user_id for c in claim(limit=4)]
    assert ada.pk in owners
