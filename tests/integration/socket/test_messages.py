"""What clients say over the websocket."""

import json

import pytest
from asgiref.sync import sync_to_async

from tests.integration.conftest import Uploads, predictions
from tests.integration.socket.conftest import Connect
from uploads.models import User

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    "nonsense",
    [
        "{",
        "[]",
        "1",
        '"hello"',
        "{}",
        '{"type": 7}',
        '{"type": "dance"}',
        '{"type": "ack"}',
        '{"type": "ack", "seq": -1}',
        '{"type": "ack", "seq": true}',
        '{"type": "ack", "seq": 1e400}',
        '{"type": "cancel"}',
        '{"type": "hello", "token": "again"}',
        '{"type": "hello", "token": "t", "models": 1}',
        "[" * 3000,
    ],
)
async def test_a_message_that_is_not_understood_leaves_the_socket_open(
    sockets: Connect, token: str, nonsense: str
) -> None:
    client = await sockets()
    await client.hello(token)
    await client.hear()
    await client.wire.send_to(text_data=nonsense)
    answer = await client.hear()
    assert answer["type"] == "error"
    assert answer["code"]
    await client.say({"type": "ack", "seq": 0})
    assert await client.wire.receive_nothing(timeout=0.2)


async def test_binary_and_huge_messages_leave_the_socket_open(sockets: Connect, token: str) -> None:
    client = await sockets()
    await client.hello(token)
    await client.hear()
    await client.wire.send_to(bytes_data=b"\x00\x01")
    assert (await client.hear())["type"] == "error"
    await client.wire.send_to(text_data=json.dumps({"type": "ack", "x": "y" * 10_000}))
    assert (await client.hear())["type"] == "error"


async def test_nothing_is_obeyed_before_hello(sockets: Connect) -> None:
    client = await sockets()
    await client.say({"type": "cancel", "prediction": 1})
    assert (await client.hear())["code"] == "not_authenticated"


async def test_cancel_over_the_socket_is_cancel(
    sockets: Connect, ada: User, token: str, upload: Uploads
) -> None:
    stored = await sync_to_async(upload)(ada)
    (row,) = await sync_to_async(predictions)(stored)
    client = await sockets()
    await client.hello(token)
    await client.hear()
    await client.say({"type": "cancel", "prediction": row.pk})
    (event,) = await client.hear_events(1)
    assert event["kind"] == "prediction.canceled"
    await client.say({"type": "cancel", "prediction": row.pk})
    assert (await client.hear())["code"] == "not_cancelable"


async def test_another_users_prediction_does_not_exist_for_cancel(
    sockets: Connect, ada: User, bob: User, token: str, upload: Uploads
) -> None:
    stored = await sync_to_async(upload)(bob)
    (row,) = await sync_to_async(predictions)(stored)
    client = await sockets()
    await client.hello(token)
    await client.hear()
    await client.say({"type": "cancel", "prediction": row.pk})
    assert (await client.hear())["code"] == "not_found"
    (row,) = await sync_to_async(predictions)(stored)
    assert row.state == "queued"
