"""Webhooks over REST: set up, changed, tried, looked after, and nobody else's."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from tests.integration.keys import key_of, with_key
from tests.integration.rest import refused, succeed, uploaded
from tests.integration.webhooks.conftest import due_test
from uploads.events import Actor
from uploads.models import Event, User, Webhook, WebhookDelivery
from uploads.pruning import DELIVERIES_KEPT_DAYS, Pruning
from uploads.webhooks import registry
from uploads.webhooks.fan_out import fan_out

pytestmark = pytest.mark.django_db

URL = "/api/webhooks/"
PLACE = "https://example.com/hook?secret=abc"


@pytest.fixture(autouse=True)
def private(settings: Any) -> None:
    """As it is by itself: nothing goes to private addresses."""
    settings.WEBHOOK_ALLOW_PRIVATE = False


def made(client: APIClient, **fields: Any) -> dict[str, Any]:
    answer = client.post(URL, {"url": PLACE, **fields}, format="json")
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_a_webhook_is_made_with_a_secret_that_is_shown_once(as_ada: APIClient) -> None:
    shown = made(as_ada, description="mine")
    assert shown["secret"].startswith("whsec_")
    assert shown["enabled"] is True
    assert len(shown["events"]) == 4
    listed = as_ada.get(URL)
    assert "whsec_" not in listed.content.decode()
    one = as_ada.get(f"{URL}{shown['id']}/").json()
    assert listed.json()["results"] == [one]
    assert one == {name: value for name, value in shown.items() if name != "secret"}


def test_what_is_deleted_meanwhile_is_deleted_once_and_never_changed(
    as_ada: APIClient, ada: User
) -> None:
    seen = Webhook.objects.get(pk=made(as_ada)["id"])
    actor = Actor(id=ada.pk)
    assert registry.delete(seen, actor)
    assert not registry.delete(seen, actor)
    assert Event.objects.filter(kind="webhook.deleted").count() == 1
    Webhook.objects.filter(pk=seen.pk).update(url="")
    with pytest.raises(Webhook.DoesNotExist):
        registry.change(seen, {"url": PLACE}, actor)
    assert Webhook.objects.get(pk=seen.pk).url == ""


def test_a_webhook_is_changed_disabled_and_enabled(as_ada: APIClient) -> None:
    path = f"{URL}{made(as_ada)['id']}/"
    change = {"events": ["upload.finished"], "enabled": False}
    body = as_ada.patch(path, change, format="json").json()
    assert (body["events"], body["enabled"]) == (["upload.finished"], False)
    assert (body["disabled_code"], body["disabled_reason"]) == ("by_user", "By its user.")
    refused(as_ada.post(f"{path}test/"), 409, "webhook_disabled")
    body = as_ada.patch(path, {"enabled": True}, format="json").json()
    assert (body["enabled"], body["disabled_code"], body["disabled_reason"]) == (True, "", "")
    assert as_ada.post(f"{path}test/").status_code == 202
    refused(as_ada.post(f"{path}test/"), 409, "delivery_pending")


def test_what_was_disabled_before_there_were_codes_has_one_by_its_reason(
    as_ada: APIClient,
) -> None:
    path = f"{URL}{made(as_ada)['id']}/"
    as_ada.patch(path, {"enabled": False}, format="json")
    Webhook.objects.update(disabled_code="")
    migration = import_module("uploads.migrations.0041_disabled_codes")
    migration.code_what_is_disabled(apps, connection.schema_editor())
    assert as_ada.get(path).json()["disabled_code"] == "by_user"


@pytest.mark.parametrize(
    "odd",
    [
        {"url": "http://example.com/"},
        {"url": "https://127.0.0.1/"},
        {"url": "x" * 2000},
        {"url": 5},
        {"url": "https://example.com/\0"},
        {"events": []},
        {"events": ["image.archived"]},
        {"events": "upload.finished"},
        {"events": [["upload.finished"]]},
        {"description": "x" * 101},
        {"description": "a\0"},
    ],
)
def test_a_webhook_that_makes_no_sense_is_refused(as_ada: APIClient, odd: dict[str, Any]) -> None:
    refused(as_ada.post(URL, {"url": PLACE, **odd}, format="json"), 400, "invalid")
    path = f"{URL}{made(as_ada)['id']}/"
    refused(as_ada.patch(path, odd, format="json"), 400, "invalid")
    assert Webhook.objects.get().url == PLACE


def test_webhooks_are_their_users_alone(as_ada: APIClient, as_bob: APIClient) -> None:
    path = f"{URL}{made(as_ada)['id']}/"
    delivery = as_ada.post(f"{path}test/").json()
    refused(as_bob.get(path), 404, "not_found")
    refused(as_bob.patch(path, {"enabled": False}, format="json"), 404, "not_found")
    refused(as_bob.delete(path), 404, "not_found")
    refused(as_bob.post(f"{path}test/"), 404, "not_found")
    refused(as_bob.get(f"{path}deliveries/"), 404, "not_found")
    refused(as_bob.post(f"{URL}deliveries/{delivery['id']}/replay/"), 404, "not_found")
    assert as_bob.get(URL).json()["results"] == []


def test_a_key_sets_up_no_webhooks_which_would_outlive_it(as_ada: APIClient, ada: User) -> None:
    program = with_key(key_of(ada))
    refused(program.post(URL, {"url": PLACE}, format="json"), 403, "not_for_keys")
    refused(program.get(URL), 403, "not_for_keys")


def test_the_log_tells_what_was_sent_and_replays_it(as_ada: APIClient) -> None:
    path = f"{URL}{made(as_ada)['id']}/"
    prediction = uploaded(as_ada)["images"][0]["prediction"]["id"]
    succeed(prediction)
    fan_out()
    finished, ended = as_ada.get(f"{path}deliveries/").json()["results"]
    assert (finished["event"], ended["event"]) == ("upload.finished", "prediction.succeeded")
    assert (ended["prediction"], ended["status"], ended["attempts"]) == (prediction, "pending", 0)
    replay = f"{URL}deliveries/{ended['id']}/replay/"
    refused(as_ada.post(replay), 409, "delivery_pending")
    WebhookDelivery.objects.update(status="failed", ended_at=timezone.now(), due_at=None, tries=9)
    again = as_ada.post(replay)
    assert again.status_code == 202
    assert (again.json()["status"], again.json()["message_id"]) == ("pending", ended["message_id"])
    assert WebhookDelivery.objects.get(pk=ended["id"]).tries == 0


def test_what_is_deleted_is_not_replayed(as_ada: APIClient) -> None:
    path = f"{URL}{made(as_ada, events=['upload.finished'])['id']}/"
    upload = uploaded(as_ada)
    succeed(upload["images"][0]["prediction"]["id"])
    fan_out()
    WebhookDelivery.objects.update(status="delivered", ended_at=timezone.now(), due_at=None)
    as_ada.delete(f"/api/uploads/{upload['id']}/")
    delivery = as_ada.get(f"{path}deliveries/").json()["results"][0]["id"]
    refused(as_ada.post(f"{URL}deliveries/{delivery}/replay/"), 409, "event_gone")


def test_a_deleted_webhook_is_gone_and_its_log_with_it(as_ada: APIClient) -> None:
    path = f"{URL}{made(as_ada)['id']}/"
    as_ada.post(f"{path}test/")
    assert as_ada.delete(path).status_code == 204
    refused(as_ada.get(path), 404, "not_found")
    refused(as_ada.delete(path), 404, "not_found")
    prune()
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_the_log_is_kept_for_a_month(as_ada: APIClient) -> None:
    made(as_ada)
    for _ in range(3):
        due_test(Webhook.objects.get())
    now = timezone.now()
    old, new, _pending = WebhookDelivery.objects.order_by("pk")
    for row, days in ((old, DELIVERIES_KEPT_DAYS + 1), (new, DELIVERIES_KEPT_DAYS - 1)):
        ended = {"ended_at": now - timedelta(days=days), "status": "delivered", "due_at": None}
        WebhookDelivery.objects.filter(pk=row.pk).update(**ended)
    prune()
    assert set(WebhookDelivery.objects.values_list("pk", flat=True)) == {new.pk, _pending.pk}


@pytest.mark.parametrize("ends", [{"disabled_at": 31}, {"disabled_at": 29}, {"is_active": 31}, {}])
def test_what_waits_for_a_webhook_that_is_told_nothing_goes_after_a_month(
    as_ada: APIClient, ends: dict[str, int]
) -> None:
    made(as_ada)
    now = timezone.now()
    old = due_test(Webhook.objects.get())
    new = due_test(Webhook.objects.get())
    WebhookDelivery.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=31))
    if "disabled_at" in ends:
        Webhook.objects.update(disabled_at=now - timedelta(days=ends["disabled_at"]))
    if "is_active" in ends:
        User.objects.update(is_active=False)
    prune()
    kept = set(WebhookDelivery.objects.values_list("pk", flat=True))
    assert kept == ({new.pk} if 31 in ends.values() else {old.pk, new.pk})


def prune() -> None:
    walk = Pruning()
    while not walk.is_over:
        walk.go_on()


def test_a_user_has_only_so_many_webhooks(as_ada: APIClient, settings: Any) -> None:
    settings.WEBHOOK_MAX_PER_USER = 1
    first = made(as_ada)
    refused(as_ada.post(URL, {"url": PLACE}, format="json"), 409, "too_many_webhooks")
    as_ada.delete(f"{URL}{first['id']}/")
    made(as_ada)


def test_what_is_done_with_webhooks_is_audited_without_their_secrets(as_ada: APIClient) -> None:
    path = f"{URL}{made(as_ada)['id']}/"
    as_ada.patch(path, {"enabled": False}, format="json")
    as_ada.delete(path)
    told = list(Event.objects.filter(kind__startswith="webhook.").order_by("pk"))
    assert [one.kind for one in told] == ["webhook.created", "webhook.changed", "webhook.deleted"]
    for one in told:
        assert one.facts["host"] == "example.com"
        assert "abc" not in str(one.facts)
