"""BMP files whose pixels are told by masks are decoded, or refused before they are stored."""

import struct

import pytest

from imagefile.errors import DamagedFile, UnsupportedFormat
from imagefile.reading import read_header
from inference.engine.child.decode import decode
from inference.engine.errors import UnreadableImage
from tests.image_files import CountedFile
from tests.unit.engine.decoding import LIMITS

WIDTH, HEIGHT = 4, 2
HEADERS = (40, 52, 56, 64, 108, 124)
MASKS = [
    (16, (0xF800, 0x7E0, 0x1F, 0)),
    (16, (0x7C00, 0x3E0, 0x1F, 0)),
    (16, (0xF00, 0xF0, 0xF, 0xF000)),
    (24, (0xFF0000, 0xFF00, 0xFF, 0)),
    (24, (0xFF, 0xFF00, 0xFF0000, 0)),
    (32, (0xFF0000, 0xFF00, 0xFF, 0)),
    (32, (0xFF0000, 0xFF00, 0xFF, 0xFF000000)),
    (32, (0xFF000000, 0xFF0000, 0xFF00, 0xFF)),
    (32, (0x3FF00000, 0xFFC00, 0x3FF, 0xC0000000)),
    (32, (0xFF, 0xFF00, 0xFF0000, 0)),
    (32, (0, 0, 0, 0)),
]


def bmp(header: int, depth: int, masks: tuple[int, int, int, int]) -> bytes:
    """A BMP with a header of so many bytes and these masks."""
    told = struct.pack("<IiiHHI", header, WIDTH, HEIGHT, 1, depth, 3).ljust(40, b"\0")
    told = (told + struct.pack("<IIII", *masks))[: max(header, 52)].ljust(header, b"\0")
    start = 14 + len(told)
    pixels = bytes(range(1, 1 + WIDTH * HEIGHT * depth // 8))
    return b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + told + pixels


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize(("depth", "masks"), MASKS)
def test_what_is_taken_is_decoded(
    header: int, depth: int, masks: tuple[int, int, int, int]
) -> None:
    body = bmp(header, depth, masks)
    try:
        read_header(CountedFile(body))
    except UnsupportedFormat:
        with pytest.raises(UnreadableImage, match="not supported"):
            decode(body, LIMITS)
    else:
        assert decode(body, LIMITS).pixels.shape == (HEIGHT, WIDTH, 3)


def test_usual_masks_are_taken_and_others_are_told_what_to_do() -> None:
    for depth, masks in (MASKS[0], MASKS[1], MASKS[3], MASKS[5]):
        assert read_header(CountedFile(bmp(40, depth, masks))).size == (WIDTH, HEIGHT)
    for depth, masks in (MASKS[2], MASKS[4], MASKS[8]):
        with pytest.raises(UnsupportedFormat, match="save it as PNG"):
            read_header(CountedFile(bmp(124, depth, masks)))


def test_a_file_that_ends_in_its_header_is_damaged() -> None:
    header = struct.pack("<IiiHHI", 124, 1, 1, 1, 24, 0).ljust(52, b"\0") + b"DEBM"
    body = (b"BM" + struct.pack("<IHHI", 80, 0, 0, 0) + header).ljust(80, b"\0")
    with pytest.raises(DamagedFile, match="ends before"):
        read_header(CountedFile(body))
    with pytest.raises(UnreadableImage):
        decode(body, LIMITS)


def test_what_a_reader_of_headers_stumbles_over_is_the_files_own_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stumble(*_: object) -> None:
        raise struct.error

    monkeypatch.setattr("inference.engine.child.decode.read_picture", stumble)
    with pytest.raises(UnreadableImage, match="damaged"):
        decode(bmp(40, *MASKS[0]), LIMITS)
