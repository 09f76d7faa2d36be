"""One HTTP request: bounded, its body on disk, its errors in JSON."""

# mypy: allow-untyped-calls
# Twisted ships as typed, but its requests have no annotations.

import asyncio
from http import HTTPStatus
from io import BytesIO
from typing import Any, BinaryIO

from daphne.http_protocol import WebRequest

from project.server.access import log_request
from project.server.channel import Channel
from project.server.errors import error_body
from project.server.proxies import client_address, client_scheme

CHUNK_BYTES = 64 * 1024


class Inbox:
    """What an HTTP application receives: its body piece by piece from the spool, then the end.

    Daphne puts the whole body into memory at once; here a piece is read when it is asked for.
    """

    def __init__(self, spool: BinaryIO) -> None:
        """Takes the body from `spool`, an open file at its start."""
        self._spool: BinaryIO | None = spool
        self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def put_nowait(self, message: dict[str, Any]) -> None:
        """Daphne's way in; its body message is empty, the spool holds the body."""
        if message["type"] != "http.request":
            self._messages.put_nowait(message)

    async def get(self) -> dict[str, Any]:
        """The next message, as ASGI's `receive` gives it."""
        if self._spool is None or self._spool.closed:
            return await self._messages.get()
        # A large body must not keep the event loop to itself.
        await asyncio.sleep(0)
        spool = self._spool
        chunk = b"" if spool.closed else spool.read(CHUNK_BYTES)
        has_more = len(chunk) == CHUNK_BYTES
        if not has_more:
            self._spool = None
            spool.close()
        return {"type": "http.request", "body": chunk, "more_body": has_more}


class Request(WebRequest):  # type: ignore[misc]  # Daphne has no types
    """A request that never costs more memory or time than it may."""

    channel: Channel | None = None
    """The connection; None once the answer is complete or the connection is gone."""
    content: Any
    body_limit: int
    """The largest body, in bytes; the channel sets it when the headers are there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Twisted would otherwise parse a multipart body in memory, on the event loop.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self.spool: BinaryIO = BytesIO()
        self._received_bytes = 0
        self._is_logged = False

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: counts what arrives, since a chunked body declares no length."""
        self._received_bytes += len(data)
        if self._received_bytes <= self.body_limit:
            super().handleContentChunk(data)
        elif self.channel is not None:
            self.channel.refuse_body(self.body_limit)

    def process(self) -> Any:
        """Twisted's callback: the request has arrived whole."""
        self._believe_proxies()
        channel = self.channel
        self.spool, self.content = self.content, BytesIO()
        processed = super().process()
        if self.transport is None and channel is not None:
            channel.hand_over()
        return processed

    def _believe_proxies(self) -> None:
        """Leaves in the forwarding headers only what trusted proxies said."""
        trusted: int = self.server.trusted_proxies
        if not trusted:
            return
        headers = self.requestHeaders
        for name, read in (
            (b"X-Forwarded-For", client_address),
            (b"X-Forwarded-Proto", client_scheme),
        ):
            believed = read(headers.getRawHeaders(name, []), trusted)
            headers.removeHeader(name)
            if believed is not None:
                headers.setRawHeaders(name, [believed.encode()])

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Answers with JSON; a response already begun is cut off, not made to look complete."""
        if self._response_started:
            self._abort()
            return
        content = error_body(HTTPStatus(status), f"{body.rstrip('.')}.", self.path or b"")
        headers = [
            (b"Content-Type", b"application/json"),
            (b"Content-Length", str(len(content)).encode()),
        ]
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": content})

    async def drained(self) -> None:
        """Waits until the client has read what was written so far."""
        if self.channel is not None:
            await self.channel.drained()

    def finish(self) -> None:
        """Twisted's callback: the answer is complete."""
        super().finish()
        self._close(self.code)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: the client went away before the answer was complete."""
        super().connectionLost(reason)
        self._close(499)

    def _abort(self) -> None:
        if self.channel is not None:
            self.channel.transport.abortConnection()

    def _close(self, status: int) -> None:
        self.spool.close()
        if self._is_logged or not self.path:
            return
        self._is_logged = True
        log_request(
            method=self.method.decode("latin-1"),
            path=self.path.decode("latin-1"),
            status=status,
            seconds=self.duration(),
            client=self.client_addr[0] if self.client_addr else None,
            size=self.sentLength,
        )
