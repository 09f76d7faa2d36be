"""One stream of a connection: what it may still send and receive, and what waits to be sent."""

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Protocol

from inference.http2 import frames
from inference.http2.frames import Code

if TYPE_CHECKING:
    from inference.http2.exchange import Exchange

WINDOW_BYTES: Final = 1 << 20
"""So much of a request's body may come before it is asked for more."""
SLOWEST_BYTES: Final = 1_000_000
SLOW_LOOKS: Final = 3
"""An answer that is complete and of which less than so much is taken between two looks, so often
in a row, is let go of."""


class Receiver(Protocol):
    """What a stream is for: told of all that comes, and never called after `closed`."""

    def data_received(self, data: memoryview) -> None:
        """More of the body, to be copied: the memory is used again. `stream.consumed` asks for
        more."""

    def ended(self) -> None:
        """The body is complete."""

    def closed(self) -> None:
        """Nothing more comes or is sent: all of the answer is on its way, or the stream broke."""


class Stream:
    """A request and its answer."""

    def __init__(self, exchange: "Exchange", number: int) -> None:
        self.number = number
        self.receiver: Receiver | None = None
        self.credit = 0
        """Its room to send beyond what each stream has from the beginning; negative: what of that
        is used."""
        self.receive_window = WINDOW_BYTES
        self.is_ended_by_client = False
        self.is_closed = False
        self._exchange = exchange
        self._owed = 0
        """Bytes that were consumed, and that the client was not told of yet."""
        self._waiting: deque[memoryview] = deque()
        self._trailers: bytes | None = None
        self._is_finished = False
        self._drained: asyncio.Future[None] | None = None
        self._taken = 0
        """Bytes of the answer that were sent since the last look."""
        self._slow_looks = 0

    @property
    def send_window(self) -> int:
        """How many bytes its client has room for."""
        return self._exchange.initial_window + self.credit

    def consumed(self, size: int) -> None:
        """So many bytes of the body take no more room."""
        self._owed += size
        if self._owed >= WINDOW_BYTES // 2 and not self.is_ended_by_client:
            self._exchange.put(frames.window_update(self.number, self._owed))
            self.receive_window += self._owed
            self._owed = 0

    def begin(self, block: bytes) -> None:
        """Send the head of the answer."""
        self._exchange.put(
            frames.head(len(block), frames.HEADERS, frames.END_HEADERS, self.number) + block
        )

    def write(self, data: bytes) -> None:
        """Send more of the answer, as soon as the client has room for it."""
        self._waiting.append(memoryview(data))
        self.pump()

    def finish(self, trailers: bytes) -> None:
        """Send trailers behind what was written: the answer is complete."""
        self._trailers = trailers
        self.pump()

    async def drained(self) -> None:
        """Returns when what was written is on its way, or never will be. For one at a time."""
        if self._waiting and not self.is_closed:
            self._drained = asyncio.get_running_loop().create_future()
            await self._drained

    def pump(self) -> None:
        """Send what there is room for."""
        for frame in self._frames():
            self._exchange.put(*frame)
        if self._waiting or self.is_closed:
            return
        if self._drained and not self._drained.done():
            self._drained.set_result(None)
        if self._trailers is not None and not self._is_finished:
            self._is_finished = True
            self._put_trailers(self._trailers)

    def look(self, *, is_slow: bool) -> None:
        """End it if its answer is complete and is not taken; `is_slow`: nor are those of others,
        for which this one may have to wait."""
        is_owed = self._trailers is not None and self._taken < SLOWEST_BYTES
        is_slow = is_owed and (is_slow or self.send_window <= 0)
        self._slow_looks = self._slow_looks + 1 if is_slow else 0
        self._taken = 0
        if self._slow_looks > SLOW_LOOKS:
            self.reset(Code.CANCEL)

    def let_go(self) -> None:
        """It is no more; told by the exchange."""
        self.is_closed = True
        self._waiting.clear()
        if self._drained and not self._drained.done():
            self._drained.set_result(None)
        if self.receiver:
            self.receiver.closed()

    def reset(self, code: Code) -> None:
        """End it at once."""
        if not self.is_closed:
            self._exchange.put(frames.rst_stream(self.number, code))
            self._exchange.forget(self)

    def _frames(self) -> Iterator[tuple[bytes, memoryview]]:
        exchange = self._exchange
        while self._waiting:
            data = self._waiting[0]
            room = min(self.send_window, exchange.room())
            size = min(len(data), room)
            if size <= 0 and len(data):
                return
            self.credit -= size
            self._taken += size
            exchange.spent(size)
            if size == len(data):
                self._waiting.popleft()
            else:
                self._waiting[0] = data[size:]
            yield frames.head(size, frames.DATA, 0, self.number), data[:size]

    def _put_trailers(self, block: bytes) -> None:
        flags = frames.END_HEADERS | frames.END_STREAM
        self._exchange.put(frames.head(len(block), frames.HEADERS, flags, self.number) + block)
        if not self.is_ended_by_client:
            # The answer does not need the rest of the request.
            self._exchange.put(frames.rst_stream(self.number, Code.NO_ERROR))
        self._exchange.forget(self)
