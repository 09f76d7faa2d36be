"""Compressed bodies: `Content-Encoding` of requests, `Accept-Encoding` for answers."""

import zlib
from collections.abc import Iterator
from typing import Final

from inference.oip.errors import invalid

_WINDOW_BITS: Final = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
"""`deflate` is zlib's format, as HTTP has it."""
CODINGS: Final = tuple(_WINDOW_BITS)

_LEVEL: Final = 1
_SMALL_BYTES: Final = 1024
"""What is smaller is not worth it."""
_PIECE_BYTES: Final = 1024 * 1024


class UnknownCoding(Exception):
    """The body is compressed in a way that is not known here."""


class TooLarge(Exception):
    """The body is too large once it is decompressed."""


def decompressed(body: bytes, coding: str, limit: int) -> bytes:
    """The body of a request without its coding, of at most `limit` bytes.

    Raises:
        UnknownCoding: it is neither `gzip` nor `deflate`.
        TooLarge: there are more bytes; they were not decompressed.
        ProtocolError: INVALID_ARGUMENT: it is broken or incomplete.
    """
    coding = coding.strip().lower()
    if coding in {"", "identity"}:
        return body
    if coding not in _WINDOW_BITS:
        raise UnknownCoding
    return b"".join(unpacked(body, coding, limit))


def unpacked(body: bytes, coding: str, limit: int) -> Iterator[bytes]:
    """What `decompressed` gives and raises, in pieces of a bounded size; the coding is known."""
    reader = zlib.decompressobj(_WINDOW_BITS[coding])
    size, rest = 0, body
    try:
        while not reader.eof:
            piece = reader.decompress(rest, _PIECE_BYTES)
            rest = reader.unconsumed_tail
            if not piece and not rest:
                break
            size += len(piece)
            if size > limit:
                raise TooLarge
            yield piece
    except zlib.error:
        raise invalid(f"The body is not {coding}.") from None
    if not reader.eof or reader.unused_data:
        raise invalid(f"The body is not one whole stream of {coding}.")


def chosen(accept: str, size: int) -> str:
    """The coding for an answer of `size` bytes to a client that accepts these; empty: none."""
    if size < _SMALL_BYTES:
        return ""
    accepted = {name for name, quality in map(_preference, accept.split(",")) if quality > 0}
    return next((coding for coding in CODINGS if coding in accepted), "")


def compressed(body: bytes, coding: str) -> bytes:
    """The body in this coding, quickly rather than small."""
    writer = zlib.compressobj(_LEVEL, wbits=_WINDOW_BITS[coding])
    return writer.compress(body) + writer.flush()


def _preference(entry: str) -> tuple[str, float]:
    """An entry of Accept-Encoding: the name, and how much it is liked."""
    name, _, parameter = entry.partition(";")
    key, _, value = parameter.partition("=")
    try:
        quality = float(value) if key.strip() == "q" else 1.0
    except ValueError:
        quality = 0.0
    return name.strip().lower(), quality
