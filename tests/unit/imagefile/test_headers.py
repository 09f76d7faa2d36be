"""Format, size and orientation, from headers alone; and what is told of files that have none."""

import io
import struct

import pytest
from PIL import Image

from imagefile.errors import ImageFileError
from imagefile.formats import NAMES
from imagefile.header import Header
from imagefile.reading import read_header
from tests import image_files
from tests.image_files import SIZE, chunk, exif, picture, segment, tiff
from tests.photos import encoded

SHORT, LONG, FLOAT = 3, 4, 11


def header_of(body: bytes) -> Header:
    return read_header(io.BytesIO(body))


def refusal_of(body: bytes) -> ImageFileError:
    with pytest.raises(ImageFileError) as refused:
        header_of(body)
    return refused.value


def late_exif_jpeg() -> bytes:
    """A JPEG whose EXIF stands between its frame header and its picture."""
    whole = image_files.jpeg()
    at = whole.index(b"\xff\xda")
    return whole[:at] + segment(0xE1, exif(6)) + whole[at:]


@pytest.mark.parametrize("size", [(1, 1), (40, 30), (9_000, 1), (1, 16_383)])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": exif(1)}),
    ],
)
def test_the_size_is_read_as_the_decoder_reads_it(
    kind: str, options: dict[str, object], size: tuple[int, int]
) -> None:
    body = encoded(Image.new("RGB", size), kind, **options)
    assert header_of(body) == Header(kind, *size, orientation=1)  # type: ignore[arg-type]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_orientation_in_exif_is_read_wherever_it_stands(kind: str, orientation: int) -> None:
    header = header_of(encoded(picture(), kind, exif=exif(orientation)))
    assert header.orientation == orientation
    assert header.size == (SIZE[::-1] if orientation >= 5 else SIZE)
    assert header.stored_size == SIZE


@pytest.mark.parametrize(
    "body",
    [
        image_files.png(before=chunk(b"eXIf", tiff(SHORT, 1, b"\0\6"))),
        image_files.png(after=chunk(b"eXIf", tiff(SHORT, 1, b"\0\6"))),
        image_files.png(after=chunk(b"eXIf", b"Exif\0\0" + tiff(SHORT, 1, b"\0\6"))),
        image_files.jpeg_with_exif(tiff(SHORT, 1, b"\6\0", order="<")),
        late_exif_jpeg(),
    ],
    ids=["png before", "png behind", "png with a prefix", "little-endian", "jpeg late"],
)
def test_exif_in_odd_places_turns_the_picture(body: bytes) -> None:
    assert header_of(body).orientation == 6


@pytest.mark.parametrize(
    "body",
    [
        image_files.jpeg(image_files.xmp(6)),
        image_files.jpeg_with_exif(tiff(FLOAT, 1, struct.pack(">f", 6))),
        image_files.jpeg_with_exif(tiff(LONG, 1, b"\0\0\0\6")),
        image_files.jpeg_with_exif(tiff(SHORT, 2, b"\0\6\0\6")),
        image_files.jpeg_with_exif(tiff(SHORT, 1, b"\0\0")),
        image_files.jpeg_with_exif(tiff(SHORT, 1, b"\0\11")),
        image_files.jpeg_with_exif(b"II*\0\xff\xff\xff\xff"),
        image_files.jpeg_with_exif(b"MM\0*\0\0\0\x08\xff\xff"),
        image_files.jpeg_with_exif(b"not TIFF"),
        image_files.jpeg_with_exif(b""),
    ],
    ids=["xmp", "float", "long", "two", "0", "9", "far away", "endless", "no tiff", "empty"],
)
def test_what_no_browser_takes_for_an_orientation_turns_nothing(body: bytes) -> None:
    assert header_of(body) == Header("JPEG", *SIZE, orientation=1)


def test_metadata_that_is_broken_or_swells_is_skipped() -> None:
    for body in (
        image_files.png_with_text(80_000_000),
        image_files.png(chunk(b"iCCP", b"icc\0\0not compressed")),
        image_files.png(chunk(b"tEXt", b"Comment\0hello", checksum=0)),
        image_files.png(chunk(b"eXIf", b"nonsense")),
        image_files.jpeg(segment(0xE2, b"MPF\0broken")),
        image_files.jpeg(b"\xff\xff\xff" + segment(0xFE, b"after fill bytes")),
        image_files.jpeg(segment(0xFE, b"before") + b"junk" + segment(0xFE, b"after")),
    ):
        assert header_of(body).size == SIZE


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (image_files.jpeg_of_kind(precision=12), "12 bits"),
        (image_files.jpeg_of_kind(frame=0xC5), "hierarchical"),
        (image_files.jpeg_of_kind(frame=0xCB), "lossless"),
        (image_files.jpeg_of_kind(frame=0xF7), "JPEG-LS"),
        (image_files.jpeg_of_kind(components=2), "two channels"),
        (image_files.PNG_SIGNATURE + chunk(b"CgBI", bytes(4)), "iPhone"),
    ],
)
def test_a_kind_that_is_not_decoded_is_named(body: bytes, words: str) -> None:
    refused = refusal_of(body)
    assert refused.code == "unsupported_format"
    assert words in refused.message


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"\xff\xd8\xff", "JPEG"),
        (image_files.jpeg()[:100], "JPEG"),
        (b"\xff\xd8\xff\xe0\0\1" + bytes(100), "JPEG"),
        (b"\xff\xd8\xff\xd9" + bytes(100), "JPEG"),
        (image_files.jpeg_of_kind(precision=0), "JPEG"),
        (image_files.jpeg_of_kind(components=0), "JPEG"),
        (image_files.jpeg_of_kind(components=17), "JPEG"),
        (image_files.PNG_SIGNATURE, "PNG"),
        (image_files.PNG_SIGNATURE + bytes(100), "PNG"),
        (image_files.png_claiming(0, 10), "PNG"),
        (image_files.png_of(4, 4, 3, 2, b""), "PNG"),
        (image_files.png()[:33] + chunk(b"IEND"), "PNG"),
        (image_files.png_of(4, 4, 8, 3, bytes(20)), "PNG"),
        (image_files.png().replace(b"IHDR\0\0\0\x28", b"IHDR\0\0\0\x29"), "PNG"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "WebP"),
        (image_files.webp(image_files.webp_chunk(b"VP8 ", bytes(20))), "WebP"),
        (image_files.webp(image_files.webp_chunk(b"abcd", bytes(20))), "WebP"),
    ],
)
def test_a_damaged_file_is_called_damaged_and_by_its_own_name(body: bytes, name: str) -> None:
    refused = refusal_of(body)
    assert refused.code == "unreadable_image"
    assert refused.message.startswith(f"This {name} file is damaged: ")


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "video"),
        (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", "video"),
        (b"\x1a\x45\xdf\xa3" + bytes(40), "video"),
        (b"RIFF\0\0\0\0AVI LIST", "video"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1", "RAW"),
        (b"FUJIFILMCCD-RAW 0201", "RAW"),
        (encoded(picture(), "ICO"), "icon"),
        (b"\0\0\2\0\1\0\x20\x20\0\0", "cursor"),
        (encoded(picture(), "TGA"), "TGA"),
        (encoded(picture().convert("L"), "TGA", compression="tga_rle"), "TGA"),
        (encoded(picture(), "JPEG2000"), "JPEG 2000"),
        (encoded(picture(), "PPM"), "PNM"),
        (b"\xff\x0a" + bytes(40), "JPEG XL"),
        (b"8BPS\0\1" + bytes(40), "Photoshop"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?>\n<!-- a drawing -->\n<svg/>", "SVG"),
        (b"\n<!DOCTYPE html><p>", "web page"),
        (b"PK\3\4" + bytes(40), "archive"),
    ],
)
def test_another_format_is_named_with_what_to_do(head: bytes, words: str) -> None:
    refused = refusal_of(head)
    assert refused.code == "unsupported_format"
    assert words in refused.message
    assert refused.message.count(".") >= 2


@pytest.mark.parametrize(
    "body", [b"", b"x", b"These are notes.", b"RIFF\0\0\0\0WAVEfmt ", bytes(64)]
)
def test_what_is_no_known_format_is_said_to_be_no_image(body: bytes) -> None:
    refused = refusal_of(body)
    assert refused.code == "unsupported_format"
    assert refused.message == f"The file is not a {NAMES} image."
