"""What is said on one connection: its requests, its windows, and what is asked of its client."""

from collections.abc import Callable
from typing import Final

from inference.http2 import frames
from inference.http2.blocks import Blocks, Head
from inference.http2.client_settings import DEFAULT_WINDOW, LARGEST_WINDOW, ClientSettings
from inference.http2.frames import Broken, Code, Setting
from inference.http2.headers import MAX_BYTES, Fields
from inference.http2.stream import SLOWEST_BYTES, WINDOW_BYTES, Receiver, Stream

MAX_STREAMS: Final = 1000
"""At once, on one connection."""
MAX_FRAME_BYTES: Final = 128 << 10
"""Large, so that a tensor is few frames."""
MAX_RESETS: Final = 1000
"""So many more requests may be called off than are answered, between two looks."""
_CONNECTION_WINDOW_BYTES: Final = 16 << 20

Serve = Callable[[Stream, Fields], Receiver]
"""Makes what answers a request, by its header fields."""
Put = Callable[..., None]
"""Sends pieces of frames."""

GREETING: Final = frames.settings(
    {
        Setting.MAX_CONCURRENT_STREAMS: MAX_STREAMS,
        Setting.INITIAL_WINDOW_SIZE: WINDOW_BYTES,
        Setting.MAX_FRAME_SIZE: MAX_FRAME_BYTES,
        Setting.MAX_HEADER_LIST_SIZE: MAX_BYTES,
    }
) + frames.window_update(0, _CONNECTION_WINDOW_BYTES - DEFAULT_WINDOW)
"""What a server says first."""


class Exchange:
    """Takes a client's frames one by one, in their order, and has its requests served."""

    def __init__(self, serve: Serve, put: Put, over: Callable[[], None]) -> None:
        """`over` is called when it is leaving and nothing is left to be answered."""
        self.put = put
        self.is_paused = False
        """Whether the client takes nothing of what is sent."""
        self._serve = serve
        self._over = over
        self._blocks = Blocks()
        self._streams: dict[int, Stream] = {}
        self._last = 0
        """The highest number of a stream that the client has begun."""
        self._resets = 0
        self._settings = ClientSettings()
        self._sent = 0
        """Bytes of DATA since the last look."""
        self._receive_window = _CONNECTION_WINDOW_BYTES
        self._send_window = DEFAULT_WINDOW
        self._is_leaving = False
        self._takes: dict[int, Callable[[int, int, memoryview], None]] = {
            frames.DATA: self._take_data,
            frames.HEADERS: self._take_headers,
            frames.PRIORITY: self._take_priority,
            frames.RST_STREAM: self._take_reset,
            frames.SETTINGS: self._take_settings,
            frames.PUSH_PROMISE: self._take_push,
            frames.PING: self._take_ping,
            frames.GOAWAY: self._take_goaway,
            frames.WINDOW_UPDATE: self._take_window,
            frames.CONTINUATION: self._take_continuation,
        }

    def take(self, kind: int, flags: int, number: int, payload: memoryview) -> None:
        """A frame; its memory is used again afterwards. One of a kind that is not known is nothing.

        Raises:
            Broken: the connection cannot go on.
        """
        if self._blocks.is_open and kind != frames.CONTINUATION:
            raise Broken(Code.PROTOCOL_ERROR, "A header block is interrupted.")
        if take := self._takes.get(kind):
            take(number, flags, payload)

    def leave(self) -> None:
        """Take no more requests; those that are here are answered."""
        if not self._is_leaving:
            self._is_leaving = True
            self.put(self.farewell(Code.NO_ERROR))
            self._leave_when_idle()

    def farewell(self, code: Code, message: str = "") -> bytes:
        """The frame that says which requests are the last, and why."""
        return frames.goaway(self._last, code, message)

    def end(self) -> None:
        """Nothing more comes or is sent."""
        self._is_leaving = True
        streams, self._streams = list(self._streams.values()), {}
        for stream in streams:
            stream.let_go()

    def go_on(self) -> None:
        """Send what waits, as far as there is room."""
        for stream in list(self._streams.values()):
            if self.room() <= 0:
                return
            stream.pump()

    def look(self) -> None:
        """To be called now and then: lets go of answers that are not taken."""
        is_slow = self._sent < SLOWEST_BYTES
        self._resets = self._sent = 0
        self._settings.look()
        for stream in list(self._streams.values()):
            stream.look(is_slow=is_slow)

    # What streams ask.

    @property
    def initial_window(self) -> int:
        """Which every stream's room is counted from."""
        return self._settings.initial_window

    def room(self) -> int:
        """How many bytes of DATA a frame may have now."""
        return 0 if self.is_paused else min(self._send_window, self._settings.max_frame)

    def spent(self, size: int) -> None:
        """So many bytes of DATA are sent."""
        self._send_window -= size
        self._sent += size

    def forget(self, stream: Stream) -> None:
        """A stream is over."""
        self._streams.pop(stream.number, None)
        self._resets = max(0, self._resets - 1)
        stream.let_go()
        self._leave_when_idle()

    def _leave_when_idle(self) -> None:
        if self._is_leaving and not self._streams:
            self._over()

    # Frames.

    def _take_data(self, number: int, flags: int, payload: memoryview) -> None:
        size = len(payload)
        self._receive_window -= size
        if self._receive_window < 0:
            raise Broken(Code.FLOW_CONTROL_ERROR, "More was sent than there was room for.")
        if self._receive_window <= _CONNECTION_WINDOW_BYTES // 2:
            owed = _CONNECTION_WINDOW_BYTES - self._receive_window
            self.put(frames.window_update(0, owed))
            self._receive_window += owed
        payload = frames.without_padding(payload, flags)
        stream = self._stream(number)
        if stream is None:
            return
        if stream.is_ended_by_client:
            self._blame(stream, Code.STREAM_CLOSED)
            return
        stream.receive_window -= size
        if stream.receive_window < 0:
            raise Broken(Code.FLOW_CONTROL_ERROR, "More was sent than there was room for.")
        stream.consumed(size - len(payload))
        ends = bool(flags & frames.END_STREAM)
        stream.is_ended_by_client = ends
        receiver = stream.receiver
        if receiver and payload:
            receiver.data_received(payload)
        if receiver and ends and not stream.is_closed:
            receiver.ended()

    def _take_headers(self, number: int, flags: int, payload: memoryview) -> None:
        if head := self._blocks.begin(number, flags, payload):
            self._take_head(head)

    def _take_continuation(self, number: int, flags: int, payload: memoryview) -> None:
        if head := self._blocks.go_on(number, flags, payload):
            self._take_head(head)

    def _take_head(self, head: Head) -> None:
        if head.stream > self._last:
            self._last = head.stream
            self._open(head)
            return
        stream = self._streams.get(head.stream)
        if stream is None or stream.is_ended_by_client:
            return
        if not head.ends:
            raise Broken(Code.PROTOCOL_ERROR, "A request has but one head.")
        stream.is_ended_by_client = True
        if stream.receiver:
            stream.receiver.ended()

    def _open(self, head: Head) -> None:
        if self._is_leaving or len(self._streams) >= MAX_STREAMS:
            self.put(frames.rst_stream(head.stream, Code.REFUSED_STREAM))
            return
        stream = self._streams[head.stream] = Stream(self, head.stream)
        stream.is_ended_by_client = head.ends
        stream.receiver = self._serve(stream, head.fields)
        if head.ends and not stream.is_closed:
            stream.receiver.ended()

    def _take_window(self, number: int, _flags: int, payload: memoryview) -> None:
        if len(payload) != 4:
            raise Broken(Code.FRAME_SIZE_ERROR, "A window's increment has 4 bytes.")
        increment = frames.number_of(payload) & frames.STREAM_MASK
        if number == 0:
            was_full = self._send_window <= 0
            self._send_window += increment
            if not increment or self._send_window > LARGEST_WINDOW:
                raise Broken(Code.FLOW_CONTROL_ERROR, "A window cannot be so large.")
            if was_full:
                self.go_on()
            return
        stream = self._stream(number)
        if stream is None:
            return
        stream.credit += increment
        if not increment or stream.send_window > LARGEST_WINDOW:
            self._blame(stream, Code.FLOW_CONTROL_ERROR)
        else:
            stream.pump()

    def _take_priority(self, number: int, _flags: int, payload: memoryview) -> None:
        if not number or len(payload) != 5:
            raise Broken(Code.PROTOCOL_ERROR, "A priority is of a stream, and has 5 bytes.")

    def _take_push(self, _number: int, _flags: int, _payload: memoryview) -> None:
        raise Broken(Code.PROTOCOL_ERROR, "A client pushes nothing.")

    def _take_goaway(self, number: int, _flags: int, _payload: memoryview) -> None:
        """It begins no more streams, and is answered those that it has begun."""
        if number:
            raise Broken(Code.PROTOCOL_ERROR, "A farewell is of the connection.")

    def _take_reset(self, number: int, _flags: int, payload: memoryview) -> None:
        if len(payload) != 4:
            raise Broken(Code.FRAME_SIZE_ERROR, "A code has 4 bytes.")
        stream = self._stream(number)
        if stream:
            self._count_reset()
            self.forget(stream)

    def _blame(self, stream: Stream, code: Code) -> None:
        """Reset a stream for what its client did to it, which has called it off by that."""
        self._count_reset()
        stream.reset(code)

    def _count_reset(self) -> None:
        self._resets += 2  # one is taken back as it is forgotten
        if self._resets > MAX_RESETS:
            raise Broken(Code.ENHANCE_YOUR_CALM, "Too many requests are called off.")

    def _take_settings(self, number: int, flags: int, payload: memoryview) -> None:
        before = self._settings.initial_window
        if not self._settings.take(number, flags, payload):
            return
        self.put(frames.head(0, frames.SETTINGS, frames.ACK, 0))
        if self._settings.initial_window > before:
            self.go_on()

    def _take_ping(self, number: int, flags: int, payload: memoryview) -> None:
        if number:
            raise Broken(Code.PROTOCOL_ERROR, "A ping is of the connection.")
        if len(payload) != 8:
            raise Broken(Code.FRAME_SIZE_ERROR, "A ping has 8 bytes.")
        if not flags & frames.ACK:
            self.put(frames.ping(bytes(payload), frames.ACK))

    def _stream(self, number: int) -> Stream | None:
        """The stream of a frame; None: it is over.

        Raises:
            Broken: it never began.
        """
        if number == 0 or number > self._last or not number % 2:
            raise Broken(Code.PROTOCOL_ERROR, "A frame is of no stream that has begun.")
        return self._streams.get(number)
