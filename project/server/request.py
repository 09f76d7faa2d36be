"""One HTTP request: bounded, its body on disk, its errors in JSON."""

# mypy: allow-untyped-calls
# Twisted ships as typed, but its requests have no annotations.

import asyncio
import io
from http import HTTPStatus
from typing import Any, BinaryIO, Final

from daphne.http_protocol import WebRequest

from project.server.access import log_request
from project.server.admission import (
    Arrival,
    chunks_too_small,
    no_room,
    storage_unavailable,
    too_large,
)
from project.server.channel import Channel
from project.server.errors import error_body
from project.server.limits import FREE_CHUNKS, LEAST_CHUNK_BYTES
from project.server.proxies import client_address, client_scheme
from project.server.spool import SpoolFull

CHUNK_BYTES: Final = 64 * 1024
CODES: Final = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal_error",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
}
"""What Daphne refuses or fails at, in the API's words."""
TAKE_BODY: Final = "darkroom.body"
"""The scope's extension that hands an application the whole body as an open file."""


class Inbox:
    """What an HTTP application receives: its body as a file or piece by piece, then the end.

    Daphne puts the whole body into memory at once; here a piece is read when it is asked for.
    """

    def __init__(self, body: BinaryIO) -> None:
        """Gives `body`, an open file at its start, to whoever asks first."""
        self._body: BinaryIO | None = body
        self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def take_body(self) -> BinaryIO:
        """Hands the body over, to be closed by the application; no pieces are given then."""
        body, self._body = self._body, None
        return io.BytesIO() if body is None else body

    def close(self) -> None:
        """Lets go of the body, unless it was taken."""
        if self._body is not None:
            self._body.close()

    def put_nowait(self, message: dict[str, Any]) -> None:
        """Daphne's way in; its body message is empty, the body lies here."""
        if message["type"] != "http.request":
            self._messages.put_nowait(message)

    async def get(self) -> dict[str, Any]:
        """The next message, as ASGI's `receive` gives it."""
        if self._body is None or self._body.closed:
            return await self._messages.get()
        # A large body must not keep the event loop to itself.
        await asyncio.sleep(0)
        body = self._body
        chunk = b"" if body.closed else body.read(CHUNK_BYTES)
        has_more = len(chunk) == CHUNK_BYTES
        if not has_more:
            self._body = None
            body.close()
        return {"type": "http.request", "body": chunk, "more_body": has_more}


class Request(WebRequest):  # type: ignore[misc]  # Daphne has no types
    """A request that never costs more memory or time than it may."""

    channel: Channel | None = None
    """The connection; None once the answer is complete or the connection is gone."""
    content: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Twisted would otherwise parse a multipart body in memory, on the event loop.
        super().__init__(*args, parsePOSTFormSubmission=False, **kwargs)
        self.arrival: Arrival | None = None
        """The body, where there is one."""
        self.inbox: Inbox | None = None
        self._is_chunked = False
        self._chunks = 0
        self._is_logged = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: its own copy of the body stays empty."""
        self.content = io.BytesIO()
        self._is_chunked = length is None

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: counts what arrives, since a chunked body declares no length."""
        arrival, channel = self.arrival, self.channel
        if arrival is None or channel is None or arrival.body.closed:
            return
        if arrival.body.size + len(data) > arrival.limit:
            channel.refuse(too_large(arrival.limit, channel.path))
            return
        self._chunks += self._is_chunked
        if self._chunks > FREE_CHUNKS + arrival.body.size // LEAST_CHUNK_BYTES:
            channel.refuse(chunks_too_small(channel.path))
            return
        try:
            arrival.body.append(data)
        except SpoolFull as error:
            channel.refuse(no_room(error, channel.path))
        except OSError:
            channel.refuse(storage_unavailable(channel.path))

    def forget(self) -> None:
        """Lets go of what has arrived of a request that is refused."""
        if self.arrival is not None:
            self.arrival.close()

    def process(self) -> Any:
        """Twisted's callback: the request has arrived whole."""
        self._believe_proxies()
        self._tell_length()
        if self.method != b"GET":
            # Only a GET opens a websocket; whoever asks otherwise is answered by HTTP.
            self.requestHeaders.removeHeader(b"Upgrade")
        channel = self.channel
        processed = super().process()
        if self.transport is None and channel is not None:
            channel.transport.protocol.places = channel.hand_over()
            self.forget()
        return processed

    def _tell_length(self) -> None:
        """A chunked body is whole now: applications read its length as any other's."""
        if self.requestHeaders.hasHeader(b"Transfer-Encoding"):
            self.requestHeaders.removeHeader(b"Transfer-Encoding")
            size = 0 if self.arrival is None else self.arrival.body.size
            self.requestHeaders.setRawHeaders(b"Content-Length", [str(size).encode()])

    def open_inbox(self) -> Inbox:
        """What the application receives by; the body is its business from now on."""
        if self.arrival is None:
            self.inbox = Inbox(io.BytesIO())
        else:
            self.arrival.place.leave()
            self.inbox = Inbox(io.BufferedReader(self.arrival.body, CHUNK_BYTES))
        return self.inbox

    @property
    def origin(self) -> str | None:
        """Where the page is from that asks, if one does."""
        values: list[str] = self.requestHeaders.getRawHeaders("Origin", [])
        return values[0] if values else None

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
        content = error_body(CODES[HTTPStatus(status)], f"{body.rstrip('.')}.", self.path or b"")
        headers = [
            (b"Content-Type", b"application/json"),
            (b"Content-Length", str(len(content)).encode()),
        ]
        path = (self.path or b"").decode("latin-1")
        for_pages = self.server.cross_origin.of_answer(path, self.origin)
        headers += [(name.encode(), value.encode("latin-1")) for name, value in for_pages.items()]
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": content})

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Daphne's way out; the answer to HEAD ends with its headers.

        Twisted leaves out the first piece of such an answer's body only: the next ones would be
        taken for the answer to the connection's next request.
        """
        if message["type"] == "http.response.body" and self.method == b"HEAD":
            message = {**message, "body": b""}
        super().handle_reply(message)

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
        if self.inbox is None:
            self.forget()
        else:
            self.inbox.close()
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
            request_id=self._told(b"X-Request-ID"),
            traceresponse=self._told(b"traceresponse"),
        )

    def _told(self, header: bytes) -> str | None:
        """What the response says in a header of ours."""
        values = self.responseHeaders.getRawHeaders(header, [])
        return values[0].decode("latin-1") if values else None
