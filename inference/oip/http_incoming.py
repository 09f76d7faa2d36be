"""A request of a worker's own HTTP server, as the REST service reads it."""

import asyncio
from collections.abc import Mapping
from typing import Final

from aiohttp.web_protocol import RequestPayloadError
from aiohttp.web_request import BaseRequest

from inference.oip.admission import Admission
from inference.oip.limits import MAX_REQUEST_BYTES
from inference.oip.rest_http import Refused, too_large

_BODY_SECONDS: Final = 60.0
_SLOWEST_BYTES_PER_SECOND: Final = 50_000
"""A body may take a minute, and longer only where it comes at this rate."""
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class Incoming:
    """One request; its body is read when the service asks for it."""

    def __init__(self, request: BaseRequest, bodies: Admission) -> None:
        self.method = request.method
        self.path = request.raw_path.partition("?")[0]
        self.headers: Mapping[str, str] = request.headers
        self.address = request.remote
        self.is_broken = False
        """Whether nothing can be read after its body."""
        self._request = request
        self._bodies = bodies
        self._held = 0

    async def body(self) -> bytes:
        """The body as it was sent; so much of the budget is held until `forget`.

        Raises:
            Refused: 413: it is too large. 408: it does not come. 400: its chunks are none.
            ProtocolError: RESOURCE_EXHAUSTED: too much is on its way already.
        """
        if (self._request.content_length or 0) > MAX_REQUEST_BYTES:
            raise too_large()
        if self.headers.get("Expect", "").lower() == "100-continue":
            await self._request.writer.write(_CONTINUE)
            self._request.writer.output_size = 0
        pieces: list[bytes] = []
        loop = asyncio.get_running_loop()
        try:
            deadline = loop.time() + _BODY_SECONDS
            async with asyncio.timeout_at(deadline) as limit:
                while piece := await self._request.content.readany():
                    self.hold(len(piece))
                    if self._held > MAX_REQUEST_BYTES:
                        raise too_large()
                    pieces.append(piece)
                    limit.reschedule(deadline + self._held / _SLOWEST_BYTES_PER_SECOND)
        except TimeoutError:
            raise Refused(408, "The body does not come.") from None
        except RequestPayloadError:
            self.is_broken = True
            self._request.content.feed_eof()
            raise Refused(400, "The body's chunks are malformed.") from None
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def forget(self) -> None:
        """Its bytes are needed no more."""
        self._bodies.give_back(self._held)
        self._held = 0

    def hold(self, size: int) -> None:
        """Hold so much more of the budget until `forget`."""
        self._bodies.take(size)
        self._held += size
