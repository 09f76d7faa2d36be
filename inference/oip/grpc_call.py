"""One call of gRPC: its requests, bounded in what they hold, its answers and its end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Final
from urllib.parse import unquote

import grpc

from inference.oip.admission import Admission
from inference.oip.content_coding import TooLarge, unpacked
from inference.oip.errors import UNEXPECTED, ProtocolError, Status, invalid
from inference.oip.grpc_status import Context, refuse
from inference.oip.limits import MAX_REQUEST_BYTES, MESSAGE_OVERHEAD_BYTES

logger = logging.getLogger("darkroom.grpc")

MAX_MESSAGE_BYTES: Final = MAX_REQUEST_BYTES + MESSAGE_OVERHEAD_BYTES
_EOF: Final[Any] = grpc.aio.EOF  # type: ignore[attr-defined]  # not in the stubs
_CODINGS: Final = {
    b"\x1f\x8b": "gzip",
    **dict.fromkeys((b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"), "deflate"),
}
"""By the first bytes of what is compressed, with which no message begins: a field 15, or one of a
type that there is not."""


class Places:
    """How many of something there may be at once."""

    def __init__(self, count: int, of: str) -> None:
        self._left = count
        self._of = of

    def __enter__(self) -> None:
        """Raises: ProtocolError: RESOURCE_EXHAUSTED: there is none left."""
        if not self._left:
            raise ProtocolError(Status.RESOURCE_EXHAUSTED, f"Too many {self._of}: try again.")
        self._left -= 1

    def __exit__(self, *_: object) -> None:
        self._left += 1


class Intake:
    """Takes requests in: few at once, and none that does not come.

    gRPC's library receives a message whole, however large and slow it is, once somebody waits for
    it; before, it takes no more of it than fits into its client's window.
    """

    def __init__(
        self, bodies: Admission, *, at_once: int, seconds: float | None, max_bytes: int
    ) -> None:
        """`bodies`: what requests that have come may hold, of which others take too. `seconds`: how
        long one may take to come, its wait for those before it included; None: for ever."""
        self._bodies = bodies
        self._turns = asyncio.Semaphore(at_once)
        self._seconds = seconds
        self._max_bytes = max_bytes

    async def message(self, context: Context) -> Any:
        """The next message, or `grpc.aio.EOF`.

        Raises:
            ProtocolError: DEADLINE_EXCEEDED: it does not come.
        """
        try:
            async with asyncio.timeout(self._seconds) as limit:
                return await self._read(context, limit)
        except TimeoutError:
            raise ProtocolError(Status.DEADLINE_EXCEEDED, "The request does not come.") from None

    async def _read(self, context: Context, _limit: asyncio.Timeout) -> Any:
        async with self._turns:
            return await context.read()

    async def plain(self, data: bytes, hold: Callable[[int], None]) -> bytes:
        """What a message says; `hold` is told how many bytes it takes, before it takes them.

        gRPC's library would unpack one before it looks at its size.

        Raises:
            ProtocolError: RESOURCE_EXHAUSTED: it is too large. INVALID_ARGUMENT: it is none.
        """
        hold(len(data))
        if len(data) > self._max_bytes:
            raise self._too_large(len(data))
        coding = _CODINGS.get(data[:2])
        if coding is None:
            return data
        pieces: list[bytes] = []
        coming = unpacked(data, coding, self._max_bytes)
        try:
            piece = next(coming, None)
            while piece is not None:
                hold(len(piece))
                pieces.append(piece)
                piece = await asyncio.to_thread(next, coming, None)
        except TooLarge:
            raise self._too_large(self._max_bytes + 1) from None
        return b"".join(pieces)

    def share(self) -> "Share":
        """A call's share of the budget of all."""
        return Share(self._bodies)

    def _too_large(self, size: int) -> ProtocolError:
        # The words by which gRPC's library says it, which clients look for.
        message = f"Received message larger than max ({size} vs. {self._max_bytes})"
        return ProtocolError(Status.RESOURCE_EXHAUSTED, message)


class StrangersIntake(Intake):
    """Keeps nobody waiting: the request that has not come for longest gives way to a new one."""

    def __init__(self, bodies: Admission, *, at_once: int, seconds: float, max_bytes: int) -> None:
        """As of any intake."""
        super().__init__(bodies, at_once=at_once, seconds=seconds, max_bytes=max_bytes)
        self._at_once = at_once
        self._reading: dict[asyncio.Timeout, None] = {}

    async def _read(self, context: Context, limit: asyncio.Timeout) -> Any:
        if len(self._reading) >= self._at_once:
            oldest = next(iter(self._reading))
            del self._reading[oldest]
            if not oldest.expired():
                oldest.reschedule(0)
        self._reading[limit] = None
        try:
            return await context.read()
        finally:
            self._reading.pop(limit, None)


class Share:
    """What one call holds of a budget of all."""

    def __init__(self, budget: Admission) -> None:
        self._budget = budget
        self._held = 0

    def hold(self, size: int) -> None:
        """So many bytes more.

        Raises:
            ProtocolError: RESOURCE_EXHAUSTED: so much is not left.
        """
        self._budget.take(size)
        self._held += size

    def let_go(self) -> None:
        """Of all of it."""
        self._budget.give_back(self._held)
        self._held = 0


class Call:
    """A call that is being answered."""

    def __init__(self, context: Context, intake: Intake) -> None:
        self._context = context
        self._intake = intake
        self._share = intake.share()
        self.when_over(self._share.let_go)

    @property
    def metadata(self) -> Iterable[tuple[str, str | bytes]]:
        """What its client says of it."""
        told: Any = self._context.invocation_metadata()
        return told or ()

    @property
    def address(self) -> str | None:
        """The IP address that it comes from; None: it has none, as by a Unix socket."""
        return address_of(str(self._context.peer()))

    def when_over(self, call: Callable[[], None]) -> None:
        """Have this called when it is over, its answer sent or not."""
        done: Any = lambda _: call()  # noqa: E731
        self._context.add_done_callback(done)

    async def request(self) -> bytes:
        """The request of a call that has one.

        Raises:
            ProtocolError: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INVALID_ARGUMENT: it does not
                come, is too large, or is none.
        """
        data = await self._intake.message(self._context)
        if data is _EOF:
            raise invalid("A call of this method has one request.")
        return await self._intake.plain(data, self._share.hold)

    async def requests(self) -> AsyncIterator[bytes]:
        """Those of a stream.

        Raises:
            ProtocolError: as `request`.
        """
        while (data := await self._intake.message(self._context)) is not _EOF:
            yield await self._intake.plain(data, self._share.hold)
            self._share.let_go()

    async def write(self, message: bytes) -> None:
        """Send an answer of a stream; returns when it is on its way."""
        await self._context.write(message)


def address_of(peer: str) -> str | None:
    """The IP address in what gRPC calls its other end; None: there is none."""
    kind, _, where = peer.partition(":")
    if kind not in {"ipv4", "ipv6"}:
        return None
    return unquote(where).rpartition(":")[0].strip("[]")


Unary = Callable[[Call], Awaitable[bytes]]
Streaming = Callable[[Call], Awaitable[None]]


def unary(answer: Unary, intake: Intake) -> Any:
    """A method of one request and one answer.

    To gRPC's library it is one of a stream of requests, since it waits for the message of others
    before anybody has asked who sends it.
    """

    async def behave(_requests: Any, context: Context) -> Any:
        return await _answered(answer, context, intake)

    return grpc.stream_unary_rpc_method_handler(behave)


def streaming(answer: Streaming, intake: Intake) -> Any:
    """A method of many requests and many answers."""

    async def behave(_requests: Any, context: Context) -> None:
        await _answered(answer, context, intake)

    return grpc.stream_stream_rpc_method_handler(behave)


async def _answered(
    answer: Callable[[Call], Awaitable[Any]], context: Context, intake: Intake
) -> Any:
    try:
        return await answer(Call(context, intake))
    except ProtocolError as error:
        refusal = error
    except grpc.aio.BaseError:
        # Its client or the server has gone.
        raise
    except Exception:
        logger.exception("a call failed")
        refusal = UNEXPECTED
    return await refuse(context, refusal)
