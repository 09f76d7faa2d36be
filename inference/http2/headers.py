"""Blocks of header fields (HPACK, RFC 7541): read by the library, written without compression."""

import logging
from typing import Final

import hpack
from hpack.table import HeaderTable

from inference.http2.frames import Broken, Code

# It would log what it reads, and tokens are among that.
logging.getLogger("hpack").setLevel(logging.INFO)

MAX_BYTES: Final = 16 * 1024
"""Of the fields of one block, each with 32 bytes on top, as HTTP/2 counts them."""
_REMEMBERED_BYTES: Final = 32 * 1024
"""Of all blocks that are remembered, as sent and counted as above."""
_FIELD_BYTES: Final = 32

Fields = tuple[tuple[str, str], ...]
"""Names and values, in the order in which they came."""


class _Table(HeaderTable):
    """Knows when it has changed."""

    changed = False

    def add(self, name: bytes, value: bytes) -> None:
        self.changed = True
        super().add(name, value)

    @property
    def maxsize(self) -> int:
        return self._maxsize

    @maxsize.setter
    def maxsize(self, newmax: int) -> None:
        # Even to what it was: it may have been less for a moment, and have lost what it held.
        self.changed = True
        HeaderTable.maxsize.fset(self, newmax)  # type: ignore[attr-defined]  # its own


class Reader:
    """Reads the blocks of one connection, one after the other.

    A client that calls again and again sends the same block each time: what was read of it is
    remembered for as long as the table that it refers to stays as it is.
    """

    def __init__(self) -> None:
        self._decoder = hpack.Decoder(MAX_BYTES)
        self._table = self._decoder.header_table = _Table()
        self._known: dict[bytes, Fields] = {}
        self._known_bytes = 0

    def read(self, block: bytes) -> Fields:
        """The fields of a block.

        Raises:
            Broken: it is none, or too large; the table may have become another than the client's.
        """
        known = self._known.get(block)
        if known is not None:
            return known
        self._table.changed = False
        try:
            fields: Fields = tuple(
                (str(name), str(value)) for name, value in self._decoder.decode(block)
            )
        except (hpack.HPACKError, UnicodeDecodeError, IndexError) as error:
            raise Broken(Code.COMPRESSION_ERROR, "The header block is malformed.") from error
        if self._table.changed:
            self._forget()
        else:
            self._remember(block, fields)
        return fields

    def _forget(self) -> None:
        self._known.clear()
        self._known_bytes = 0

    def _remember(self, block: bytes, fields: Fields) -> None:
        size = len(block) + sum(len(name) + len(value) + _FIELD_BYTES for name, value in fields)
        if self._known_bytes + size > _REMEMBERED_BYTES:
            self._forget()
        if size <= _REMEMBERED_BYTES:
            self._known[block] = fields
            self._known_bytes += size


def written(fields: Fields) -> bytes:
    """A block of these fields, none of which enters the client's table."""
    return b"".join(
        b"\0" + _text(name.encode("ascii")) + _text(value.encode("ascii")) for name, value in fields
    )


def _text(text: bytes) -> bytes:
    """A string literal with its length in front (RFC 7541, 5.1 and 5.2)."""
    length = len(text)
    if length < 0x7F:
        return bytes((length,)) + text
    length -= 0x7F
    told = bytearray(b"\x7f")
    while length >= 0x80:
        told.append(length & 0x7F | 0x80)
        length >>= 7
    told.append(length)
    return bytes(told) + text
