"""What HEIC and AVIF files say of their pictures costs little to read, however often it is said."""

import struct
from typing import Any

import pytest

from imagefile.errors import ImageFileError
from imagefile.items import Items
from tests.heif_files import box, entry, full_box

NAMED = 4_096
LARGE = 900_000


class CountedBytes(bytes):
    """Bytes that count how many of them are copied out."""

    copied = 0

    def __getitem__(self, key: Any) -> Any:
        part = super().__getitem__(key)
        if isinstance(part, bytes):
            self.copied += len(part)
        return part


def description(
    properties: bytes, associations: bytes, more: tuple[bytes, ...] = ()
) -> CountedBytes:
    """What is said of a picture made of one tile over and over, with `more` entries for others."""
    return CountedBytes(
        bytes(4)
        + full_box(b"pitm", struct.pack(">H", 1))
        + box(b"iloc", b"\1\0\0\0", bytes(4))
        + full_box(b"iinf", struct.pack(">H", 2), entry(1, b"grid"), entry(2, b"hvc1"), *more)
        + box(b"iprp", box(b"ipco", properties), associations)
        + full_box(b"iref", box(b"dimg", struct.pack(">HH", 1, NAMED), b"\0\2" * NAMED))
    )


def test_a_tile_that_is_named_over_and_over_is_read_once_and_of_a_property_only_its_fields() -> (
    None
):
    size = full_box(b"ispe", struct.pack(">II", 64, 64), bytes(LARGE))
    said = b"".join(struct.pack(">HB", number, 255) + b"\1" * 255 for number in (1, 2))
    meta = description(size, full_box(b"ipma", struct.pack(">I", 2), said))
    items = Items(meta, "HEIC")
    parts = items.parts_of(items.primary(), NAMED)
    assert [(part.id, part.width) for part in parts] == [(2, 64)] * NAMED
    assert meta.copied <= 200_000


def test_properties_beyond_the_end_of_their_list_are_damage() -> None:
    beyond = full_box(b"ipma", struct.pack(">I", 4_096)) * 2
    with pytest.raises(ImageFileError, match="breaks off"):
        Items(description(b"", beyond), "HEIC")


def test_items_that_are_named_again_and_again_are_too_many() -> None:
    said = b"\0\1\0" * 4_096
    with pytest.raises(ImageFileError, match="properties"):
        Items(description(b"", full_box(b"ipma", struct.pack(">I", 4_096), said) * 9), "HEIC")


@pytest.mark.parametrize("kind", [b"\x80xif", b"mime\0image/\x80\0"])
def test_the_type_of_a_part_that_is_no_text_is_damage(kind: bytes) -> None:
    none = full_box(b"ipma", bytes(4))
    Items(description(b"", none, (entry(3, b"mime\0image/png\0"),)), "HEIC")
    with pytest.raises(ImageFileError, match="is no text"):
        Items(description(b"", none, (entry(3, kind),)), "HEIC")
