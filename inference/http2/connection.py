"""One connection of a client, as asyncio has it: bytes into frames, and frames into few writes."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from inference.http2 import frames
from inference.http2.exchange import GREETING, MAX_FRAME_BYTES, Exchange, Serve
from inference.http2.frames import Broken, Code

logger = logging.getLogger("darkroom.http2")

LOOK_SECONDS: Final = 20.0
"""How often a connection is looked at."""
SILENT_LOOKS: Final = 3
"""After so many without a word its client is asked for a sign; who gives none until the next, or
takes nothing of what is sent, is hung up on."""
_BUFFER_BYTES: Final = 2 * MAX_FRAME_BYTES
_JOINED_BYTES: Final = 64 << 10
"""Larger pieces are not copied to go out with others."""
_PING: Final = b"darkroom"


class Connection(asyncio.BufferedProtocol):
    """Has requests served; a client that breaks the protocol is told so and hung up on."""

    def __init__(
        self,
        serve: Serve,
        came: Callable[["Connection"], bool],
        left: Callable[["Connection"], None],
    ) -> None:
        """`came` is called with it when it is there (with TLS: once its handshake is done), and
        says whether it may stay; `left` when it is gone."""
        self._came, self._left = came, left
        self._exchange = Exchange(serve, self._put, self.close)
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._view = memoryview(self._buffer)
        self._begin, self._end = 0, 0
        """What has come and was not taken apart."""
        self._has_preface = False
        self._is_broken = False
        """Whether nothing that it says is listened to any more."""
        self._out: list[bytes | memoryview] = []
        self._out_bytes = 0
        self._was_heard = True
        self._silent_looks = 0
        self._look_timer: asyncio.TimerHandle | None = None

    def leave(self) -> None:
        """Take no more requests, and hang up when those that are here are answered."""
        self._exchange.leave()

    def close(self) -> None:
        """Hang up, once what is written is sent."""
        self._flush()
        if self._transport:
            self._transport.close()

    def abort(self) -> None:
        """Hang up at once."""
        if self._transport:
            self._transport.abort()

    # Sending.

    def _put(self, *pieces: bytes | memoryview) -> None:
        """Send these pieces, with what else is sent in this turn of the event loop."""
        if not self._out:
            asyncio.get_running_loop().call_soon(self._flush)
        for piece in pieces:
            self._out.append(piece)
            self._out_bytes += len(piece)
        if self._out_bytes > _BUFFER_BYTES:
            self._flush()

    def _flush(self) -> None:
        out, self._out, self._out_bytes = self._out, [], 0
        if not out or self._transport is None:
            return
        small: list[bytes | memoryview] = []
        for piece in out:
            if len(piece) > _JOINED_BYTES:
                self._transport.write(b"".join(small))
                self._transport.write(piece)
                small = []
            else:
                small.append(piece)
        self._transport.write(b"".join(small))

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # a socket's is
        self._transport = transport
        if not self._came(self):
            transport.abort()
            return
        self._buffer = bytearray(_BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._put(GREETING)
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone, and every request with it."""
        if self._look_timer:
            self._look_timer.cancel()
        self._transport = None
        self._exchange.end()
        self._left(self)

    def eof_received(self) -> bool:
        """The client sends no more: what has come whole is still answered.

        Not over TLS, where asyncio knows no connection that is closed on one side.
        """
        self.leave()
        return self._transport is not None and not self._transport.get_extra_info("sslcontext")

    def pause_writing(self) -> None:
        """The client takes too little: nothing more is read of it, which would ask for answers."""
        self._exchange.is_paused = True
        if self._transport:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It takes again."""
        self._exchange.is_paused = False
        if self._transport and not self._transport.is_closing():
            self._transport.resume_reading()
        self._exchange.go_on()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where to put what comes."""
        if self._begin and _BUFFER_BYTES - self._end < MAX_FRAME_BYTES:
            rest = self._end - self._begin
            self._view[:rest] = bytes(self._view[self._begin : self._end])
            self._begin, self._end = 0, rest
        return self._view[self._end :]

    def buffer_updated(self, nbytes: int) -> None:
        """Takes apart what has come."""
        if self._is_broken:
            return  # over TLS more may come while it closes
        self._end += nbytes
        self._was_heard = True
        try:
            if self._has_preface or self._take_preface():
                self._take_frames()
        except Broken as error:
            self._break(error)
        if self._begin == self._end:
            self._begin = self._end = 0

    # Frames.

    def _take_preface(self) -> bool:
        length = len(frames.PREFACE)
        come = bytes(self._view[: min(length, self._end)])
        if not frames.PREFACE.startswith(come):
            raise Broken(Code.PROTOCOL_ERROR, "This is HTTP/2 without TLS, by prior knowledge.")
        self._has_preface = len(come) == length
        self._begin = length if self._has_preface else 0
        return self._has_preface

    def _take_frames(self) -> None:
        while self._end - self._begin >= frames.HEAD_BYTES:
            length, kind, flags, number = frames.head_of(self._buffer, self._begin)
            if length > MAX_FRAME_BYTES:
                raise Broken(Code.FRAME_SIZE_ERROR, "A frame is too large.")
            start = self._begin + frames.HEAD_BYTES
            if start + length > self._end:
                return
            self._begin = start + length
            self._exchange.take(kind, flags, number, self._view[start : self._begin])

    def _break(self, error: Broken) -> None:
        logger.info("a connection broke the protocol", extra={"reason": str(error)})
        self._is_broken = True
        self._begin = self._end = 0
        self._exchange.end()
        self._put(self._exchange.farewell(error.code, str(error)))
        self.close()

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._look_timer = loop.call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._silent_looks = 0 if self._was_heard else self._silent_looks + 1
        self._was_heard = False
        if self._silent_looks > SILENT_LOOKS or not self._has_preface:
            self.abort()
            return
        self._exchange.look()
        if self._silent_looks == SILENT_LOOKS:
            self._put(frames.ping(_PING))
        self._look_later()
