"""A connection of the server without a socket, and what its client says and is told."""

import asyncio
import struct
from collections.abc import Callable

import hpack

from inference.http2 import frames
from inference.http2.connection import Connection
from inference.http2.frames import Code, Setting
from inference.http2.headers import Fields, written
from inference.http2.stream import Stream

ASKING = ((":method", "POST"), (":scheme", "http"), (":path", "/a"), ("te", "trailers"))
HEAD = b"\x88"
OK = written((("grpc-status", "0"),))
Frame = tuple[int, int, int, bytes]
"""Type, flags, stream and payload."""


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.is_read = True
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True


class Heard:
    """Keeps what came of a request."""

    def __init__(self, stream: Stream, fields: Fields) -> None:
        self.stream, self.fields = stream, fields
        self.body = bytearray()
        self.is_ended = self.is_closed = False

    def data_received(self, data: memoryview) -> None:
        assert not self.is_closed
        self.body += data
        self.stream.consumed(len(data))

    def ended(self) -> None:
        assert not self.is_closed
        self.is_ended = True

    def closed(self) -> None:
        assert not self.is_closed
        self.is_closed = True

    def answer(self, data: bytes = b"hello") -> None:
        self.stream.begin(HEAD)
        self.stream.write(data)
        self.stream.finish(OK)


class Peer:
    """The client, and the server's connection to it."""

    def __init__(self, heard: Callable[[Stream, Fields], Heard] = Heard) -> None:
        self.requests: list[Heard] = []
        self.gone: list[Connection] = []

        def serve(stream: Stream, fields: Fields) -> Heard:
            self.requests.append(heard(stream, fields))
            return self.requests[-1]

        self.connection = Connection(serve, lambda _: True, self.gone.append)
        self.transport = Transport()
        self.connection.connection_made(self.transport)
        self._encoder = hpack.Encoder()

    def greet(self, **values: int) -> None:
        """Preface and settings."""
        told = {Setting[name]: value for name, value in values.items()}
        self.feed(frames.PREFACE + frames.settings(told))

    def feed(self, data: bytes, size: int = 1 << 20) -> None:
        """Has bytes come, in pieces of at most so many."""
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            while piece and not self.transport.closed:
                room = self.connection.get_buffer(-1)
                count = min(len(room), len(piece))
                assert count
                room[:count] = piece[:count]
                self.connection.buffer_updated(count)
                piece = piece[count:]

    def block(self, fields: Fields = ASKING) -> bytes:
        return bytes(self._encoder.encode(fields))

    def ask(self, number: int, body: bytes = b"", *, ends: bool = True) -> bytes:
        """The frames of a request."""
        end = frames.END_STREAM if ends else 0
        flags = frames.END_HEADERS | (0 if body else end)
        asked = frame(frames.HEADERS, flags, number, self.block())
        return asked + (frame(frames.DATA, end, number, body) if body else b"")

    async def taken(self) -> bytes:
        """What was sent since the last look."""
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        data = bytes(self.transport.written)
        self.transport.written.clear()
        return data

    async def told(self) -> list[Frame]:
        """The frames that were sent since the last look."""
        data = await self.taken()
        found = []
        while data:
            length, kind, flags, number = frames.head_of(bytearray(data), 0)
            found.append((kind, flags, number, data[9 : 9 + length]))
            assert len(found[-1][3]) == length
            data = data[9 + length :]
        return found

    async def broken_by(self) -> Code:
        """For which reason it was hung up on."""
        told = [one for one in await self.told() if one[0] == frames.GOAWAY]
        assert self.transport.closed
        (goaway,) = told
        return Code(struct.unpack(">I", goaway[3][4:8])[0])


def frame(kind: int, flags: int, number: int, payload: bytes = b"") -> bytes:
    return frames.head(len(payload), kind, flags, number) + payload
