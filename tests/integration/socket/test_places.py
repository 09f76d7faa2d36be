"""Places in the queue, told to those who watch."""

import time
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from consumers.socket.connected import connected
from tests.integration.conftest import Uploads, predictions
from tests.integration.offered import live_worker
from tests.integration.socket.conftest import Connect
from uploads import replay, services
from uploads.catalog.holdings import Holding
from uploads.events import A_WORKER
from uploads.models import Prediction, User
from uploads.queue.standings import TOLD_A_USER, standings

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_places_are_told_and_told_again_only_when_they_change(
    sockets: Connect, ada: User, token: str, upload: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connected, "standings_seconds", 0.2)
    stored = await sync_to_async(upload)(ada, count=3)
    rows = await sync_to_async(predictions)(stored)
    client = await sockets()
    await client.hello(token)
    await client.hear()
    told = [await client.hear() for _ in range(3)]
    assert [(m["prediction"], m["queue_position"]) for m in told] == [
        (row.pk, place) for place, row in enumerate(rows, start=1)
    ]
    assert await client.wire.receive_nothing(timeout=0.6)
    await sync_to_async(services.cancel)(rows[0], A_WORKER)
    moved: list[tuple[int, int]] = []
    while len(moved) < 2:
        message = await client.hear()
        if message["type"] == "progress":
            moved.append((message["prediction"], message["queue_position"]))
    assert moved == [(rows[1].pk, 1), (rows[2].pk, 2)]


async def test_why_nothing_is_taken_is_told_and_told_again_when_it_changes(
    sockets: Connect, ada: User, token: str, upload: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connected, "standings_seconds", 0.1)
    await sync_to_async(upload)(ada)
    worker = await sync_to_async(live_worker)(Holding("ocr", "2", "UNAVAILABLE", "no memory"))
    client = await sockets()
    await client.hello(token)
    await client.hear()
    assert (await client.hear())["waiting"]["code"] == "model_unavailable"
    worker.versions = [Holding("ocr", "2", "READY").as_dict()]
    await worker.asave()
    told = await client.hear()
    assert (told["queue_position"], told.get("waiting")) == (1, None)


async def test_nothing_is_told_before_ready(
    sockets: Connect, ada: User, token: str, upload: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connected, "standings_seconds", 0.0)
    await sync_to_async(upload)(ada, count=3)
    position = replay.position

    def slowly(user_id: int) -> replay.Position:
        time.sleep(0.3)
        return position(user_id)

    monkeypatch.setattr(replay, "position", slowly)
    client = await sockets()
    await client.hello(token)
    assert (await client.hear())["type"] == "ready"


def test_an_estimate_comes_from_how_long_the_latest_took(ada: User, upload: Uploads) -> None:
    upload(ada, count=3)
    live_worker()
    assert [one.eta_ms for one in standings([ada.pk])[ada.pk]] == [None] * 3
    now = timezone.now()
    done = Prediction.objects.order_by("pk")[0]
    Prediction.objects.filter(pk=done.pk).update(
        state="succeeded", started_at=now - timedelta(seconds=2), finished_at=now
    )
    assert [one.eta_ms for one in standings([ada.pk])[ada.pk]] == [2000, 4000]


def test_another_users_places_are_not_told(ada: User, bob: User, upload: Uploads) -> None:
    upload(bob, count=2)
    upload(ada)
    found = standings([ada.pk])
    assert list(found) == [ada.pk]
    assert found[ada.pk][0].position in {1, 2}


def test_a_long_line_tells_each_user_the_next_of_theirs(ada: User, upload: Uploads) -> None:
    upload(ada, count=60)
    assert len(standings([ada.pk])[ada.pk]) == TOLD_A_USER
