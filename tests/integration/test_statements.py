"""How many statements the queue's moves take: as many for twenty images as for one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consumers.worker import claiming
from tests.integration.attempts import W1, claim, crash, finish, success
from tests.integration.conftest import Uploads
from uploads import events
from uploads.models import Event, Image, User
from uploads.queue import endings, leases, lifecycle
from uploads.queue.held import Claim, Held
from uploads.queue.leases import Room
from uploads.queue.retry import Blame

pytestmark = pytest.mark.django_db(transaction=True)


def statements(call: Callable[[], Any]) -> list[str]:
    """What a call says to the database, transactions' beginnings and ends left out."""
    with CaptureQueriesContext(connection) as captured:
        call()
    said = [query["sql"].split()[0] for query in captured.captured_queries]
    return [word for word in said if word not in {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"}]


def of_many_as_of_one(
    ada: User, upload: Uploads, ending: Callable[[Claim], endings.Ending]
) -> list[str]:
    """What ending twenty takes, which is what ending one does."""
    upload(ada)
    one = claim()
    said = statements(lambda: finish(*map(ending, one)))
    upload(ada, count=20)
    twenty = claim(limit=20)
    assert len(twenty) == 20
    assert statements(lambda: finish(*map(ending, twenty))) == said
    return said


def test_a_claim_of_twenty_takes_as_many_statements_as_one_of_one(
    ada: User, upload: Uploads
) -> None:
    upload(ada)
    one = statements(lambda: claim(limit=1))
    upload(ada, count=20)
    assert statements(lambda: claim(limit=20)) == one
    assert len(one) <= 5


def test_successes_are_stored_by_one_update_with_their_thumbnails_by_another(
    ada: User, upload: Uploads
) -> None:
    def ending(of: Claim) -> endings.Ending:
        return endings.Success(of.id, of.attempt, {"kind": "text"}, "", {}, {}, f"{of.id}.jpg")

    said = of_many_as_of_one(ada, upload, ending)
    # The rows are read, both tables written, the user's counter moved on, the events inserted.
    assert len(said) == 5
    assert set(Image.objects.values_list("thumbnail_path", flat=True)) == {
        f"{pk}.jpg" for pk in Image.objects.values_list("predictions", flat=True)
    }


def test_failures_are_stored_by_one_update(ada: User, upload: Uploads) -> None:
    said = of_many_as_of_one(ada, upload, lambda of: crash(of, Blame.IMAGE))
    assert len(said) == 4


def test_what_a_drain_gives_back_is_stored_by_one_update(ada: User, upload: Uploads) -> None:
    upload(ada, count=20)
    twenty = claim(limit=20)
    said = statements(lambda: finish(*[endings.Return(one.id, one.attempt) for one in twenty]))
    assert len(said) == 5


def test_users_counters_are_moved_on_together(ada: User, bob: User, upload: Uploads) -> None:
    upload(ada, count=3)
    upload(bob, count=2)
    batch = claim(limit=5)
    alone = statements(lambda: finish(success(batch[0])))
    assert statements(lambda: finish(*map(success, batch[1:]))) == alone
    for user, images in ((ada, 3), (bob, 2)):
        # upload.created, and for each image queued, started and succeeded.
        seqs = Event.objects.filter(user_id=user.pk).order_by("seq").values_list("seq", flat=True)
        assert list(seqs) == list(range(1, 2 + 3 * images))


def test_an_idle_worker_asks_once_for_all_its_versions(ada: User, upload: Uploads) -> None:
    upload(ada)
    rooms = [Room("ocr", "1", 4), Room("background-removal", "1", 4), Room("other", "7", 4)]
    with CaptureQueriesContext(connection) as captured:
        assert claiming.claim(W1, rooms).claims == []
    # No transaction: on SQLite it would take the one lock there is.
    assert len(captured) == 1


def test_a_round_claims_for_all_versions_in_one_transaction(ada: User, upload: Uploads) -> None:
    upload(ada, count=3)
    upload(ada, count=2, model="background-removal")
    taken = claiming.claim(W1, [Room("ocr", "2", 3), Room("background-removal", "2", 4)])
    assert [claim.model for claim in taken.claims] == ["ocr"] * 3 + ["background-removal"] * 2
    # The first of the two was filled: more may wait for it.
    assert taken.may_be_more
    assert not claiming.claim(W1, [Room("ocr", "2", 3)]).may_be_more


def test_a_tick_is_one_statement_and_nothing_held_is_none(ada: User, upload: Uploads) -> None:
    upload(ada, count=5)
    held = [Held(one.id, one.attempt, "detect", 0.5) for one in claim()]
    assert len(statements(lambda: leases.tick(W1, held))) == 1
    assert statements(lambda: leases.tick(W1, [])) == []


def test_reaping_looks_once(ada: User, upload: Uploads) -> None:
    upload(ada)
    claim()
    assert len(statements(leases.any_expired)) == 1
    with events.recording() as log:
        assert lifecycle.reap(log) == 0


def test_a_statement_that_comes_again_and_again_is_planned_once() -> None:
    with connection.cursor() as cursor:
        for number in range(5):
            cursor.execute("SELECT %s + 41", [number])
            assert cursor.fetchone() == (number + 41,)
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%+ 41'"
            )
            assert cursor.fetchone() == (1,)
