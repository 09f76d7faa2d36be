"""One call of gRPC over a stream of HTTP/2: its head, its messages, its deadline and its status."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from inference.http2.frames import Code
from inference.http2.headers import Fields
from inference.http2.stream import Stream
from inference.oip import grpc_status
from inference.oip.admission import Admission
from inference.oip.errors import UNEXPECTED, ProtocolError, Status, invalid
from inference.oip.grpc_messages import Message, Messages, prefix
from inference.oip.limits import MAX_REQUEST_BYTES, MESSAGE_OVERHEAD_BYTES

logger = logging.getLogger("darkroom.grpc")

BODY_SECONDS: Final = 60.0
SLOWEST_BYTES_PER_SECOND: Final = 50_000
"""A message that is due comes at this rate, or between two looks, which are so far apart."""
MAX_MESSAGE_BYTES: Final = MAX_REQUEST_BYTES + MESSAGE_OVERHEAD_BYTES

_NOT_ONE: Final = "A call of this method has one request."
_CALLED_OFF: Final = ProtocolError(Status.CANCELLED, "The call was called off.")
_MESSAGE_BYTES: Final = 64
"""What an unread message takes beside its own."""
_UNREAD: Final = 2
"""Messages of a stream that lie unread before it is asked for no more."""
Unary = Callable[[bytes, "Call"], Awaitable[bytes]]
"""From a serialized request to a serialized answer."""
Streaming = Callable[[AsyncIterator[bytes], "Call"], Awaitable[None]]
"""Takes serialized requests, and writes answers."""


@dataclass(frozen=True)
class Method:
    """What answers calls: one of the two."""

    unary: Unary | None = None
    streaming: Streaming | None = None
    max_bytes: int = MAX_MESSAGE_BYTES
    """Of a request."""


class Call:
    """Receives a call's requests, has it answered, and sends the answers."""

    def __init__(self, stream: Stream, fields: Fields, bodies: Admission) -> None:
        self.metadata = fields
        """With what is HTTP/2's own; binary values are base64."""
        self._stream = stream
        self._bodies = bodies
        self._held = 0
        self._come = 0
        """Bytes of its body so far."""
        self._come_before = 0
        """At the last look."""
        self._was_due = False
        """Whether it waited for this very message at the last look."""
        self._method = Method()
        self._messages: Messages | None = None
        self._requests: deque[Message] = deque()
        self._is_complete = False
        self._news: asyncio.Future[None] | None = None
        self._unread_bytes = 0
        self._rejection: ProtocolError | None = None
        self._is_begun = False
        self._is_answered = False
        self._task: asyncio.Task[None] | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._when_closed: list[Callable[[], None]] = []

    def begin(self, method: Method, coding: str, timeout: str) -> None:
        """Serve it by this method; `coding` and `timeout` are what its head says of them.

        A stream begins with its first request.
        """
        self._method = method
        try:
            self._messages = Messages(coding, method.max_bytes)
            if timeout:
                loop = asyncio.get_running_loop()
                self._deadline = loop.call_later(grpc_status.seconds_of(timeout), self._expire)
        except ProtocolError as error:
            self.reject(error)

    def reject(self, error: ProtocolError) -> None:
        """Refuse it by its head, once its body begins: clients that are answered before they have
        sent anything take that for a defect of their own."""
        self._rejection = error

    def when_closed(self, call: Callable[[], None]) -> None:
        """Have this called when the call is over, its answer sent or not."""
        self._when_closed.append(call)

    async def write(self, message: bytes) -> None:
        """Send an answer of a stream; returns when it is on its way."""
        self._put(message)
        await self._stream.drained()

    def refuse(self, error: ProtocolError, *, own: bool = False) -> None:
        """End it with a status; `own`: by whom it was meant for."""
        if self._is_answered or self._stream.is_closed:
            return
        self._is_answered = True
        trailers = grpc_status.refusal(error, own=own)
        self._stream.finish(trailers if self._is_begun else grpc_status.HEAD + trailers)

    def call_off(self, error: ProtocolError) -> None:
        """End what runs of it, and it with this error."""
        if self._task:
            self._task.cancel()
        self.refuse(error)

    # What the stream tells.

    def data_received(self, data: memoryview) -> None:
        """More of its requests."""
        size = len(data)
        if self._is_rejected() or self._messages is None:
            self._stream.consumed(size)
            return
        try:
            self._hold(size)
            self._come += size
            for message in self._messages.put(data):
                self._hold(_MESSAGE_BYTES)
                self._requests.append(message)
                self._was_due = False
            if self._method.unary and len(self._requests) > 1:
                raise invalid(_NOT_ONE)
        except ProtocolError as error:
            self.call_off(error)
            return
        if self._method.streaming and len(self._requests) > _UNREAD:
            self._unread_bytes += size
        else:
            self._stream.consumed(size)
        self._go_on()

    def ended(self) -> None:
        """There are no more requests."""
        self._is_complete = True
        if self._is_rejected():
            return
        if self._messages is None or not self._messages.is_whole:
            self.call_off(invalid("The request's body ends within a message."))
        elif self._method.unary is None:
            self._go_on()
        elif len(self._requests) != 1:
            self.refuse(invalid(_NOT_ONE))
        else:
            answer = partial(self._answered, self._method.unary, self._requests.popleft())
            self._task = asyncio.get_running_loop().create_task(self._run(answer))

    def closed(self) -> None:
        """It is over."""
        if self._deadline:
            self._deadline.cancel()
        if self._task and not self._is_answered:
            self._task.cancel()
        self._is_answered = True
        self._requests.clear()
        self._bodies.give_back(self._held)
        self._held = 0
        for call in self._when_closed:
            call()

    # Answering.

    def _is_rejected(self) -> bool:
        if self._rejection:
            self.refuse(self._rejection)
        return self._is_answered

    async def _run(self, answer: Callable[[], Awaitable[None]]) -> None:
        try:
            await answer()
        except ProtocolError as error:
            self.refuse(error, own=True)
        except asyncio.CancelledError:
            self.refuse(_CALLED_OFF, own=True)
            raise
        except Exception:
            logger.exception("a call failed")
            self.refuse(UNEXPECTED, own=True)
        else:
            if not self._is_answered:
                self._is_answered = True
                self._begin()
                self._stream.finish(grpc_status.OK)

    async def _answered(self, unary: Unary, request: Message) -> None:
        assert self._messages  # noqa: S101  # a message came of them
        self._put(await unary(await self._messages.plain(request, self._hold), self))

    def _hold(self, size: int) -> None:
        self._bodies.take(size)
        self._held += size

    def _let_go(self, size: int) -> None:
        self._bodies.give_back(size)
        self._held -= size

    def _put(self, message: bytes) -> None:
        if not self._is_answered:
            self._begin()
            self._stream.write(prefix(len(message)) + message)

    def _begin(self) -> None:
        if not self._is_begun:
            self._is_begun = True
            self._stream.begin(grpc_status.HEAD)

    async def _each_request(self) -> AsyncIterator[bytes]:
        assert self._messages  # noqa: S101  # it has begun
        while True:
            while self._requests:
                request = self._taken()
                plain = await self._messages.plain(request, self._hold)
                if request.is_compressed:
                    self._let_go(min(len(plain), self._held))
                yield plain
            if self._is_complete:
                return
            self._news = asyncio.get_running_loop().create_future()
            await self._news

    def _taken(self) -> Message:
        """The next request of a stream; room for others is made."""
        request = self._requests.popleft()
        size = len(request.data) + _MESSAGE_BYTES if self._requests else self._held
        self._let_go(min(size, self._held))
        if len(self._requests) <= _UNREAD and self._unread_bytes:
            self._stream.consumed(self._unread_bytes)
            self._unread_bytes = 0
        return request

    def _go_on(self) -> None:
        """Have a stream begin, or see what is new."""
        streaming = self._method.streaming
        if streaming and self._task is None and (self._requests or self._is_complete):
            self._begin_stream(streaming)
        if self._news and not self._news.done():
            self._news.set_result(None)

    def _begin_stream(self, streaming: Streaming) -> None:
        answer = partial(streaming, self._each_request(), self)
        self._task = asyncio.get_running_loop().create_task(self._run(answer))

    def _is_due(self) -> bool:
        """Whether the client owes it a message, or all it needs to be refused."""
        if self._is_answered or self._is_complete:
            return False
        is_within = self._messages is not None and not self._messages.is_whole
        return is_within or self._task is None

    def look(self) -> None:
        """To be called each BODY_SECONDS: sees to it that what is due does come, since it holds
        memory, and the place of a call."""
        is_slow = self._come - self._come_before < BODY_SECONDS * SLOWEST_BYTES_PER_SECOND
        was_due, self._was_due = self._was_due, self._is_due()
        self._come_before = self._come
        if not (is_slow and was_due and self._was_due) or self._is_rejected():
            return
        if self._method.streaming and self._messages and self._messages.is_whole:
            # Its client may have nothing to ask for long: who it is, it has told.
            self._begin_stream(self._method.streaming)
        else:
            self.call_off(ProtocolError(Status.DEADLINE_EXCEEDED, "The request does not come."))

    def _expire(self) -> None:
        self.call_off(ProtocolError(Status.DEADLINE_EXCEEDED, "Deadline Exceeded"))
        self._stream.reset(Code.CANCEL)  # where its client does not take what is sent
