"""Old rows go in small batches; what is kept has no gap, and nothing that is needed goes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from tests.integration.archives import audited
from tests.integration.attempts import claim, finish, success
from tests.integration.conftest import Uploads
from tests.tampering import changeable_events
from uploads import pruning, replay
from uploads.events import Actor
from uploads.models import Event, Session, Usage, User
from uploads.pruning import Pruning
from uploads.sign_in import tokens

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=91)


def prune() -> None:
    walk = Pruning()
    while not walk.is_over:
        walk.go_on()


def grow_old(**which: Any) -> None:
    with changeable_events():
        Event.objects.filter(**which).update(at=F("at") - LONG_AGO)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "ROWS_A_BATCH", 2)


@pytest.mark.usefixtures("small_batches")
def test_old_events_go_and_what_is_kept_has_no_gap(
    ada: User, bob: User, upload: Uploads, as_ada: APIClient
) -> None:
    for user in (ada, bob):
        upload(user, count=3)
    for one in claim():
        finish(success(one))
    before = Event.objects.count()
    grow_old(user_id=ada.pk, seq__lte=5)
    grow_old(user_id=bob.pk, seq__lte=2)
    grow_old(kind="user.signed_in")
    prune()
    assert Event.objects.filter(user_id=ada.pk, seq=None).count() == 0
    assert replay.position(ada.pk).oldest == 6
    assert replay.position(bob.pk).oldest == 3
    assert audited().startswith("0 violations")
    told = Event.objects.get(kind="events.pruned")
    assert told.facts["count"] == before + 1 - Event.objects.count()
    assert (told.user_id, told.seq) == (0, None)


def test_nothing_is_noted_where_nothing_was_old(ada: User, upload: Uploads) -> None:
    upload(ada)
    prune()
    assert not Event.objects.filter(kind="events.pruned").exists()


def test_without_a_retention_everything_is_kept(ada: User, upload: Uploads, settings: Any) -> None:
    settings.EVENT_RETENTION_DAYS = 0
    upload(ada)
    grow_old()
    before = Event.objects.count()
    prune()
    assert Event.objects.count() == before


def end(session: Session) -> None:
    session.ended_at = timezone.now() - LONG_AGO
    session.save()


def let_it_lapse(session: Session) -> None:
    OutstandingToken.objects.filter(user=session.user).update(expires_at=timezone.now())


def set_a_new_password(session: Session) -> None:
    User.objects.filter(pk=session.user_id).update(tokens_valid_after=timezone.now())


@pytest.mark.parametrize("close", [end, let_it_lapse, set_a_new_password])
def test_sign_ins_that_count_no_more_go_when_they_are_old(
    ada: User, bob: User, close: Callable[[Session], None]
) -> None:
    for user in (ada, bob):
        tokens.sign_in(user, Actor())
    Session.objects.update(created_at=F("created_at") - LONG_AGO)
    User.objects.update(tokens_valid_after=timezone.now() - 2 * LONG_AGO)
    close(Session.objects.get(user=ada))
    prune()
    assert list(Session.objects.values_list("user", flat=True)) == [bob.pk]


def test_young_sign_ins_and_tokens_that_count_stay(ada: User) -> None:
    _, refresh = tokens.sign_in(ada, Actor())
    tokens.sign_out(refresh, Actor())
    _, kept = tokens.sign_in(ada, Actor())
    prune()
    assert Session.objects.count() == 2
    assert tokens.rotate(kept, Actor())


def test_tokens_that_nobody_can_use_go_with_old_usage(ada: User) -> None:
    tokens.sign_in(ada, Actor())
    OutstandingToken.objects.update(expires_at=timezone.now())
    for minute in (timezone.now(), timezone.now() - LONG_AGO):
        Usage.objects.create(user=ada, model="ocr", version="1", protocol="rest", minute=minute)
    prune()
    assert OutstandingToken.objects.count() == 0
    assert Usage.objects.count() == 1


@pytest.mark.usefixtures("small_batches")
def test_an_event_dated_by_a_wrong_clock_takes_no_younger_ones_with_it(
    ada: User, upload: Uploads
) -> None:
    upload(ada, count=3)
    grow_old(user_id=ada.pk, seq=1)
    grow_old(user_id=ada.pk, seq=3)
    prune()
    kept = Event.objects.filter(user_id=ada.pk, seq__isnull=False).order_by("seq")
    assert list(kept.values_list("seq", flat=True)) == [2, 3, 4]
