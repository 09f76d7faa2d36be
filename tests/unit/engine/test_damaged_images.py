"""Files that every viewer shows although something is wrong with them are decoded, with a note."""

import contextlib
from collections.abc import Callable

import numpy as np
import pytest

from inference.engine.child.decode import decode
from inference.engine.errors import UnreadableImage
from tests import image_files
from tests.image_files import chunk, exif, picture, segment
from tests.photos import encoded
from tests.unit.engine.decoding import LIMITS, codes

MUTANTS = 5_000


def test_a_picture_of_noise_is_refused_by_its_formats_name() -> None:
    noise = image_files.png_of(8, 8, 8, 2, b"")
    with pytest.raises(UnreadableImage, match="This PNG file is damaged"):
        decode(noise, LIMITS)


SOUND = np.asarray(picture())


@pytest.mark.parametrize(
    "made",
    [
        lambda: image_files.png_with_text(1_500_000),
        lambda: image_files.png_with_text(80_000_000),
        lambda: image_files.png(chunk(b"iTXt", bytes(3_000_000))),
        lambda: image_files.png(chunk(b"iCCP", b"icc\0\0" + b"not compressed")),
        lambda: image_files.png(chunk(b"tEXt", b"Comment\0hello", checksum=0)),
        lambda: image_files.png(chunk(b"tRNS", bytes(6), checksum=0)),
        lambda: image_files.png(chunk(b"tRNS", bytes(5))),
        lambda: image_files.png(chunk(b"eXIf", b"nonsense"), chunk(b"tEXt", b"a\0b", checksum=0)),
    ],
)
def test_metadata_of_a_png_is_skipped_whatever_it_holds(made: Callable[[], bytes]) -> None:
    decoded = decode(made(), LIMITS)
    assert codes(decoded) == []
    assert (decoded.pixels == SOUND).all()


@pytest.mark.parametrize(
    "before",
    [
        segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff"),
        segment(0xE2, b"MPF\0II*\0broken"),
        segment(0xED, b"Photoshop 3.0\x008BIM\xff"),
        segment(0xE0, b"JFIF\0"),
        b"\xff\xe5\0\0" + b"\xff\xfe\0\1",
        segment(0xFE, bytes(60_000)) * 300,
        segment(0xFE, b"") + b"\xff\0junk" + b"\xff" * 100_000,
    ],
)
def test_metadata_of_a_jpeg_is_skipped_whatever_it_holds(before: bytes) -> None:
    plain = decode(image_files.jpeg(), LIMITS)
    assert (decode(image_files.jpeg(before), LIMITS).pixels == plain.pixels).all()


@pytest.mark.parametrize(
    ("frame", "first", "last"),
    [(0xC0, 0, 63), (0xC3, 1, 0), (0xC9, 0, 63), (0xCA, 0, 0)],
    ids=["baseline", "lossless", "arithmetic", "arithmetic progressive"],
)
def test_rare_kinds_of_jpeg_are_decoded(frame: int, first: int, last: int) -> None:
    only_code = bytes([1, *[0] * 15, 0])
    body = b"".join(
        (
            b"\xff\xd8",
            segment(frame, bytes([8, 0, 8, 0, 8, 1, 1, 0x11, 0])),
            segment(0xDB, bytes([0, *[1] * 64])),
            *(segment(0xC4, bytes([table]) + only_code) for table in (0, 0x10)),
            segment(0xDA, bytes([1, 1, 0, first, last, 0])),
            bytes(8),
            b"\xff\xd9",
        )
    )
    decoded = decode(body, LIMITS)
    assert codes(decoded) == []
    assert (decoded.pixels == 128).all()


def test_a_file_of_too_many_parts_is_refused_in_the_words_of_its_refusal() -> None:
    with pytest.raises(UnreadableImage, match="more than 200 scans"):
        decode(image_files.jpeg_in_scans(201), LIMITS)


def test_a_mutant_of_any_file_is_decoded_or_called_unreadable() -> None:
    whole = image_files.sound_files()
    decoded = 0
    for number in range(MUTANTS):
        mutant = image_files.mutant(whole[number % len(whole)])
        with contextlib.suppress(UnreadableImage):
            image = decode(mutant, LIMITS)
            assert image.pixels.shape == (image.height, image.width, 3)
            decoded += 1
    assert 0 < decoded < MUTANTS


def test_the_orientation_is_the_one_that_is_told() -> None:
    for body, size in (
        (image_files.jpeg(image_files.xmp(6)), (40, 30)),
        (image_files.jpeg_with_exif(image_files.tiff(11, 1, b"\x40\xc0\0\0")), (40, 30)),
        (image_files.jpeg_with_exif(image_files.tiff(3, 1, b"\0\6")), (30, 40)),
        (image_files.png(after=chunk(b"eXIf", image_files.tiff(3, 1, b"\0\6"))), (30, 40)),
        (encoded(picture(), "WEBP", exif=exif(6)), (30, 40)),
    ):
        decoded = decode(body, LIMITS)
        assert (decoded.width, decoded.height) == size
        assert decoded.pixels.shape == (size[1], size[0], 3)
