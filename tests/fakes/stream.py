"""The websocket half of the fake server: one stream of events, and the sockets that follow it."""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable
from typing import Any

from tests.fakes.wire import Hangup, Socket


class FakeStream:
    """The events of all users in one stream, with scriptable trouble."""

    def __init__(self) -> None:
        self.access: set[str] = set()
        self.api_keys: set[str] = set()
        self.events: list[dict[str, Any]] = []
        self.epoch = "one"
        # What the client did.
        self.received: list[dict[str, Any]] = []
        self.sockets: set[Socket] = set()
        self.close_codes: list[int | None] = []
        # Which trouble comes: `close_sockets_after` holds, for each new socket in turn, how many
        # events it gets and the code it is then closed with.
        self.refuse_sockets = False
        self.close_sockets_after: deque[tuple[int, int]] = deque()
        self._changed = asyncio.Condition()

    async def until(self, fact: Callable[[], bool]) -> None:
        """Wait until something that the client did, or the server, makes `fact` true."""
        async with self._changed:
            await self._changed.wait_for(fact)

    async def emit(self, kind: str, data: dict[str, Any]) -> None:
        """Add an event to the stream and let the sockets know."""
        event = {"type": "event", "seq": len(self.events) + 1, "kind": kind, "data": data}
        ids = {"upload": data.get("upload"), "prediction": data.get("id")}
        self.events.append(event | ids)
        await self._tell()

    async def say(self, message: dict[str, Any]) -> None:
        """Send a message to every socket."""
        for socket in list(self.sockets):
            await socket.send(message)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def expire_tokens(self) -> None:
        """End all access tokens; refresh tokens go on."""
        self.access.clear()

    async def _talk(self, socket: Socket) -> None:
        if self.refuse_sockets:
            return await socket.reject(403)
        await socket.accept()
        hello = await socket.receive()
        self.received.append(hello)
        if hello["token"] not in self.access | self.api_keys:
            return await socket.close(4401)
        after = hello["after"]
        if after is None or hello["epoch"] != self.epoch:
            after = len(self.events)
            if hello["after"] is not None:
                await socket.send({"type": "reset", "epoch": self.epoch, "seq": after})
        await socket.send({"type": "ready", "epoch": self.epoch, "seq": len(self.events)})
        self.sockets.add(socket)
        await self._tell()
        sender = asyncio.create_task(self._send_events(socket, after))
        try:
            while True:
                message = await socket.receive()
                self.received.append(message)
                await self._tell()
        except Hangup:
            return None
        finally:
            sender.cancel()
            self.sockets.discard(socket)
            self.close_codes.append(socket.closed_with)

    async def _send_events(self, socket: Socket, after: int) -> None:
        limit, code = self.close_sockets_after.popleft() if self.close_sockets_after else (None, 0)
        for position in itertools.count(after):
            if limit is not None and position - after >= limit:
                await socket.close(code)
                return
            await self.until(lambda at=position: len(self.events) > at)  # type: ignore[misc]  # a default argument
            await socket.send(self.events[position])
