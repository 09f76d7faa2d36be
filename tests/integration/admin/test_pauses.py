"""Pausing and resuming queues in the admin."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.integration.desk import REASON, act, listing, text_of
from tests.integration.rest import file, uploaded
from uploads.admin import confirming
from uploads.models import Event, Model, QueuePause, User

pytestmark = pytest.mark.django_db


def test_a_pause_counts_what_waits_and_asks_for_a_reason(
    desk: Client, as_ada: APIClient, as_bob: APIClient
) -> None:
    uploaded(as_ada, *[file()] * 3)
    uploaded(as_bob)
    chosen = {"action": "pause", "_selected_action": ["ocr"]}
    body = text_of(desk.post(listing(Model), chosen))
    assert "Pause the queue of ocr, with 4 predictions of 2 users?" in body
    assert not QueuePause.objects.exists()


def test_a_queue_that_is_paused_says_so_until_it_is_resumed(
    desk: Client, boss: User, models: None
) -> None:
    assert "The queue of ocr is paused." in text_of(act(desk, Model, "pause", "ocr"))
    assert "loaded, queue paused" in text_of(desk.get(listing(Model)))
    assert "the queue was paused already" in text_of(act(desk, Model, "pause", "ocr"))
    body = text_of(desk.get(listing(QueuePause)))
    assert REASON in body
    assert "boss" in body
    Model.objects.all().delete()
    assert "The queue of ocr is resumed." in text_of(act(desk, QueuePause, "resume", "ocr"))
    told = Event.objects.order_by("pk").values_list("kind", "actor_id", "reason")
    assert list(told) == [
        ("model.queue_paused", boss.pk, REASON),
        ("model.queue_resumed", boss.pk, REASON),
    ]


def test_a_long_queue_is_counted_to_a_bound_before_an_act(
    desk: Client, as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded(as_ada, *[file()] * 3)
    monkeypatch.setattr(confirming, "MOST_COUNTED", 2)
    chosen = {"action": "pause", "_selected_action": ["ocr"]}
    body = text_of(desk.post(listing(Model), chosen))
    assert "2 or more predictions of 1 or more users" in body
