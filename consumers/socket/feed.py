"""What a socket sends of its user's events: each in order, once, as fast as the client reads."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from consumers.database import ANY_ERROR, in_database
from consumers.metrics import sockets
from consumers.socket.window import Window
from tracing import spans
from tracing.spans import Kind, Span
from uploads import replay
from uploads.event_kinds import ENDING

PAGE: Final = 200
_ENDINGS: Final = frozenset(map(str, ENDING.values()))

Send = Callable[[Any], Awaitable[None]]


class Feed:
    """The events of one socket.

    A hint only says "look": events are read from the database after the last one
    sent, so that lost, repeated and reordered hints change nothing.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._window = Window()
        self._news = asyncio.Event()
        self._began_at = 0

    async def begin(self, where: replay.Position, epoch: str | None, after: int | None) -> None:
        """Starts after the event that the client has last seen, or tells it to load anew.

        `where` is how far the stream is; without `after` it starts there.
        """
        self._began_at = where.seq
        if after is None:
            self._window.begin(where.seq)
        elif epoch in {None, where.epoch} and where.oldest - 1 <= after <= where.seq:
            self._window.begin(after)
        else:
            await self._reset(where)

    def look(self) -> None:
        """There may be something to send."""
        self._news.set()

    def told_up_to(self, seq: int) -> None:
        """The user's stream has reached `seq`."""
        if seq > self._window.sent:
            self.look()

    def note_acked(self, seq: int) -> None:
        """The client has processed everything up to `seq`."""
        self._window.note_acked(seq)
        self.look()

    @property
    def has_room(self) -> bool:
        """Whether the client keeps up."""
        return self._window.room > 0

    def is_out_of_timeouts(self, now: float) -> bool:
        """Whether the client has not read for too long, on the steady clock."""
        return self._window.is_out_of_timeouts(now)

    async def pump(self, user_id: int) -> None:
        """Sends events as they come, as far as the window lets it; never returns."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                while await self._send_page(user_id):
                    pass
            except ANY_ERROR:
                await asyncio.sleep(1)
                self._news.set()

    async def _send_page(self, user_id: int) -> bool:
        """Sends the next events; whether there may be more to send now."""
        limit = min(PAGE, self._window.room)
        if not limit:
            return False
        page = await in_database(replay.read_traced, user_id, after=self._window.sent, limit=limit)
        if page and page[0][0]["seq"] != self._window.sent + 1:
            # Retention has removed what this client had not seen yet.
            await self._reset(await in_database(replay.position, user_id))
            return True
        before = self._window.sent
        try:
            for event, traceparent in page:
                is_live = event["seq"] > self._began_at
                if is_live and traceparent and event["kind"] in _ENDINGS:
                    with _sending(event, traceparent):
                        await self._send(event)
                else:
                    await self._send(event)
                self._window.note_sent(event["seq"], time.monotonic())
        finally:
            self._count(before, self._window.sent)
        return len(page) == limit

    def _count(self, before: int, sent: int) -> None:
        """Those after `before` are sent: what was there when the socket came is replayed."""
        replayed = max(0, min(sent, self._began_at) - before)
        sockets.replayed.inc(replayed)
        sockets.live.inc(sent - before - replayed)

    async def _reset(self, where: replay.Position) -> None:
        await self._send({"type": "reset", "epoch": where.epoch, "seq": where.seq})
        self._window.begin(where.seq)
        sockets.RESETS.inc()


def _sending(event: dict[str, Any], traceparent: str) -> AbstractContextManager[Span]:
    """The last span of an image's way: its ending goes to a client."""
    return spans.span(
        f"socket {event['kind']}",
        Kind.PRODUCER,
        parent=traceparent,
        attributes={
            "darkroom.upload.id": event["upload"],
            "darkroom.image.id": event["image"],
            "darkroom.prediction.id": event["prediction"],
            "darkroom.event.seq": event["seq"],
        },
    )
