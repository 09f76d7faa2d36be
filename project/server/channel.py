"""One HTTP connection's requests: judged by their heads, their bodies let in or refused."""

# mypy: allow-untyped-calls
# Twisted ships as typed, but this class has no annotations.

import asyncio
import logging
from http import HTTPStatus
from typing import Any, Final

from project.server.admission import Admission, Arrival
from project.server.connection import Connection
from project.server.errors import Refusal, refusal
from project.server.head import Head, origin_form
from project.server.limits import STALL_BYTES
from project.server.proxies import client_address

logger = logging.getLogger("darkroom.server")

_MAX_LENGTH_DIGITS: Final = 18
"""Of a Content-Length: more bytes than any disk holds."""


class Channel(Connection):
    """A connection that takes no body before somebody wants it."""

    _path: Any
    """The request's target; Twisted names the type of something else."""

    def __init__(self, *, admission: Admission, **options: Any) -> None:
        """Makes a connection whose bodies `admission` lets in; `options` are its base's."""
        super().__init__(**options)
        self._admission = admission
        self._judging: asyncio.Task[None] | None = None
        self._early: list[bytes] = []
        self._pace: asyncio.TimerHandle | None = None

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: the first bytes of a further request start its deadline."""
        if self.is_refused:
            return
        if not self._handlingRequest and self._deadline is None:
            self.expect(self._deadlines.headers)
        super().dataReceived(data)

    def lineReceived(self, line: bytes) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback for each line of a request's head."""
        if self.is_refused:
            return
        if self._receivedHeaderSize + len(line) > self.totalHeadersSize:
            self.lineLengthExceeded(line)
            return
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback for a line that is too long; here also for too many of them."""
        if self.is_refused:
            return
        if hasattr(self, "_command"):
            self.refuse_with(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                "headers_too_large",
                f"A request's headers may hold {self.totalHeadersSize} bytes at most.",
            )
        else:
            self.refuse_with(
                HTTPStatus.REQUEST_URI_TOO_LONG,
                "uri_too_long",
                f"A request's first line may hold {self.totalHeadersSize} bytes at most.",
            )

    def headerReceived(self, line: bytes) -> bool:  # noqa: N802  # Twisted's name
        """Twisted's callback for each header; False: the request is refused."""
        if self.is_refused:
            return False
        if self._receivedHeaderCount >= self.maxHeaders:
            self.refuse_with(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                "headers_too_large",
                f"A request may have {self.maxHeaders} headers at most.",
            )
            return False
        is_sound: bool = super().headerReceived(line)
        return is_sound

    def _maybeChooseTransferDecoder(self, header: bytes, data: bytes) -> bool:  # noqa: N802  # Twisted's name
        if header == b"Content-Length" and len(data) > _MAX_LENGTH_DIGITS:
            return self._failChooseTransferDecoder()
        if header == b"Transfer-Encoding" and data.lower() != b"chunked":
            self.refuse_with(
                HTTPStatus.NOT_IMPLEMENTED,
                "unknown_transfer_encoding",
                "The only Transfer-Encoding that is read here is chunked.",
            )
            return False
        is_sound: bool = super()._maybeChooseTransferDecoder(header, data)
        return is_sound

    def allHeadersReceived(self) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: judges the head before a byte of the body is taken."""
        if self.is_refused:
            return
        self._crowd.waits_no_more(self)
        request = self.requests[-1]
        self._path, authority = origin_form(self._path)
        if authority is not None:
            request.requestHeaders.setRawHeaders(b"Host", [authority])
        forwarded = request.requestHeaders.getRawHeaders(b"X-Forwarded-For", [])
        self.client = client_address(forwarded, self.trusted_proxies) or self.peer
        if self.trusted_proxies and not self.enter(self.client):
            return
        self.expect(self._deadlines.request)
        if self.length == 0:
            super().allHeadersReceived()
            return
        head = Head(
            method=self._command,
            path=self.path,
            query=self._path.partition(b"?")[2],
            headers=tuple(
                (name.lower(), value)
                for name, values in request.requestHeaders.getAllRawHeaders()
                for value in values
            ),
            client=self.client,
            length=self.length,
        )
        self._judging = asyncio.ensure_future(self._judge(head))

    async def _judge(self, head: Head) -> None:
        try:
            verdict = await self._admission.admit(head)
        except Exception:
            logger.exception("request head could not be checked")
            message = "Something went wrong on the server."
            verdict = refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "server_error", message, head.path)
        self._judging = None
        if isinstance(verdict, Refusal):
            self.refuse(verdict)
        elif self.is_refused:
            verdict.close()
        else:
            self._take(verdict)

    def _take(self, arrival: Arrival) -> None:
        """Lets the body in, and what of it has come early."""
        self.requests[-1].arrival = arrival
        self.expect(self._deadlines.of_body(arrival.expected))
        self._keep_pace(arrival, 0)
        super().allHeadersReceived()
        self._networkProducer.resumeProducing()
        early, self._early = b"".join(self._early), []
        if early:
            super().dataReceived(early)

    def _keep_pace(self, arrival: Arrival, size: int) -> None:
        """Looks again after a while whether the body has grown from `size` bytes by enough."""
        self._pace = asyncio.get_running_loop().call_later(
            self._deadlines.stall, self._check_pace, arrival, size + STALL_BYTES
        )

    def _check_pace(self, arrival: Arrival, least: int) -> None:
        if arrival.body.size >= least:
            self._keep_pace(arrival, arrival.body.size)
        elif not self.is_refused:
            self.timeoutConnection()

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback for a body's bytes: the first wait until their head is judged."""
        if self._judging is not None:
            self._early.append(data)
            self._networkProducer.pauseProducing()
        elif not self.is_refused:
            super().rawDataReceived(data)

    def allContentReceived(self) -> None:  # noqa: N802  # Twisted's name
        """Twisted's callback: the request is complete, no deadline binds it any more."""
        if not self.is_refused:
            self.expect(None)
            if self._pace is not None:
                self._pace.cancel()
            super().allContentReceived()

    def _respondToBadRequestAndDisconnect(self) -> None:  # noqa: N802  # Twisted's name
        self.refuse_with(HTTPStatus.BAD_REQUEST, "bad_request", "The request is malformed.")
