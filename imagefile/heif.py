"""HEIC and AVIF files (ISO/IEC 23008-12, AV1 Image File Format): size and turn of their picture.

What a picture is made of and how it is turned stands in the `meta` box. Metadata such as EXIF turns
nothing in these files: the properties `irot` and `imir` do.
"""

from typing import BinaryIO, Final

from imagefile import exif
from imagefile.errors import DamagedFile, TooManyParts, UnsupportedFormat
from imagefile.formats import FORMATS, Format
from imagefile.header import Header, Picture, read_at, size_of
from imagefile.isobmff import file_boxes
from imagefile.items import Item, Items

MAX_META_BYTES: Final = 1 << 20
"""Of all that is said of a file's pictures: a photo of 48 megapixels needs 20 kB."""
MAX_TILES: Final = 4_096
LARGEST_TILING: Final = 4
"""How many times a picture's pixels its tiles may have: they stand out at two edges."""
SMALL: Final = 1 << 20
"""Pixels of tiles that are never too many: a small picture is padded more."""

_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
)
_CODINGS: Final[dict[bytes, Format]] = {b"hvc1": "HEIF", b"av01": "AVIF"}
_GRID: Final = b"grid"
TURNS: Final = {
    (0, None): 1, (1, None): 8, (2, None): 3, (3, None): 6,
    (0, 0): 4, (1, 0): 5, (2, 0): 2, (3, 0): 7,
    (0, 1): 2, (1, 1): 7, (2, 1): 4, (3, 1): 5,
}  # fmt: skip
"""By quarters counterclockwise and then by the axis that is mirrored at: the EXIF orientation."""


def is_heif(head: bytes) -> bool:
    """Whether a file with these first bytes is one of pictures and not a video."""
    return head[4:8] == b"ftyp" and head[8:12] in _BRANDS


def is_avif(head: bytes) -> bool:
    """Whether a file with these first bytes says that it is AVIF, by its brand or another one."""
    return is_heif(head) and b"avi" in head[8:64]


def read_header(file: BinaryIO) -> Header:
    """Reads what is said of the file's first picture.

    Raises:
        ImageFileError: it is damaged, of a kind that is not decoded, or has too many parts.
    """
    name = FORMATS["AVIF" if is_avif(read_at(file, 0, 64)) else "HEIF"].name
    items = _items(file, name)
    primary = items.primary()
    parts = items.parts_of(primary, MAX_TILES) if primary.coding == _GRID else [primary]
    coding = _CODINGS.get(parts[0].coding)
    if coding is None or any(part.coding != parts[0].coding for part in parts):
        raise UnsupportedFormat(
            f"This {name} file holds no picture of a kind that is decoded:"
            " open it and save it as JPEG or PNG."
        )
    name = FORMATS[coding].name
    if _pixels(*parts) > _pixels(primary) * LARGEST_TILING + SMALL:
        raise DamagedFile(name, "its tiles are larger than its picture")
    if max(items.end_of(part) for part in parts) > size_of(file):
        raise DamagedFile(name, "it ends before its picture does")
    turn = TURNS[primary.quarters, primary.mirror]
    if coding == "AVIF":
        return Header("AVIF", primary.width, primary.height, turn)
    # Its decoder crops and turns.
    size = primary.width, primary.height
    across, down = (min(pair) for pair in zip(size, primary.shown or size, strict=True))
    return Header("HEIF", *((down, across) if turn >= 5 else (across, down)), exif.UPRIGHT)


def picture(file: BinaryIO) -> Picture:
    """The file as it is: its decoders look for the picture alone."""
    return Picture(read_at(file, 0, size_of(file)))


def _items(file: BinaryIO, name: str) -> Items:
    kinds = set()
    for box in file_boxes(file, name):
        kinds.add(box.kind)
        if box.kind != b"meta":
            continue
        if box.end - box.start > MAX_META_BYTES:
            raise TooManyParts(name, "bytes of description", MAX_META_BYTES)
        return Items(read_at(file, box.start, box.end - box.start), name)
    if b"moov" in kinds:
        raise UnsupportedFormat(
            f"This {name} file is a sequence without a still picture: save a single picture of it"
            " as JPEG or PNG and send that."
        )
    raise DamagedFile(name, "it ends before its picture begins")


def _pixels(*items: Item) -> int:
    return sum(item.width * item.height for item in items)
