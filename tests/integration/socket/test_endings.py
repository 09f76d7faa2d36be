"""However a socket ends, it gives back its user's place, its group and what ran beside it."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import OperationalError

from consumers.metrics.registry import exposition
from consumers.socket import messages
from consumers.socket.connected import connected
from consumers.socket.feed import Feed
from tests.exposition import parsed
from tests.integration.socket.conftest import Client
from uploads import bus, replay
from uploads.events import Actor
from uploads.models import User
from uploads.sign_in import tokens
from uploads.sign_in.identity import Identity

pytestmark = [pytest.mark.django_db(transaction=True)]

Breaking = Callable[[Client, pytest.MonkeyPatch], Awaitable[None]]


def sockets_open() -> float:
    return parsed(exposition()).value("darkroom_sockets_open")


def running_beside() -> set[Any]:
    ours = ("ProgressConsumer", "Beside.")
    return {
        task for task in asyncio.all_tasks() if any(name in repr(task.get_coro()) for name in ours)
    }


async def until_over(client: Client) -> None:
    """Waits until the application has ended, by an exception or without one."""
    await asyncio.wait([client.wire.future], timeout=10)
    assert client.wire.future.done()


async def nothing_is_left(user: User) -> None:
    assert connected.count(user.pk) == 0
    layer: Any = get_channel_layer()
    assert not layer.groups.get(bus.SOCKETS)
    await asyncio.sleep(0)
    assert not running_beside()


def failing(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("broken on purpose")


async def fail_in_receive(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "parse", failing)
    await client.say({"type": "ack", "seq": 1})


async def cancel(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.wire.future.cancel()


async def disconnect(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    await client.wire.disconnect()


@pytest.mark.parametrize("breaking", [fail_in_receive, cancel, disconnect])
async def test_a_signed_in_socket_leaves_nothing_behind(
    ada: User, token: str, monkeypatch: pytest.MonkeyPatch, faithful_layer: None, breaking: Breaking
) -> None:
    before = sockets_open()
    client = await Client().open()
    await client.hello(token)
    assert (await client.hear())["type"] == "ready"
    assert (connected.count(ada.pk), sockets_open()) == (1, before + 1)
    await breaking(client, monkeypatch)
    await until_over(client)
    assert sockets_open() == before
    await nothing_is_left(ada)


@pytest.mark.parametrize("kind", ["hello", "auth"])
@pytest.mark.parametrize("bad", ["\ud800", "a.\udfff.c", "\U0010ffff", "[" * 4000])
async def test_an_odd_token_is_an_invalid_one_and_costs_no_place(
    ada: User, token: str, kind: str, bad: str
) -> None:
    before = sockets_open()
    client = await Client().open()
    if kind == "auth":
        await client.hello(token)
        await client.hear()
    await client.say({"type": kind, "token": bad})
    assert await client.closed_with() == 4401
    await client.wire.disconnect(4401)
    assert sockets_open() == before
    await nothing_is_left(ada)


async def test_a_feed_that_breaks_closes_its_socket_instead_of_leaving_it_deaf(
    ada: User, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Feed, "_send_page", failing)
    client = await Client().open()
    await client.hello(token)
    assert await client.closed_with() == 1011
    await client.wire.disconnect(1011)
    await nothing_is_left(ada)


async def test_a_client_that_goes_away_during_its_hello_leaves_nothing(
    ada: User, token: str, monkeypatch: pytest.MonkeyPatch, faithful_layer: None
) -> None:
    before = sockets_open()
    asked, answer = threading.Event(), threading.Event()
    identify = tokens.identify

    def slowly(token: str, actor: Actor) -> Identity:
        asked.set()
        assert answer.wait(10)
        return identify(token, actor)

    monkeypatch.setattr(tokens, "identify", slowly)
    client = await Client().open()
    await client.hello(token)
    assert await sync_to_async(asked.wait, thread_sensitive=False)(10)
    leaving = asyncio.create_task(client.wire.disconnect(timeout=10))
    await asyncio.sleep(0)
    answer.set()
    await leaving
    await until_over(client)
    assert sockets_open() == before
    await nothing_is_left(ada)


async def test_a_hello_that_the_database_does_not_answer_can_be_said_again(
    ada: User, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    position = replay.position

    def away(user_id: int) -> replay.Position:
        monkeypatch.setattr(replay, "position", position)
        raise OperationalError("away")

    monkeypatch.setattr(replay, "position", away)
    client = await Client().open()
    await client.hello(token)
    assert (await client.hear())["code"] == "database_unavailable"
    assert connected.count(ada.pk) == 0
    await client.hello(token)
    assert (await client.hear())["type"] == "ready"
    await client.wire.disconnect()
    await nothing_is_left(ada)
