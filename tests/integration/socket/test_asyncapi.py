"""The socket's contract as AsyncAPI: a valid document, and what is really said fits it."""

import json
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client as Browser
from jsonschema import Draft7Validator

import tests
from consumers.socket.asyncapi import described
from tests.integration.attempts import claim, finish, success
from tests.integration.conftest import Uploads
from tests.integration.socket.conftest import Connect
from uploads import events, replay, services
from uploads.event_kinds import AUDIT_ONLY, Kind
from uploads.models import User, Webhook
from uploads.storage import archive
from uploads.webhooks import registry

pytestmark = [pytest.mark.django_db(transaction=True)]

# AsyncAPI's own schema, as its makers publish it (Apache-2.0, see the license beside it).
SCHEMA = Path(tests.__file__).parent / "asyncapi" / "3.0.0.json"


def fits(message: dict[str, Any]) -> bool:
    """Whether a message is one of those that the document has; raises with why it is not."""
    document = described()
    schema = {
        "$ref": f"#/components/schemas/{message['type']}",
        "components": document["components"],
    }
    Draft7Validator(schema).validate(message)
    return True


def test_the_document_is_valid_asyncapi() -> None:
    answer = Browser().get("/api/asyncapi.json")
    assert answer.status_code == 200
    Draft7Validator(json.loads(SCHEMA.read_text())).validate(answer.json())


def test_a_document_that_is_none_is_told_apart() -> None:
    wrong = {**described(), "operations": {"tell": {"action": "sing"}}}
    assert not Draft7Validator(json.loads(SCHEMA.read_text())).is_valid(wrong)


def test_the_document_is_read_only() -> None:
    answer = Browser().post("/api/asyncapi.json")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_every_public_kind_of_event_is_named() -> None:
    schemas = described()["components"]["schemas"]
    kinds = [
        kind
        for name, schema in schemas.items()
        if name.endswith("EventKindEnum")
        for kind in schema["enum"]
    ]
    assert sorted(kinds) == sorted(str(kind) for kind in set(Kind) - AUDIT_ONLY)


async def test_what_the_server_says_is_as_described(
    sockets: Connect, ada: User, token: str, upload: Uploads
) -> None:
    await sync_to_async(described)()
    await sync_to_async(upload)(ada, count=2)
    (first, *_) = await sync_to_async(claim)()
    await sync_to_async(finish)(success(first))
    seq = (await sync_to_async(replay.position)(ada.pk)).seq
    client = await sockets()
    await client.hello(token, epoch="another", after=0)
    heard = [await client.hear(), await client.hear()]
    assert [one["type"] for one in heard] == ["reset", "ready"]
    await client.say({"type": "sing"})
    heard.append(await client.hear())
    assert all(fits(one) for one in heard)
    again = await sockets()
    await again.hello(token, after=0)
    assert fits(await again.hear())
    replayed = await again.hear_events(seq)
    assert {one["kind"] for one in replayed} >= {"upload.created", "prediction.succeeded"}
    assert all(fits(one) for one in replayed)


def test_each_kind_of_event_has_the_shape_that_is_described(ada: User, upload: Uploads) -> None:
    sent = upload(ada, count=2)
    first, second = sent.images.order_by("pk")
    actor = events.Actor(id=ada.pk)
    for is_pinned in (True, False):
        services.pin(first, actor, is_pinned=is_pinned)
    with events.recording() as log:
        log.add_thumbnail(first, user_id=ada.pk)
        archive.note_archived(first, ada.pk, events.A_WORKER, log)
    services.delete_image(second, actor)
    services.delete(sent, actor)
    hook = registry.make(ada, "https://hook.example/", ["upload.finished"], "", actor)
    registry.disable(hook, Webhook.Disabled.BY_USER, actor)
    told = replay.read(ada.pk, after=0, limit=100)
    prediction = {kind for kind in map(str, Kind) if kind.startswith("prediction.")}
    of_others = {str(kind) for kind in set(Kind) - AUDIT_ONLY - {Kind.IMAGE_PURGED}} - prediction
    assert {one["kind"] for one in told} - prediction == of_others
    assert all(fits(one) for one in told)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "hello", "token": "t", "epoch": None, "after": None},
        {"type": "hello", "token": "t", "epoch": None, "after": None, "models": True},
        {"type": "auth", "token": "t"},
        {"type": "ack", "seq": 1},
        {"type": "cancel", "prediction": 1},
        {
            "type": "progress",
            "prediction": 1,
            "image": 1,
            "upload": 1,
            "attempt": 0,
            "stage": None,
            "fraction": 0.0,
            "queue_position": 3,
            "eta_ms": 10,
        },
        {"type": "models.changed"},
        {"type": "auth.expiring", "expires_at": "2026-01-01T00:00:00Z"},
    ],
)
def test_what_else_is_said_is_described(message: dict[str, Any]) -> None:
    assert fits(message)
