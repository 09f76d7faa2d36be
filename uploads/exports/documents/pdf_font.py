"""A font without ink, by which invisible text in any script can be selected and searched.

A character's code is its UTF-16, every code has the same glyph (two points that span its box), and
`ToUnicode` says that each code means itself, as Tesseract's PDF renderer has it. So no font of any
script is needed.
"""

import struct
import zlib
from functools import cache
from typing import Final

ADVANCE: Final = 0.5
"""Of every character, over the size of the font."""
_UNITS: Final = 1000
_WIDTH: Final = round(ADVANCE * _UNITS)
NAME: Final = "Glyphless"


def encoded(text: str) -> bytes:
    """A text as the operand of a text operator."""
    return b"<" + text.encode("utf-16-be").hex().encode() + b">"


def codes(text: str) -> int:
    """How many advances a text has."""
    return len(text.encode("utf-16-be")) // 2


@cache
def cid_to_gid() -> bytes:
    """Every code is glyph 1; compressed."""
    return zlib.compress(b"\0\1" * 65536, 9)


@cache
def to_unicode() -> bytes:
    """The CMap by which every code means itself; compressed."""
    ranges = [f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in range(256)]
    blocks = [ranges[at : at + 100] for at in range(0, len(ranges), 100)]
    mapped = "\n".join(
        f"{len(block)} beginbfrange\n" + "\n".join(block) + "\nendbfrange" for block in blocks
    )
    cmap = f"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{mapped}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
    return zlib.compress(cmap.encode(), 9)


@cache
def font_file() -> bytes:
    """A TrueType font (ISO/IEC 14496-22) of two glyphs: an empty one, and one of two points."""
    box = (0, 0, _WIDTH, _UNITS)
    # Two contours of one point each, whose bounding box is what gets selected.
    glyph = struct.pack(">hhhhhHHHBBhhhh", 2, *box, 0, 1, 0, 1, 1, 0, _WIDTH, 0, _UNITS)
    tables = {
        b"glyf": glyph,
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh",
            *(0x00010000, 0x00010000, 0, 0x5F0F3CF5, 0, _UNITS, 0, 0, *box, 0, 8, 2, 0, 0),
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH",
            *(0x00010000, _UNITS, 0, 0, _WIDTH, 0, 0, _WIDTH, 1, 0, 0, 0, 0, 0, 0, 0, 1),
        ),
        b"hmtx": struct.pack(">Hhh", _WIDTH, 0, 0),
        b"loca": struct.pack(">HHH", 0, 0, len(glyph) // 2),
        b"maxp": struct.pack(">IH13H", 0x00010000, 2, 2, 2, 0, 0, 1, *([0] * 8)),
    }
    font = _assembled(tables)
    at = font.index(tables[b"head"])
    adjustment = (0xB1B0AFBA - _checksum(font)) & 0xFFFFFFFF
    return font[: at + 8] + struct.pack(">I", adjustment) + font[at + 12 :]


def _assembled(tables: dict[bytes, bytes]) -> bytes:
    power = len(tables).bit_length() - 1
    around = 16 << power
    head = struct.pack(">IHHHH", 0x00010000, len(tables), around, power, 16 * len(tables) - around)
    offset = len(head) + 16 * len(tables)
    directory, bodies = b"", b""
    for tag, table in sorted(tables.items()):
        at = offset + len(bodies)
        directory += struct.pack(">4sIII", tag, _checksum(table), at, len(table))
        bodies += table + b"\0" * (-len(table) % 4)
    return head + directory + bodies


def _checksum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
