"""HEIC, AVIF, TIFF, GIF and BMP files by their headers: size, turn, pages, and what is refused."""

import contextlib
import io
import struct
from pathlib import Path

import pytest

from imagefile.errors import ImageFileError
from imagefile.formats import FORMATS, NAMES
from imagefile.header import Header
from imagefile.reading import read_header, read_pages
from tests import hostile_formats
from tests.heif_files import TILE, box, grid, heic
from tests.hostile_formats import HOSTILE
from tests.image_files import SIZE, CountedFile, exif, mutant, picture
from tests.photos import encoded
from tests.tiff_files import MEANING, SHORT, gray, tiff_of

MUTANTS = 3_000
MOST_PAGES = 100


def header_of(body: bytes) -> Header:
    return read_header(io.BytesIO(body))


def refusal_of(body: bytes) -> ImageFileError:
    with pytest.raises(ImageFileError) as refused:
        read_pages(io.BytesIO(body), MOST_PAGES)
    return refused.value


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_heic_photo_has_the_size_that_it_is_turned_to_and_needs_no_more_turning(
    turn: int,
) -> None:
    header = header_of(heic(f"turned-{turn}"))
    assert (header.format, header.orientation) == ("HEIF", 1)
    assert header.size == (TILE[::-1] if turn >= 5 else TILE)


@pytest.mark.parametrize("turn", range(1, 9))
def test_an_avif_picture_and_a_tiff_tell_how_they_are_turned(turn: int) -> None:
    for body in (
        encoded(picture(), "AVIF", exif=exif(turn)),
        encoded(picture(), "TIFF", tiffinfo={274: turn}),
    ):
        header = header_of(body)
        assert header.orientation == turn
        assert header.stored_size == SIZE


def test_a_photo_in_tiles_has_the_size_of_the_whole() -> None:
    assert header_of(grid(3, 2)).size == (384, 192)
    assert header_of(grid(3, 2, size=(300, 150))).size == (300, 150)
    assert header_of(grid(3, 2, turn=box(b"irot", b"\3"))).size == (192, 384)


def test_of_pages_each_has_its_own_size_and_turn_and_small_copies_are_none() -> None:
    pages = [gray(), gray((254, 4, 1, 1), size=(2, 1)), gray((274, 3, 1, 6), size=(4, 4))]
    headers = read_pages(io.BytesIO(tiff_of(*pages)), MOST_PAGES)
    assert [header.size for header in headers] == [(8, 4), (4, 4)]
    assert [header.orientation for header in headers] == [1, 6]


def test_a_document_of_too_many_pages_is_told_to_be_split() -> None:
    refused = refusal_of(tiff_of(*[gray()] * 101))
    assert refused.code == "too_many_pages"
    assert "100 pages" in refused.message


@pytest.mark.parametrize(
    "body",
    [
        tiff_of(gray((50706, 1, 4, 0x401))),
        tiff_of(gray((MEANING, SHORT, 1, 32803))),
        tiff_of(gray((254, 4, 1, 1), (330, 4, 1, 8))),
        b"II*\0\x10\0\0\0CR\2\0" + bytes(4) + tiff_of(gray())[40:],
    ],
    ids=["DNG", "color filters", "NEF", "CR2"],
)
def test_a_cameras_raw_file_is_told_from_a_tiff(body: bytes) -> None:
    refused = refusal_of(body)
    assert refused.code == "unsupported_format"
    assert "RAW" in refused.message


@pytest.mark.parametrize("mode", ["I", "F", "LAB"])
def test_pixels_that_no_viewer_shows_alike_are_refused_with_what_to_do(mode: str) -> None:
    refused = refusal_of(encoded(picture(mode), "TIFF"))
    assert refused.code == "unsupported_format"
    assert "save it" in refused.message


def test_a_sequence_without_a_still_is_refused_with_what_to_do() -> None:
    refused = refusal_of(box(b"ftyp", b"hevc", bytes(4)) + box(b"moov", bytes(40)))
    assert refused.code == "unsupported_format"
    assert "single picture" in refused.message


def test_one_list_names_all_formats() -> None:
    assert f"JPEG, PNG, WebP, HEIC, AVIF, TIFF, GIF, BMP or {FORMATS['PDF'].name}" in NAMES


@pytest.mark.parametrize("name", hostile_formats.sound())
def test_a_file_that_breaks_off_is_taken_or_called_damaged(name: str) -> None:
    for body in hostile_formats.cut(hostile_formats.sound()[name], 60):
        with contextlib.suppress(ImageFileError):
            assert header_of(body).stored_width


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tiff: pages in a circle", "lead in a circle"),
        ("tiff: tile of 2^31 pixels", "tiles are larger"),
        ("heic: tiles of 8,000 pixels a side", "tiles are larger"),
        ("heic: far more tiles than picture", "tiles are larger"),
        ("heic: data beyond the end", "ends before its picture does"),
        ("heic: box of no size", "smaller than its own header"),
    ],
)
def test_what_would_cost_a_decoder_much_is_refused_before_it(name: str, words: str) -> None:
    assert words in refusal_of(HOSTILE[name]()).message


@pytest.mark.parametrize("name", HOSTILE)
def test_judging_a_hostile_file_costs_little(name: str) -> None:
    file = CountedFile(HOSTILE[name]())
    with contextlib.suppress(ImageFileError):
        read_pages(file, MOST_PAGES)
    assert file.reads <= 70_000
    assert file.bytes_read <= 4_000_000


@pytest.mark.parametrize("place", [99, (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
def test_a_page_beyond_any_files_end_is_damage(tmp_path: Path, place: int) -> None:
    file = tmp_path / "big.tiff"
    file.write_bytes(b"II+\0" + struct.pack("<HHQ", 8, 0, place))
    with file.open("rb") as opened, pytest.raises(ImageFileError) as refused:
        read_pages(opened, MOST_PAGES)
    assert refused.value.code == "unreadable_image"


def test_a_mutant_of_any_of_these_files_is_taken_or_refused() -> None:
    whole = list(hostile_formats.sound().values())
    taken = 0
    for number in range(MUTANTS):
        file = CountedFile(mutant(whole[number % len(whole)]))
        with contextlib.suppress(ImageFileError):
            read_pages(file, MOST_PAGES)
            taken += 1
        assert file.bytes_read <= 4_000_000
    assert 0 < taken < MUTANTS
