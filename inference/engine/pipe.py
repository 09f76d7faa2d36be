"""The worker's end of the socket to a child: messages as they come, and several in one write."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from inference.engine import wire

MAX_WAITING_BYTES: Final = 1 << 20
"""Of messages that nobody has taken yet; above it the child is read no further."""
_JOINED_BYTES: Final = 1 << 16
"""Larger messages are not copied to go out with others."""


class Pipe(asyncio.Protocol):
    """Reads all that is there at a time, and takes it apart at once.

    A child that says more than is taken is not listened to meanwhile.
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._rest = bytearray()
        """The beginning of a message that has not all come."""
        self._messages: deque[tuple[int, Any]] = deque()
        """With their lengths in bytes."""
        self._waiting_bytes = 0
        self._problem: Exception | None = None
        """Why there will be no more messages."""
        self._taker: asyncio.Future[None] | None = None
        self._is_paused = False
        self._held: list[bytes] = []

    @property
    def is_open(self) -> bool:
        """Whether there may be a message yet."""
        return self._problem is None or bool(self._messages)

    def hold(self, message: Mapping[str, Any], limit: int) -> None:
        """Have a message go out with the next one that is sent.

        Raises:
            TypeError: it holds something that has no place in a message.
            WireError: it is larger than `limit` bytes.
        """
        self._held.append(wire.pack(message, limit))

    def send(self, message: Mapping[str, Any], limit: int) -> None:
        """Send a message, and before it what was held; to one that hung up it is lost.

        Raises:
            TypeError: it holds something that has no place in a message.
            WireError: it is larger than `limit` bytes.
        """
        self.hold(message, limit)
        held, self._held = self._held, []
        if self._transport is None:
            return
        small: list[bytes] = []
        for packed in held:
            if len(packed) > _JOINED_BYTES:
                self._transport.write(b"".join(small))
                self._transport.write(packed)
                small = []
            else:
                small.append(packed)
        self._transport.write(b"".join(small))

    async def receive(self) -> Any:
        """The next message; for one taker at a time.

        Raises:
            EOFError, OSError: the other side is gone.
            WireError: what came is not a message.
        """
        while not self._messages:
            if self._problem:
                raise self._problem
            self._taker = asyncio.get_running_loop().create_future()
            try:
                await self._taker
            finally:
                self._taker = None
        length, message = self._messages.popleft()
        self._waiting_bytes -= length
        if self._is_paused and self._waiting_bytes <= MAX_WAITING_BYTES and self._transport:
            self._is_paused = False
            self._transport.resume_reading()
        return message

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is connected."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # a socket's is
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Takes apart what came."""
        if self._problem:
            return
        whole: bytes | bytearray = data
        if self._rest:
            self._rest += data
            whole = self._rest
        try:
            taken = self._take(whole)
        except wire.WireError as error:
            self._end(error)
            return
        if whole is data:
            self._rest += data[taken:]
        else:
            del self._rest[:taken]
        if self._waiting_bytes > MAX_WAITING_BYTES and not self._is_paused and self._transport:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        """The other side hung up; true: this side is closed by `close`."""
        self._end(EOFError())
        return True

    def connection_lost(self, error: Exception | None) -> None:
        """Nothing more will come."""
        self._end(error or EOFError())

    def _take(self, whole: bytes | bytearray) -> int:
        """Notes every message that is there in full; gives how many bytes they are."""
        end = 0
        with memoryview(whole) as view:
            while (start := end + wire.LENGTH_BYTES) <= len(view):
                length = wire.body_length(bytes(view[end:start]), wire.MAX_BYTES_FROM_CHILD)
                if start + length > len(view):
                    break
                with view[start : start + length] as body:
                    self._messages.append((length, wire.unpack(body)))
                self._waiting_bytes += length
                end = start + length
        return end

    def _end(self, problem: Exception) -> None:
        self._problem = self._problem or problem
        self._wake()

    def _wake(self) -> None:
        if self._taker and not self._taker.done():
            self._taker.set_result(None)
