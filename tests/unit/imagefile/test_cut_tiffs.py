"""A TIFF file that ends before the pixels of a page: nothing else is drawn in their place."""

import io

import pytest

from imagefile.errors import DamagedFile
from imagefile.header import Picture
from imagefile.reading import read_header, read_picture
from tests.tiff_files import (
    BITS,
    COMPRESSION,
    LONG,
    MEANING,
    SAMPLES,
    SHORT,
    STRIP_BYTES,
    STRIPS,
    Entry,
    gray,
    tiff_of,
)

PAGES: dict[str, tuple[int, list[Entry]]] = {
    "one strip": (32, []),
    "the last of two strips, which is the shorter": (
        8,
        [(278, LONG, 1, 3), (STRIP_BYTES, LONG, 1, 24)],
    ),
    "strips without a word of their length": (32, [(STRIP_BYTES, SHORT, 1, 0)]),
    "packed": (20, [(COMPRESSION, SHORT, 1, 32773), (STRIP_BYTES, LONG, 1, 20)]),
    "bits": (4, [(BITS, SHORT, 1, 1), (STRIP_BYTES, LONG, 1, 4)]),
    "colors": (96, [(MEANING, SHORT, 1, 2), (SAMPLES, SHORT, 1, 3), (STRIP_BYTES, LONG, 1, 96)]),
    "colors apart": (
        32,
        [(MEANING, SHORT, 1, 2), (SAMPLES, SHORT, 1, 3), (284, SHORT, 1, 2)],
    ),
    "a tile, whole beyond the picture": (
        256,
        [(322, SHORT, 1, 16), (323, SHORT, 1, 16), (325, LONG, 1, 256)],
    ),
}
"""How many bytes its last strip or tile takes, and what is said of it."""


def _picture(name: str, missing: int) -> Picture:
    """Of a file that has so few bytes less than its page takes."""
    takes, said = PAGES[name]
    starts = {"the last of two strips, which is the shorter": 2, "colors apart": 3}.get(name, 1)
    tag = 324 if name.startswith("a tile") else STRIPS
    changes = [*said, (tag, LONG, starts, 0)]
    room = bytes(256)
    length = len(tiff_of(gray(*changes), pixels=room))
    last = length - takes + missing
    where = last
    if starts > 1:  # They do not fit into the entry: the others begin where the room does.
        where = 8
        room = b"".join(n.to_bytes(4, "little") for n in [*[8] * (starts - 1), last]).ljust(256)
    changes[-1] = (tag, LONG, starts, where)
    file = io.BytesIO(tiff_of(gray(*changes), pixels=room))
    return read_picture(file, read_header(file))


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_lacks_is_damage(name: str) -> None:
    with pytest.raises(DamagedFile, match="ends before its picture does"):
        _picture(name, missing=1)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_reaches_the_files_end_is_whole(name: str) -> None:
    assert _picture(name, missing=0).content
