"""Whose turn it is on a real database: one person's images never cost another their turn."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.integration.attempts import (
    claim,
    crash,
    finish,
    lease_runs_out,
    reap,
    success,
    timeout,
)
from tests.integration.conftest import Uploads, predictions
from uploads.models import Prediction, User
from uploads.queue import endings, leases
from uploads.queue.held import Claim
from uploads.queue.leases import Room, Who
from uploads.queue.retry import Blame

pytestmark = pytest.mark.django_db(transaction=True)


def next_one() -> Claim:
    """What is claimed by a worker with room for one, once no retry waits for its time."""
    Prediction.objects.filter(state="queued").update(run_after=None)
    (claimed,) = claim(limit=1)
    return claimed


def test_a_photo_is_served_right_after_the_image_that_was_running_when_it_came(
    ada: User, bob: User, upload: Uploads
) -> None:
    upload(ada, count=3)
    slow = next_one()
    upload(bob)
    finish(timeout(slow))
    assert next_one().user_id == bob.pk


def test_somebody_who_sends_one_photo_after_the_other_waits_for_one_each_time(
    ada: User, bob: User, upload: Uploads
) -> None:
    upload(ada, count=30)
    running = next_one()
    for _ in range(3):
        upload(bob)
        finish(success(running))
        photo = next_one()
        assert photo.user_id == bob.pk
        finish(success(photo))
        running = next_one()
        assert running.user_id == ada.pk


def test_who_has_one_running_is_not_served_before_who_has_none(
    ada: User, bob: User, upload: Uploads
) -> None:
    upload(ada)
    running = next_one()
    upload(ada)
    upload(bob)
    finish(success(running))
    assert next_one().user_id == bob.pk


def test_what_has_been_running_for_long_gives_newcomers_no_head_start(
    ada: User, bob: User, upload: Uploads
) -> None:
    upload(ada, count=10)
    next_one()  # and goes on running
    for _ in range(4):
        finish(success(next_one()))
    upload(bob, count=10)
    owners = [next_one().user_id for _ in range(6)]
    assert owners.count(ada.pk) == 3


@pytest.mark.parametrize("failure", [crash, timeout])
def test_a_retry_that_the_image_caused_is_ranked_as_if_it_came_anew(
    ada: User, bob: User, upload: Uploads, failure: Callable[[Claim], endings.Failure]
) -> None:
    upload(ada)
    first = next_one()
    later = [*predictions(upload(ada, count=2)), *predictions(upload(bob, count=2))]
    finish(failure(first))
    served = [next_one().id for _ in range(4)]
    assert set(served) == {row.pk for row in later}
    assert next_one().id == first.id


@pytest.mark.parametrize("cause", ["drain", "dead worker", "storage"])
def test_what_was_nobodys_fault_keeps_its_turn(
    ada: User, bob: User, upload: Uploads, cause: str
) -> None:
    upload(ada)
    first = next_one()
    upload(ada, count=2)
    upload(bob, count=2)
    match cause:
        case "drain":
            finish(endings.Return(first.id, first.attempt))
        case "storage":
            finish(crash(first, Blame.INFRASTRUCTURE))
        case _:
            lease_runs_out()
            reap()
    assert next_one().id == first.id


def test_what_is_tried_once_and_fails_says_so_in_plain_words(
    ada: User, upload: Uploads, settings: Any
) -> None:
    settings.MAX_ATTEMPTS = 1
    stored = upload(ada)
    finish(timeout(next_one()))
    assert predictions(stored)[0].error_message == "It failed once: It took too long."


def test_what_times_out_is_tried_once_more_and_alone(ada: User, upload: Uploads) -> None:
    stored = upload(ada, count=3)
    slow, *mates = claim(limit=3)
    finish(timeout(slow), *[success(mate) for mate in mates])
    upload(ada, count=3)
    row = predictions(stored)[0]
    assert (row.state, row.failures) == ("queued", 1)
    assert row.run_after is not None
    assert row.run_after < timezone.now() + timedelta(seconds=5)
    again = next(one for one in (next_one() for _ in range(4)) if one.id == slow.id)
    assert again.suspect
    finish(timeout(again))
    row = predictions(stored)[0]
    assert (row.state, row.error_code, row.failures) == ("failed", "attempts_exhausted", 2)
    assert row.error_message == "It failed 2 times; the last time: It took too long."


def test_a_place_can_be_kept_for_people_of_whom_nothing_of_the_model_is_running(
    ada: User, bob: User, upload: Uploads
) -> None:
    upload(ada, count=3)
    upload(bob, count=2, model="background-removal")
    next_one()
    claim(model="background-removal", limit=1)
    assert leases.turns([Room("ocr", "2", 1, Who.UNSERVED)]) == []
    assert claim(who=Who.UNSERVED) == []
    upload(bob, count=2)
    assert leases.turns([Room("ocr", "2", 1, Who.UNSERVED)])
    assert [one.user_id for one in claim(who=Who.UNSERVED)] == [bob.pk, bob.pk]
    assert claim(who=Who.UNSERVED) == []
    assert leases.turns([Room("ocr", "2", 1)])
