"""Workers in the admin: what they hold, and the drain button."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from tests.integration.desk import REASON, act, listing, page, text_of
from tests.integration.offered import live_worker
from tests.integration.rest import WORKER, file, running, succeed, uploaded
from uploads.catalog import drains
from uploads.events import Actor
from uploads.models import Event, Prediction, User, Worker, WorkerDrain

pytestmark = pytest.mark.django_db


def test_a_worker_s_page_has_what_it_holds_now_with_links(
    desk: Client, as_ada: APIClient, ada: User
) -> None:
    taken = uploaded(as_ada)["images"][0]["prediction"]["id"]
    running(taken)
    live_worker(name=WORKER, holds={str(taken): "detect"}, observed={"ocr": {"generation": 3}})
    body = text_of(desk.get(page(Worker, quote(WORKER))))
    holds = body[body.index("<h2>Holds now</h2>") : body.index("<h2>Models</h2>")]
    assert f'href="{page(Prediction, taken)}"' in holds
    assert f'href="{page(User, ada.pk)}"' in holds
    assert "background-removal" in body[body.index("<h2>Models</h2>") :]
    assert "Commands followed" in body


def test_the_list_tells_who_lives_and_where_they_compute(desk: Client, as_ada: APIClient) -> None:
    succeed(uploaded(as_ada)["images"][0]["prediction"]["id"])
    worker = live_worker(name=WORKER)
    Prediction.objects.update(
        provenance={"device": "gpu-7", "worker": f"{worker.host}:{worker.pid}"}
    )
    body = text_of(desk.get(listing(Worker)))
    assert "gpu-7" in body
    assert ">works<" in body
    Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    body = text_of(desk.get(listing(Worker)))
    assert ">silent<" in body
    assert "5 min ago" in body


def test_a_drain_counts_what_the_worker_holds_and_asks_for_a_reason(
    desk: Client, as_ada: APIClient, boss: User
) -> None:
    for image in uploaded(as_ada, *[file()] * 2)["images"]:
        running(image["prediction"]["id"])
    live_worker(name=WORKER)
    body = text_of(desk.post(listing(Worker), {"action": "drain", "_selected_action": [WORKER]}))
    assert f"Drain the worker {WORKER}, with 2 predictions of 1 user?" in body
    assert not WorkerDrain.objects.exists()
    assert "1 asked to drain." in text_of(act(desk, Worker, "drain", WORKER))
    assert "drain asked for" in text_of(desk.get(listing(Worker)))
    assert "1 had been asked to drain already." in text_of(act(desk, Worker, "drain", WORKER))
    assert "1 told to work." in text_of(act(desk, Worker, "take_again", WORKER))
    told: list[Any] = list(
        Event.objects.filter(kind__startswith="worker.")
        .order_by("pk")
        .values_list("kind", "worker", "actor_id", "reason")
    )
    assert told == [
        ("worker.drain_requested", WORKER, boss.pk, REASON),
        ("worker.drain_withdrawn", WORKER, boss.pk, REASON),
    ]


@pytest.mark.parametrize(("holds", "word"), [({"1": None}, "draining"), ({}, "drained")])
def test_a_worker_says_when_it_holds_nothing_any_more(
    desk: Client, db: None, holds: dict[str, Any], word: str
) -> None:
    live_worker(name=WORKER, draining=True, holds=holds)
    drains.ask(WORKER, Actor())
    assert f">{word}<" in text_of(desk.get(listing(Worker)))
