"""HTTP/2's frames as they go over the wire (RFC 9113, sections 4 and 6)."""

import struct
from enum import IntEnum
from typing import Final

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What a client says before its first frame."""

# Types. Plain numbers: they are compared for every frame.
DATA: Final = 0
HEADERS: Final = 1
PRIORITY: Final = 2
RST_STREAM: Final = 3
SETTINGS: Final = 4
PUSH_PROMISE: Final = 5
PING: Final = 6
GOAWAY: Final = 7
WINDOW_UPDATE: Final = 8
CONTINUATION: Final = 9

# Flags.
END_STREAM: Final = 0x1
ACK: Final = 0x1
END_HEADERS: Final = 0x4
PADDED: Final = 0x8
PRIORITIZED: Final = 0x20

HEAD_BYTES: Final = 9
_HEAD: Final = struct.Struct(">HBBBI")
_SETTING: Final = struct.Struct(">HI")
_NUMBER: Final = struct.Struct(">I")
STREAM_MASK: Final = 0x7FFF_FFFF
"""The highest bit of a stream's number, and of a window, is reserved."""


class Code(IntEnum):
    """Why a stream or a connection is ended."""

    NO_ERROR = 0
    PROTOCOL_ERROR = 1
    INTERNAL_ERROR = 2
    FLOW_CONTROL_ERROR = 3
    STREAM_CLOSED = 5
    FRAME_SIZE_ERROR = 6
    REFUSED_STREAM = 7
    CANCEL = 8
    COMPRESSION_ERROR = 9
    ENHANCE_YOUR_CALM = 11


class Setting(IntEnum):
    """What either side tells of itself."""

    HEADER_TABLE_SIZE = 1
    ENABLE_PUSH = 2
    MAX_CONCURRENT_STREAMS = 3
    INITIAL_WINDOW_SIZE = 4
    MAX_FRAME_SIZE = 5
    MAX_HEADER_LIST_SIZE = 6


class Broken(Exception):
    """What a client sent leaves its connection without a meaning."""

    def __init__(self, code: Code, message: str) -> None:
        self.code = code
        super().__init__(message)


def head(length: int, kind: int, flags: int, stream: int) -> bytes:
    """The head of a frame with `length` bytes behind it."""
    return _HEAD.pack(length >> 8, length & 0xFF, kind, flags, stream)


def head_of(data: bytearray, start: int) -> tuple[int, int, int, int]:
    """Length, type, flags and stream of the frame whose head begins there."""
    high, low, kind, flags, stream = _HEAD.unpack_from(data, start)
    return high << 8 | low, kind, flags, stream & STREAM_MASK


def number_of(payload: memoryview) -> int:
    """The 31 bits of a window's increment, or the 32 of a code, at the beginning of a payload."""
    number: int = _NUMBER.unpack_from(payload)[0]
    return number


def settings(values: dict[Setting, int]) -> bytes:
    """A SETTINGS frame."""
    body = b"".join(_SETTING.pack(name, value) for name, value in values.items())
    return head(len(body), SETTINGS, 0, 0) + body


def settings_of(payload: memoryview) -> list[tuple[int, int]]:
    """The settings of a frame, in their order."""
    return list(_SETTING.iter_unpack(payload))


def rst_stream(stream: int, code: Code) -> bytes:
    """Ends a stream at once."""
    return head(4, RST_STREAM, 0, stream) + _NUMBER.pack(code)


def window_update(stream: int, increment: int) -> bytes:
    """So many more bytes of DATA may come; stream 0: on the connection."""
    return head(4, WINDOW_UPDATE, 0, stream) + _NUMBER.pack(increment)


def ping(data: bytes, flags: int = 0) -> bytes:
    """Asks for an answer, or is one; 8 bytes."""
    return head(8, PING, flags, 0) + data


def goaway(last: int, code: Code, message: str = "") -> bytes:
    """No streams above `last` are, or will be, answered on this connection."""
    body = _NUMBER.pack(last) + _NUMBER.pack(code) + message.encode()
    return head(len(body), GOAWAY, 0, 0) + body


def without_padding(payload: memoryview, flags: int) -> memoryview:
    """A payload of DATA or HEADERS without its padding.

    Raises:
        Broken: there is more padding than payload.
    """
    if not flags & PADDED:
        return payload
    if not payload or payload[0] >= len(payload):
        raise Broken(Code.PROTOCOL_ERROR, "The padding is longer than its frame.")
    return payload[1 : len(payload) - payload[0]]
