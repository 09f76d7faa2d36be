"""JPEG files (ITU-T T.81, annex B): segments, scans, and the picture without its metadata."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from imagefile import exif
from imagefile.errors import (
    DamagedFile,
    TooManyScans,
    TooManySegments,
    TooMuchPadding,
    UnsupportedFormat,
)
from imagefile.header import Header, Picture, read_at, size_of

MAGIC: Final = b"\xff\xd8\xff"
MAX_SEGMENTS: Final = 4_096
"""25 MB of metadata are 400 segments of the largest size."""
MAX_PADDING: Final = 1 << 20
"""Bytes between segments that mean nothing."""
MAX_SCANS: Final = 200
"""Encoders write about ten. Each is decoded over the whole picture."""

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD8), _SOI, _EOI})
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_DECODED_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCA})
"""Huffman and arithmetic coding, sequential and progressive; Huffman coding without loss."""
_JPEG_LS_FRAME: Final = 0xF7
_PROGRESSIVE: Final = frozenset({0xC2, 0xCA})
_MARKER: Final = re.compile(rb"\xff[\x01-\xfe]")
# In a scan, restart markers and 0xFF bytes of the picture (followed by 0) are no ends.
_END_OF_SCAN: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_FIRST_PIECE_BYTES: Final = 1 << 12
_PIECE_BYTES: Final = 1 << 18
_NEEDED: Final = {_APP0: (b"JFIF\0", 14), _APP2: (b"ICC_PROFILE\0", 14), _APP14: (b"Adobe", 12)}
"""What tells the colors: how it begins, and how long it is at least."""
_END: Final = b"\xff\xd9"
_MADE_UP: Final = b"\x55" * (1 << 16)
"""What a decoder goes on with where a scan breaks off. It takes zeros where there is nothing."""
_SAVE_AGAIN: Final = (
    "is not supported: save it as an ordinary JPEG (8 bits, baseline or progressive) or as PNG."
)


@dataclass(frozen=True)
class _Segment:
    marker: int
    start: int
    """Where its marker stands."""
    end: int
    """Where the next thing begins."""

    def body(self, file: BinaryIO, most: int) -> bytes:
        """What stands behind its length, at most so many bytes."""
        return read_at(file, self.start + 4, min(most, max(0, self.end - self.start - 4)))


@dataclass(frozen=True)
class _Frame:
    marker: int
    height: int
    width: int
    components: int


@dataclass(frozen=True)
class _Scans:
    end: int
    """Where the last complete piece of the picture ends."""
    is_truncated: bool


def read_header(file: BinaryIO) -> Header:
    """Reads the segments before the picture, and in a file of many scans where they stand.

    Raises:
        ImageFileError: it is damaged, of a kind that is not decoded, or has too many parts.
    """
    orientation = None
    frame = None
    for segment in _segments(file):
        marker = segment.marker
        if marker in _FRAMES or marker == _JPEG_LS_FRAME:
            frame = _frame(marker, segment.body(file, 6))
        elif marker == _APP1 and orientation is None:
            if segment.body(file, len(exif.PREFIX)) == exif.PREFIX:
                orientation = exif.orientation(segment.body(file, exif.MAX_BYTES))
        elif marker == _SOS:
            if frame is None:
                break
            if not _is_only_scan(file, segment, frame):
                _walk_scans(file, segment)
            return Header("JPEG", frame.width, frame.height, orientation or exif.UPRIGHT)
    raise DamagedFile("JPEG", "its picture is missing")


def picture(file: BinaryIO) -> Picture:
    """The file without metadata, ended where it ends.

    Raises:
        ImageFileError: as `read_header`.
    """
    pieces = [b"\xff\xd8"]
    frame = None
    for segment in _segments(file):
        if segment.marker in _FRAMES:
            frame = _frame(segment.marker, segment.body(file, 6))
        if segment.marker == _SOS:
            scans = _walk_scans(file, segment)
            if frame is None or scans.end <= segment.end:
                break
            content = b"".join((*pieces, read_at(file, segment.start, scans.end - segment.start)))
            otherwise = None
            # Where other scans follow, what is drawn of the first one is coarse and still right.
            if scans.is_truncated and _is_only_scan(file, segment, frame):
                otherwise = content + _MADE_UP + _END
            return Picture(content + _END, is_truncated=scans.is_truncated, otherwise=otherwise)
        if _is_needed(segment, file):
            pieces.append(read_at(file, segment.start, segment.end - segment.start))
    raise DamagedFile("JPEG", "its picture is missing")


def _segments(file: BinaryIO) -> Iterator[_Segment]:
    """The segments up to the first scan's header, without those that are markers alone."""
    at, padding = 2, 0
    for _ in range(MAX_SEGMENTS):
        start = _find(file, at, _MARKER, MAX_PADDING - padding)
        segment = None if start is None else _segment(file, start)
        if segment is None or segment.marker == _EOI:
            return
        padding += segment.start - at
        at = segment.end
        if segment.marker not in _WITHOUT_LENGTH:
            yield segment
    raise TooManySegments(MAX_SEGMENTS)


def _segment(file: BinaryIO, start: int) -> _Segment | None:
    """The segment whose marker stands there; None: the file ends before it does."""
    marker, *length = read_at(file, start + 1, 3)
    if marker in _WITHOUT_LENGTH:
        return _Segment(marker, start, start + 2)
    if len(length) < 2:
        return None
    # A length counts itself; decoders take a shorter one for an empty segment.
    end = start + 2 + max(2, int.from_bytes(length, "big"))
    return _Segment(marker, start, end) if read_at(file, end - 1, 1) else None


def _find(file: BinaryIO, at: int, pattern: re.Pattern[bytes], most: int) -> int | None:
    """Where the pattern, of two bytes, stands next, after at most so many others; None: nowhere.

    It begins with two bytes and reads ever more, so that what is near costs little.
    """
    begin, size = at, 2
    while True:
        piece = read_at(file, at, size)
        if found := pattern.search(piece):
            return at + found.start()
        if len(piece) < size:
            return None
        at += size - 1
        if at - begin > most:
            raise TooMuchPadding(MAX_PADDING)
        size = min(max(_FIRST_PIECE_BYTES, size * 2), _PIECE_BYTES)


def _walk_scans(file: BinaryIO, first: _Segment) -> _Scans:
    """Goes from scan to scan until the picture's end.

    Raises:
        TooManyScans, TooManySegments: there are more than any honest file has.
    """
    file_bytes = size_of(file)
    scans, at = 1, first.end
    for _ in range(MAX_SEGMENTS):
        start = _find(file, at, _END_OF_SCAN, file_bytes)
        if start is None:
            ends_in_marker = read_at(file, file_bytes - 1, 1) == b"\xff"
            return _Scans(file_bytes - ends_in_marker, is_truncated=True)
        segment = _segment(file, start)
        if segment is None or segment.marker == _EOI:
            return _Scans(start, is_truncated=segment is None)
        scans += segment.marker == _SOS
        if scans > MAX_SCANS:
            raise TooManyScans(MAX_SCANS)
        at = segment.end
    raise TooManySegments(MAX_SEGMENTS)


def _frame(marker: int, body: bytes) -> _Frame:
    """The frame header (T.81, B.2.2).

    Raises:
        ImageFileError: nobody here decodes such a frame, or it makes no sense.
    """
    if marker not in _DECODED_FRAMES:
        kind = "JPEG-LS" if marker == _JPEG_LS_FRAME else "hierarchical or lossless"
        raise UnsupportedFormat(f"This JPEG is of the {kind} kind, which {_SAVE_AGAIN}")
    if len(body) < 6:
        raise DamagedFile("JPEG", "its frame header is too short")
    precision, height, width, components = struct.unpack(">BHHB", body)
    if not 2 <= precision <= 16 or not 1 <= components <= 4:
        raise DamagedFile("JPEG", "its frame header makes no sense")
    if precision != 8:
        raise UnsupportedFormat(f"This JPEG has {precision} bits a channel, which {_SAVE_AGAIN}")
    if components == 2:
        raise UnsupportedFormat(f"This JPEG has two channels, which {_SAVE_AGAIN}")
    if not width or not height:
        raise DamagedFile("JPEG", "its picture has no pixels")
    return _Frame(marker, height, width, components)


def _is_only_scan(file: BinaryIO, scan: _Segment, frame: _Frame) -> bool:
    """Whether a scan draws the whole picture: all its channels, and at once."""
    return frame.marker not in _PROGRESSIVE and scan.body(file, 1) == bytes([frame.components])


def _is_needed(segment: _Segment, file: BinaryIO) -> bool:
    """Whether decoding needs it: tables and frames, the color transform and profile."""
    if segment.marker in _NEEDED:
        name, length = _NEEDED[segment.marker]
        body = segment.body(file, length)
        return len(body) == length and body.startswith(name)
    return not _APP0 <= segment.marker <= _COM
