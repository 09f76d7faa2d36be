"""Judging a file costs little, whatever it holds: counted in reads and bytes, not in seconds."""

import contextlib
import io

import pytest

from imagefile import jpeg, png
from imagefile.errors import ImageFileError
from imagefile.reading import read_header, read_picture
from tests import image_files
from tests.image_files import CountedFile, chunk, picture, segment
from tests.photos import encoded

MUTANTS = 6_000


@pytest.mark.parametrize("name", image_files.HOSTILE)
def test_a_file_of_too_many_parts_is_refused_after_some_thousand_of_them(name: str) -> None:
    code, build = image_files.HOSTILE[name]
    file = CountedFile(build())
    with pytest.raises(ImageFileError) as refused:
        read_header(file)
    assert refused.value.code == code
    assert file.reads <= 3 * png.MAX_CHUNKS
    assert file.bytes_read <= 4_000_000
    assert file.largest_read <= 1 << 18


def test_no_part_is_read_for_its_length_alone() -> None:
    for body in (
        image_files.PNG_SIGNATURE + chunk(b"IHDR", bytes(image_files.LARGE)),
        image_files.png(chunk(b"eXIf", bytes(image_files.LARGE))),
        image_files.png(after=chunk(b"eXIf", bytes(image_files.LARGE))),
        image_files.png(chunk(b"iCCP", bytes(image_files.LARGE))),
        image_files.png(chunk(b"PLTE", bytes(image_files.LARGE))),
        image_files.webp(
            image_files.webp_chunk(b"VP8X", b"\x08" + bytes(9)),
            image_files.webp_chunk(b"EXIF", bytes(image_files.LARGE)),
        ),
    ):
        file = CountedFile(body)
        with contextlib.suppress(ImageFileError):
            read_header(file)
        assert file.bytes_read < 200_000


def test_megabytes_of_honest_metadata_are_skipped() -> None:
    metadata = segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(65_000)) * 380
    body = image_files.jpeg(metadata)
    file = CountedFile(body)
    assert read_header(file).size == image_files.SIZE
    assert len(body) > 24_000_000
    assert file.bytes_read < 50_000
    text = image_files.png(before=chunk(b"iTXt", bytes(20_000_000)))
    file = CountedFile(text)
    assert read_header(file).size == image_files.SIZE
    assert file.bytes_read < 5_000


def test_a_picture_in_many_chunks_is_walked_by_their_lengths() -> None:
    file = CountedFile(image_files.png(after=chunk(b"IDAT", bytes(8_192)) * 3_000))
    assert read_header(file).size == image_files.SIZE
    assert file.bytes_read < 100_000


def test_an_ordinary_jpeg_is_read_no_further_than_to_its_picture() -> None:
    body = encoded(picture(size=(2_000, 2_000)), "JPEG", quality=95)
    file = CountedFile(body)
    read_header(file)
    assert file.bytes_read < 2_000


def test_the_scans_of_a_large_progressive_jpeg_are_searched_once_and_in_pieces() -> None:
    scans = image_files.jpeg_in_scans(10)
    body = scans.replace(b"\xff\xd9", bytes(image_files.LARGE) + b"\xff\xd9")
    file = CountedFile(body)
    assert read_header(file).size == image_files.SIZE
    assert file.bytes_read < 1.1 * len(body)
    assert file.largest_read <= 1 << 18


def test_as_many_parts_as_honest_files_have_are_taken() -> None:
    comments = segment(0xFE, b"x") * (jpeg.MAX_SEGMENTS // 2)
    fills = b"\xff" * (jpeg.MAX_PADDING // 2)
    for body in (
        image_files.jpeg(comments),
        image_files.jpeg(fills),
        image_files.jpeg_in_scans(jpeg.MAX_SCANS),
        image_files.png(before=chunk(b"tEXt", b"a\0b") * (png.MAX_CHUNKS_BEFORE_PICTURE // 2)),
        image_files.png(after=chunk(b"fdAT", bytes(4)) * (png.MAX_CHUNKS // 2)),
    ):
        assert read_header(io.BytesIO(body)).size == image_files.SIZE


def test_a_mutant_of_any_file_is_taken_or_refused() -> None:
    whole = image_files.sound_files()
    refused: list[str] = []
    for number in range(MUTANTS):
        file = CountedFile(image_files.mutant(whole[number % len(whole)]))
        try:
            header = read_header(file)
            assert min(header.size) > 0
            assert header.orientation in range(1, 9)
            if header.stored_width * header.stored_height <= 1_000_000:
                read_picture(file, header)
        except ImageFileError as error:
            refused.append(error.message)
        assert file.reads < 1_000
    assert 0 < len(refused) < MUTANTS
    assert all(message.endswith(".") for message in refused)
