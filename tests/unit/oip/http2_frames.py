"""Frames of HTTP/2 as a client that means no good writes them."""

import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    size = struct.pack(">I", len(payload))[1:]
    return size + struct.pack(">BBI", kind, flags, stream) + payload


def head(path: str, **more: str) -> bytes:
    """A header block of literals."""
    fields = {":method": "POST", ":scheme": "http", ":path": path, ":authority": "a"}
    fields |= {"content-type": "application/grpc", "te": "trailers", **more}
    return b"".join(
        bytes([0, len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
        for name, value in fields.items()
    )


def calling(path: str, count: int, flags: int = 4) -> bytes:
    """The heads of so many calls."""
    return b"".join(frame(HEADERS, flags, 2 * i + 1, head(path)) for i in range(count))


def called_off(path: str, count: int) -> bytes:
    """Calls that are called off as soon as they are made."""
    return b"".join(
        frame(HEADERS, 4, 2 * i + 1, head(path)) + frame(RST_STREAM, 0, 2 * i + 1, bytes(4))
        for i in range(count)
    )


GREETING = PREFACE + frame(SETTINGS)
NO_ROOM = PREFACE + frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0))
"""Of a client that takes nothing of an answer."""
