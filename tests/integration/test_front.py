"""What operators move to the front is taken first, and costs others no more than that."""

import pytest

from tests.integration.attempts import claim, crash, finish, kinds
from tests.integration.conftest import Uploads, predictions
from uploads import services
from uploads.errors import FrontIsFull, NotWaiting
from uploads.events import Actor
from uploads.models import Event, Prediction, User
from uploads.queue import endings, lifecycle, places, statements
from uploads.queue.leases import Who
from uploads.queue.standings import standings

pytestmark = pytest.mark.django_db(transaction=True)

BOSS = Actor(id=7, reason="A demonstration.")


def move(*rows: Prediction) -> None:
    for row in rows:
        services.move_to_front(row, BOSS)


def served(count: int) -> list[int]:
    """What workers with room for one take, one after the other."""
    Prediction.objects.filter(state="queued").update(run_after=None)
    return [one.id for _ in range(count) for one in claim(limit=1)]


def test_what_is_moved_comes_before_all_others_in_the_order_in_which_it_came(
    ada: User, bob: User, upload: Uploads
) -> None:
    first = predictions(upload(ada, count=3))
    moved = predictions(upload(bob, count=3))[1:]
    move(moved[1], moved[0])
    found = places.positions([*first, *moved])
    assert [found[row.pk] for row in moved] == [1, 2]
    assert served(3) == [moved[0].pk, moved[1].pk, first[0].pk]


def test_who_comes_anew_gains_nothing_by_what_was_moved(
    ada: User, bob: User, upload: Uploads
) -> None:
    served_before = predictions(upload(ada, count=6))
    assert served(2) == [row.pk for row in served_before[:2]]
    move(served_before[5])
    newcomer = predictions(upload(bob, count=2))
    # Level with what is served, behind what was moved; then by turns.
    order = served(4)
    assert order[0] == served_before[5].pk
    assert order[1:] == [newcomer[0].pk, served_before[2].pk, newcomer[1].pk]


def test_others_follow_in_their_own_turns_as_if_nothing_had_been_moved(
    ada: User, bob: User, upload: Uploads
) -> None:
    mine = predictions(upload(ada, count=3))
    theirs = predictions(upload(bob, count=3))
    move(mine[2])
    assert served(6) == [
        mine[2].pk,
        *(mine[0].pk, theirs[0].pk, mine[1].pk, theirs[1].pk, theirs[2].pk),
    ]


def test_what_is_given_back_keeps_its_turn_and_is_not_moved_by_others_that_were(
    ada: User, upload: Uploads
) -> None:
    rows = predictions(upload(ada, count=3))
    (taken,) = claim(limit=1)
    move(rows[2])
    finish(endings.Return(taken.id, taken.attempt))
    assert served(3) == [rows[2].pk, rows[0].pk, rows[1].pk]


def test_what_was_moved_and_failed_by_its_own_doing_goes_behind_what_waits(
    ada: User, upload: Uploads
) -> None:
    rows = predictions(upload(ada, count=2))
    move(rows[1])
    (taken,) = claim(limit=1)
    assert taken.id == rows[1].pk
    finish(crash(taken))
    assert served(2) == [rows[0].pk, rows[1].pk]


def test_the_front_has_a_bound_so_that_nobody_starves(
    ada: User, upload: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lifecycle.MOST_IN_FRONT < statements.LOOKED_AT
    monkeypatch.setattr(lifecycle, "MOST_IN_FRONT", 2)
    rows = predictions(upload(ada, count=4))
    move(*rows[:2])
    with pytest.raises(FrontIsFull):
        move(rows[2])
    move(rows[0])
    claim(limit=1)
    move(rows[2])


def test_a_place_that_is_kept_for_newcomers_is_theirs_also_behind_a_full_front(
    ada: User, bob: User, upload: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = predictions(upload(ada, count=5))
    move(*rows)
    claim(limit=1)
    newcomer = predictions(upload(bob))[0]
    assert [one.id for one in claim(who=Who.UNSERVED)] == [newcomer.pk]


def test_only_what_waits_is_moved_and_each_move_is_audited_once(ada: User, upload: Uploads) -> None:
    row, other = predictions(upload(ada, count=2))
    move(row)
    move(row)
    assert kinds(row.pk) == ["prediction.queued", "prediction.moved_to_front"]
    told = Event.objects.get(kind="prediction.moved_to_front")
    assert (told.actor_id, told.reason, told.user_id, told.seq) == (7, BOSS.reason, ada.pk, None)
    claim(limit=2)
    with pytest.raises(NotWaiting):
        move(other)


def test_who_watches_is_told_the_new_place(ada: User, bob: User, upload: Uploads) -> None:
    upload(ada, count=3)
    mine = predictions(upload(bob))[0]
    (before,) = standings([bob.pk])[bob.pk]
    move(mine)
    (now,) = standings([bob.pk])[bob.pk]
    assert (before.position, now.position) == (2, 1)
