"""The admin as staff meet it: its addresses, and a history that has everything to audit."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from tests.integration.offered import live_worker
from tests.integration.rest import (
    fail,
    file,
    running,
    succeed,
    succeed_with_picture,
    uploaded,
)
from tests.photos import tiny
from uploads import seeding
from uploads.catalog import desired, splits
from uploads.catalog.splits import Wish
from uploads.events import Actor
from uploads.models import (
    ApiKey,
    Event,
    Image,
    Model,
    ModelCommand,
    ModelVersion,
    Prediction,
    QueuePause,
    Scope,
    Session,
    TrafficSplit,
    Upload,
    Usage,
    User,
    Webhook,
    WebhookDelivery,
    Worker,
)
from uploads.queue import pauses
from uploads.sign_in import keys
from uploads.webhooks import registry
from uploads.webhooks.bodies import KINDS

AUDITED = [
    Webhook,
    WebhookDelivery,
    ApiKey,
    Upload,
    Image,
    Prediction,
    Event,
    Session,
    Model,
    ModelVersion,
    ModelCommand,
    QueuePause,
    TrafficSplit,
    Worker,
    Usage,
]
HOOK = "https://example.com/hook?token=k4ja1"
REASON = "They asked by telephone."
LABELS = {"kind": "labels", "labels": [{"label": "seven", "score": 0.93}]}


def history_of(client: APIClient) -> dict[str, Any]:
    """An upload with a prediction in every state; before it one that is deleted."""
    gone = uploaded(client)
    succeed(gone["images"][0]["prediction"]["id"])
    client.delete(f"/api/uploads/{gone['id']}/")
    names = ["text", "picture", "labels", "failed", "canceled", "running"]
    body = uploaded(client, *(file(name=f"{name} <b>.png") for name in names), image_type="en")
    text, picture, labels, failed, canceled, taken = (
        image["prediction"]["id"] for image in body["images"]
    )
    client.post(f"/api/predictions/{canceled}/cancel/")
    succeed(text)
    succeed_with_picture(picture, tiny())
    succeed(labels, LABELS)
    fail(failed)
    running(taken)
    client.post(body["images"][0]["predictions"], {"model": "background-removal"}, format="json")
    live_worker(holds={"1": "detect"})
    desired.set_desired("ocr", desired.Desired.LOADED, Actor())
    pauses.pause("style-transfer", Actor(reason=REASON))
    splits.start(Wish("ocr", "stable", "1", "2", 10, 10, 50), Actor(reason=REASON))
    user = User.objects.get(username="ada")
    keys.make(user, "nightly <b>", [Scope.READ], None, Actor())
    registry.send_test(registry.make(user, HOOK, KINDS, "<b>", Actor()))
    minute = timezone.now().replace(second=0, microsecond=0)
    Usage.objects.create(user=user, model="ocr", version="2", protocol="upload", minute=minute)
    return body


def listing(model: Any) -> str:
    """The address of a table's list."""
    return reverse(f"admin:uploads_{model._meta.model_name}_changelist")


def page(model: Any, pk: Any) -> str:
    """The address of a row's page."""
    return reverse(f"admin:uploads_{model._meta.model_name}_change", args=[pk])


def text_of(answer: Any) -> str:
    """The text of a page that must have loaded."""
    assert answer.status_code == 200, answer.content[:500]
    body: str = answer.content.decode()
    return body


def staff(user: User, *permissions: str) -> Client:
    """The browser of a member of staff who has these permissions and no others."""
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def act(client: Client, model: Any, action: str, *rows: Any, **query: str) -> Any:
    """The page after an action on these rows of a list that is filtered by the query.

    It is confirmed with the reason `REASON`, where one is asked for.
    """
    chosen = {"action": action, "_selected_action": list(rows), "confirmed": "1", "reason": REASON}
    path = f"{listing(model)}?{urlencode(query)}" if query else listing(model)
    return client.post(path, chosen, follow=True)


def lengthen(predictions: int) -> None:
    """Makes the history longer by so many predictions, and what goes with them."""
    for _ in seeding.seed(predictions, 3 * predictions):
        pass
    # What was used in a month is summed up, however long the history is.
    Usage.objects.filter(pk__gt=Usage.objects.order_by("pk")[100].pk).delete()
