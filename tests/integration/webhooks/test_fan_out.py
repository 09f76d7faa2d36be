"""Which events are noted for whom: each once, whoever does it, whatever happens in between."""

import threading

import pytest
from django.db import connections
from rest_framework.test import APIClient

from tests.integration.rest import fail, file, succeed, uploaded
from tests.integration.webhooks.conftest import Hooks, kinds_noted
from uploads.events import Actor
from uploads.models import EventStream, User, Webhook, WebhookDelivery
from uploads.webhooks import registry
from uploads.webhooks.fan_out import fan_out

pytestmark = pytest.mark.django_db


def predictions_of(body: dict[str, object]) -> list[int]:
    images: list[dict[str, dict[str, int]]] = body["images"]  # type: ignore[assignment]  # JSON
    return [image["prediction"]["id"] for image in images]


def test_each_ending_is_noted_and_the_upload_with_the_last(
    as_ada: APIClient, ada: User, hook: Hooks
) -> None:
    webhook = hook(ada)
    first, second, third = predictions_of(uploaded(as_ada, file(), file(), file()))
    as_ada.post(f"/api/predictions/{third}/cancel/")
    fail(second)
    fan_out()
    assert kinds_noted(webhook) == ["prediction.canceled", "prediction.failed"]
    succeed(first)
    fan_out()
    assert kinds_noted(webhook)[2:] == ["prediction.succeeded", "upload.finished"]


def test_all_at_once_finishes_an_upload_once(as_ada: APIClient, ada: User, hook: Hooks) -> None:
    webhook = hook(ada, "ok", "upload.finished")
    for prediction in predictions_of(uploaded(as_ada, file(), file())):
        succeed(prediction)
    fan_out()
    assert kinds_noted(webhook) == ["upload.finished"]


def test_what_is_tried_again_finishes_its_upload_again(
    as_ada: APIClient, ada: User, hook: Hooks
) -> None:
    webhook = hook(ada, "ok", "upload.finished")
    (prediction,) = predictions_of(uploaded(as_ada))
    fail(prediction)
    fan_out()
    as_ada.post(f"/api/predictions/{prediction}/retry/")
    fan_out()
    assert kinds_noted(webhook) == ["upload.finished"]
    succeed(prediction)
    fan_out()
    assert kinds_noted(webhook) == ["upload.finished"] * 2


def test_nothing_is_noted_twice_when_the_cursor_is_lost(
    as_ada: APIClient, ada: User, hook: Hooks
) -> None:
    webhook = hook(ada)
    (prediction,) = predictions_of(uploaded(as_ada))
    succeed(prediction)
    fan_out()
    noted = kinds_noted(webhook)
    Webhook.objects.update(after_seq=0)
    fan_out()
    assert kinds_noted(webhook) == noted


def test_what_was_before_a_webhook_is_not_told(as_ada: APIClient, ada: User, hook: Hooks) -> None:
    (prediction,) = predictions_of(uploaded(as_ada))
    succeed(prediction)
    webhook = hook(ada)
    fan_out()
    assert kinds_noted(webhook) == []


def test_nobody_is_told_of_others_or_of_what_they_did_not_ask_for(
    as_ada: APIClient, ada: User, bob: User, hook: Hooks
) -> None:
    of_bob, failures = hook(bob), hook(ada, "ok", "prediction.failed")
    (prediction,) = predictions_of(uploaded(as_ada))
    succeed(prediction)
    fan_out()
    assert kinds_noted(of_bob) == kinds_noted(failures) == []


def test_a_disabled_webhook_begins_anew_from_when_it_is_enabled(
    as_ada: APIClient, ada: User, hook: Hooks
) -> None:
    webhook = hook(ada)
    registry.change(webhook, {"enabled": False}, Actor())
    first, second = predictions_of(uploaded(as_ada, file(), file()))
    succeed(first)
    fan_out()
    registry.change(webhook, {"enabled": True}, Actor())
    fan_out()
    assert kinds_noted(webhook) == []
    succeed(second)
    fan_out()
    assert kinds_noted(webhook) == ["prediction.succeeded", "upload.finished"]


def test_many_events_are_noted_in_rounds(
    as_ada: APIClient, ada: User, hook: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uploads.webhooks.fan_out.EVENTS_A_ROUND", 2)
    webhook = hook(ada)
    for prediction in predictions_of(uploaded(as_ada, file(), file())):
        succeed(prediction)
    while fan_out():
        pass
    assert sorted(kinds_noted(webhook)) == ["prediction.succeeded"] * 2 + ["upload.finished"]
    webhook.refresh_from_db()
    assert webhook.after_seq == EventStream.objects.get(user=ada).last_seq


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_note_each_event_once(
    as_ada: APIClient, ada: User, hook: Hooks
) -> None:
    webhook = hook(ada)
    for prediction in predictions_of(uploaded(as_ada, *(file() for _ in range(5)))):
        succeed(prediction)

    def work() -> None:
        while fan_out():
            pass
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    fan_out()
    assert len(kinds_noted(webhook)) == 6
    assert WebhookDelivery.objects.filter(webhook=webhook, attempts=0).count() == 6
