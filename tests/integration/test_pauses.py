"""A paused model: what waits is not claimed, everything else goes on, and people are told."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from consumers.worker import claiming, housekeeping
from tests.integration.attempts import claim, crash, finish, success
from tests.integration.conftest import Uploads, predictions
from tests.integration.offered import live_worker
from tests.integration.rest import succeed, uploaded
from uploads import events, overview
from uploads.catalog import desired, holdings
from uploads.events import Actor
from uploads.models import Event, Prediction, QueuePause, User
from uploads.queue import backlog, pauses
from uploads.queue.leases import Room, Turn, Who, take
from uploads.queue.standings import standings

pytestmark = pytest.mark.django_db(transaction=True)

TOLD = {
    "code": "model_paused",
    "message": "The model 'ocr' is paused by the operators of this server.",
}
BOSS = Actor(id=7, address="192.0.2.7", reason="A bad version.")


def states(*rows: Prediction) -> list[str]:
    for row in rows:
        row.refresh_from_db()
    return [row.state for row in rows]


@pytest.mark.parametrize("who", Who)
def test_what_waits_for_a_paused_model_is_not_claimed_until_it_is_resumed(
    ada: User, upload: Uploads, who: Who
) -> None:
    upload(ada, count=3)
    pauses.pause("ocr", BOSS)
    assert claim(who=who) == []
    assert claiming.claim("w", [Room("ocr", "2", 5, who)]).claims == []
    pauses.resume("ocr", BOSS)
    assert len(claim(who=who)) == 3


def test_a_pause_between_the_look_and_the_claim_is_heeded(ada: User, upload: Uploads) -> None:
    row = predictions(upload(ada))[0]
    turn = Turn(Room("ocr", "2", 5), suspect=False)
    pauses.pause("ocr", BOSS)
    assert claiming.claim("w", [turn.room]).claims == []
    with events.recording() as log:
        assert take("w", turn, log) == []
    assert states(row) == ["queued"]


def test_other_models_are_claimed_for(ada: User, upload: Uploads) -> None:
    upload(ada)
    upload(ada, model="background-removal")
    pauses.pause("ocr", BOSS)
    rooms = [Room("ocr", "2", 5), Room("background-removal", "2", 5)]
    taken = claiming.claim("w", rooms)
    assert [one.model for one in taken.claims] == ["background-removal"]


def test_what_is_held_ends_as_always_and_what_is_tried_again_waits(
    ada: User, upload: Uploads
) -> None:
    rows = predictions(upload(ada, count=2))
    first, second = claim()
    pauses.pause("ocr", BOSS)
    assert finish(success(first), crash(second)) == []
    Prediction.objects.update(run_after=None)
    assert states(*rows) == ["succeeded", "queued"]
    assert claim() == []


def test_uploads_are_accepted_and_told_that_the_model_is_paused(as_ada: APIClient) -> None:
    live_worker()
    first = uploaded(as_ada)["images"][0]["prediction"]
    succeed(first["id"])
    pauses.pause("ocr", BOSS)
    body = uploaded(as_ada)
    told = body["images"][0]["prediction"]
    assert (told["state"], told["queue_position"], told["waiting"]) == ("queued", 1, TOLD)
    assert as_ada.get(f"/api/predictions/{told['id']}/").json()["waiting"] == TOLD
    pauses.resume("ocr", BOSS)
    assert as_ada.get(f"/api/predictions/{told['id']}/").json()["waiting"] is None


def test_who_watches_is_told_the_pause_in_place_of_an_estimate(
    as_ada: APIClient, ada: User
) -> None:
    live_worker()
    succeed(uploaded(as_ada)["images"][0]["prediction"]["id"])
    uploaded(as_ada)
    (before,) = standings([ada.pk])[ada.pk]
    assert before.eta_ms is not None
    pauses.pause("ocr", BOSS)
    (now,) = standings([ada.pk])[ada.pk]
    assert now.place != before.place
    message = now.as_message()
    assert "eta_ms" not in message
    assert message["waiting"] == TOLD


def test_a_pause_is_told_also_where_no_worker_runs(as_ada: APIClient) -> None:
    pauses.pause("ocr", BOSS)
    assert uploaded(as_ada)["images"][0]["prediction"]["waiting"] == TOLD


def test_the_backlog_counts_what_waits_for_a_paused_model(ada: User, upload: Uploads) -> None:
    live_worker()
    upload(ada, count=3)
    pauses.pause("ocr", BOSS)
    (line,) = backlog.read()
    assert (line.queued, line.is_paused) == (3, True)
    assert line.oldest is not None
    (queue,) = overview.queues(overview.times(), holdings.read())
    assert (queue.obstacle, queue.takes) == (TOLD["message"], None)


def test_an_unload_ends_nothing_that_waits_for_a_paused_model(ada: User, upload: Uploads) -> None:
    row = predictions(upload(ada))[0]
    pauses.pause("ocr", BOSS)
    desired.set_desired("ocr", desired.Desired.UNLOADED, Actor())
    housekeeping.fail_orphans("w")
    assert states(row) == ["queued"]
    pauses.resume("ocr", BOSS)
    housekeeping.fail_orphans("w")
    assert states(row) == ["failed"]


def test_each_pause_and_each_end_of_one_is_audited_once(db: None) -> None:
    assert pauses.pause("ocr", BOSS)
    assert not pauses.pause("ocr", Actor(id=8, reason="Another."))
    row = QueuePause.objects.get()
    assert (row.actor_id, row.reason) == (7, "A bad version.")
    assert pauses.resume("ocr", BOSS)
    assert not pauses.resume("ocr", BOSS)
    told: list[Any] = list(Event.objects.order_by("pk").values_list("kind", "actor_id", "reason"))
    assert told == [
        ("model.queue_paused", 7, "A bad version."),
        ("model.queue_resumed", 7, "A bad version."),
    ]
