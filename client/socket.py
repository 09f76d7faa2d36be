"""One connection to the progress websocket: hello, events in order, acknowledgements, renewal."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from client.contract import EventMessage, ProgressMessage
from client.session import Session

SUBPROTOCOL = Subprotocol("darkroom.v1")
ACK_EVERY = 32
ACK_WITHIN_S = 1.0

NOT_OPENED = 0
"""Said instead of a close code when no connection came about."""
BAD_TOKEN = 4401
SIGNED_OUT = 4403
TOO_MANY_SOCKETS = 4429


@dataclass
class Cursor:
    """The place in the user's stream of events up to which all is known."""

    epoch: str | None = None
    seq: int | None = None


class ProgressSocket:
    """Listens for one user. Opened again, it goes on after the last event it has seen.

    `on_message` hears events (each once, in order) and progress; `on_gap` hears that events were
    missed, so that the truth has to be read by REST: at the first connection and at a reset.
    """

    def __init__(
        self,
        session: Session,
        *,
        on_message: Callable[[EventMessage | ProgressMessage], None],
        on_gap: Callable[[], None],
    ) -> None:
        base_url = session.transport.base_url
        self._url = f"ws{base_url.removeprefix('http')}/ws/progress/"
        self._session = session
        self._on_message = on_message
        self._on_gap = on_gap
        self._cursor = Cursor()
        self._acknowledged = 0
        self._token = ""
        self.ready = False

    async def listen(self) -> int:
        """Connect and listen until the connection ends; its close code, or NOT_OPENED.

        Afterwards `ready` tells whether the server had welcomed this connection.
        """
        self.ready = False
        self._token = self._session.access
        try:
            async with connect(self._url, subprotocols=[SUBPROTOCOL]) as connection:
                if connection.subprotocol != SUBPROTOCOL:
                    return NOT_OPENED
                try:
                    return await self._converse(connection)
                except asyncio.CancelledError:
                    # The end of a command is no error, as which the library would tell it (1011).
                    await connection.close()
                    raise
        except (OSError, TimeoutError, InvalidHandshake):
            return NOT_OPENED

    async def _converse(self, connection: ClientConnection) -> int:
        hello = {
            "type": "hello",
            "token": self._token,
            "epoch": self._cursor.epoch,
            "after": self._cursor.seq,
        }
        with contextlib.suppress(ConnectionClosed):
            await connection.send(json.dumps(hello))
            async with self._acknowledging(connection):
                async for text in connection:
                    await self._receive(connection, json.loads(text))
        return connection.close_code or NOT_OPENED

    async def _receive(self, connection: ClientConnection, message: dict[str, Any]) -> None:
        match message["type"]:
            case "event":
                await self._receive_event(connection, message)  # type: ignore[arg-type]  # just parsed
            case "progress":
                self._on_message(message)  # type: ignore[arg-type]  # just parsed
            case "reset":
                self._cursor = Cursor(message["epoch"], message["seq"])
                self._on_gap()
            case "ready":
                self._welcome(message)
            case "auth.expiring":
                await self._session.renew(self._token)
                self._token = self._session.access
                await connection.send(json.dumps({"type": "auth", "token": self._token}))
            case _:
                pass  # The contract may grow; an unknown message is none of ours.

    def _welcome(self, message: dict[str, Any]) -> None:
        first = self._cursor.seq is None
        self._cursor.epoch = message["epoch"]
        if self._cursor.seq is None:
            self._cursor.seq = message["seq"]
        self._acknowledged = self._cursor.seq
        self.ready = True
        if first:
            self._on_gap()

    async def _receive_event(self, connection: ClientConnection, event: EventMessage) -> None:
        seen = self._cursor.seq or 0
        if event["seq"] <= seen:
            return
        self._cursor.seq = event["seq"]
        self._on_message(event)
        if event["seq"] != seen + 1:
            self._on_gap()
        if event["seq"] - self._acknowledged >= ACK_EVERY:
            await self._acknowledge(connection)

    async def _acknowledge(self, connection: ClientConnection) -> None:
        seq = self._cursor.seq or 0
        if seq > self._acknowledged:
            self._acknowledged = seq
            await connection.send(json.dumps({"type": "ack", "seq": seq}))

    @contextlib.asynccontextmanager
    async def _acknowledging(self, connection: ClientConnection) -> AsyncIterator[None]:
        async def keep_acknowledging() -> None:
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await asyncio.sleep(ACK_WITHIN_S)
                    await self._acknowledge(connection)

        task = asyncio.create_task(keep_acknowledging())
        try:
            yield
        finally:
            task.cancel()
