"""Sockets as clients hold them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from consumers.socket import progress as progress_module
from consumers.socket.connected import connected
from consumers.socket.origin import OriginGate
from consumers.socket.progress import ProgressConsumer
from uploads.events import Actor
from uploads.models import User
from uploads.sign_in import tokens

Connect = Callable[..., Any]


class Client:
    """One socket as a client holds it."""

    def __init__(self, **headers: str) -> None:
        self.wire = WebsocketCommunicator(
            OriginGate(ProgressConsumer.as_asgi(), []),
            "/ws/progress/",
            headers=[(name.encode(), value.encode()) for name, value in headers.items()],
            subprotocols=["darkroom.v1"],
        )

    async def open(self) -> "Client":
        accepted, subprotocol = await self.wire.connect()
        assert accepted
        assert subprotocol == "darkroom.v1"
        return self

    async def hello(self, token: str, epoch: str | None = None, after: int | None = None) -> None:
        await self.say({"type": "hello", "token": token, "epoch": epoch, "after": after})

    async def say(self, message: Any) -> None:
        await self.wire.send_to(text_data=json.dumps(message))

    async def hear(self, seconds: float = 5) -> dict[str, Any]:
        message: dict[str, Any] = await self.wire.receive_json_from(timeout=seconds)
        return message

    async def hear_events(self, count: int, seconds: float = 5) -> list[dict[str, Any]]:
        """The next `count` events, progress left out."""
        heard: list[dict[str, Any]] = []
        while len(heard) < count:
            message = await self.hear(seconds)
            if message["type"] == "event":
                heard.append(message)
        return heard

    async def closed_with(self, seconds: float = 5) -> int:
        """The code this socket is closed with; what it says before is passed over."""
        async with asyncio.timeout(seconds):
            while True:
                output = await self.wire.receive_output(timeout=seconds)
                if output["type"] == "websocket.close":
                    return int(output["code"])


@pytest.fixture
async def sockets() -> AsyncIterator[Connect]:
    """Opens sockets, and closes them at the end."""
    opened: list[Client] = []

    async def connect(**headers: str) -> Client:
        client = await Client(**headers).open()
        opened.append(client)
        return client

    yield connect
    for client in opened:
        await client.wire.disconnect()
    assert not connected._by_user


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same times as in earnest, shorter."""
    monkeypatch.setattr(progress_module, "HELLO_SECONDS", 0.3)
    monkeypatch.setattr(connected, "poll_seconds", 0.3)
    monkeypatch.setattr(connected, "standings_seconds", 3600)


@pytest.fixture
def token(ada: User) -> str:
    return tokens.sign_in(ada, Actor())[0]
