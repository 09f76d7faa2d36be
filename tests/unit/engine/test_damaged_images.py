"""Files that every viewer shows although something is wrong with them are decoded, with a note."""

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from inference.engine.decode import Decoded, decode, longest_side
from inference.engine.errors import UnreadableImage
from inference.engine.model import Pixels
from inference.engine.types import DecodeLimits
from tests import image_files
from tests.image_files import chunk, exif, picture, segment
from tests.photos import encoded, photo

LIMITS = DecodeLimits(("JPEG", "PNG", "WEBP"), max_pixels=1_000_000, max_side=5_000)
PHOTO = Image.open(io.BytesIO(photo("astronaut")))
WITH_ALPHA = Image.merge("RGBA", (*PHOTO.split(), Image.new("L", PHOTO.size, 200)))
MUTANTS = 5_000

CUT = {
    "jpeg": encoded(PHOTO, "JPEG"),
    "grey jpeg": encoded(PHOTO.convert("L"), "JPEG"),
    "png": encoded(PHOTO),
    "palette png": encoded(PHOTO.convert("P")),
    "one-bit png": encoded(PHOTO.convert("1")),
    "png with alpha": encoded(WITH_ALPHA),
    "webp": encoded(PHOTO, "WEBP"),
    "webp with exif": encoded(PHOTO, "WEBP", exif=exif(1)),
    "webp with alpha": encoded(WITH_ALPHA, "WEBP"),
    "lossless webp": encoded(PHOTO, "WEBP", lossless=True),
}


def rows_alike(one: Pixels, other: Pixels) -> int:
    """How many rows are the same in both, from the top."""
    differ = (np.abs(one.astype(int) - other) > 2).any(axis=(1, 2))
    return int(differ.argmax()) if differ.any() else len(one)


def codes(decoded: Decoded) -> list[str]:
    return [note.code for note in decoded.notes]


@pytest.mark.parametrize("name", CUT)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_of_a_file_cut_short_the_upper_rows_are_read(name: str, part: float) -> None:
    whole = decode(CUT[name], LIMITS)
    cut = decode(CUT[name][: int(len(CUT[name]) * part)], LIMITS)
    assert codes(whole) == []
    assert codes(cut) == ["truncated_file"]
    assert (cut.width, cut.height) == (whole.width, whole.height)
    rows = rows_alike(cut.pixels, whole.pixels)
    assert (part - 0.25) * whole.height < rows < whole.height
    # What is missing is as white as what is transparent.
    assert (cut.pixels[rows + 1 :] == 255).all()


def test_a_jpeg_cut_short_is_read_at_reduced_scale_too() -> None:
    body = CUT["jpeg"]
    cut = decode(body[: len(body) // 2], LIMITS, longest_side(256))
    assert cut.pixels.shape == (256, 256, 3)
    rows = rows_alike(cut.pixels, decode(body, LIMITS, longest_side(256)).pixels)
    assert 64 < rows < 200
    assert (cut.pixels[rows + 1 :] == 255).all()


def test_a_progressive_jpeg_cut_short_is_read_coarsely() -> None:
    whole = encoded(PHOTO, "JPEG", progressive=True)
    cut = decode(whole[: len(whole) // 2], LIMITS)
    assert codes(cut) == ["truncated_file"]
    difference = np.abs(cut.pixels.astype(int) - decode(whole, LIMITS).pixels)
    assert difference.mean() < 12


@pytest.mark.parametrize("missing", [1, 2, 3, 40])
@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_a_jpeg_that_lacks_its_last_bytes_is_read(missing: int, options: dict[str, bool]) -> None:
    whole = encoded(PHOTO, "JPEG", **options)
    cut = decode(whole[:-missing], LIMITS)
    assert codes(cut) == ["truncated_file"]
    assert rows_alike(cut.pixels, decode(whole, LIMITS).pixels) > 480


@pytest.mark.parametrize("missing", [1, 4, 12, 16])
def test_a_png_that_lacks_only_its_end_is_whole(missing: int) -> None:
    whole = encoded(PHOTO)
    cut = decode(whole[:-missing], LIMITS)
    assert codes(cut) == []
    assert (cut.pixels == decode(whole, LIMITS).pixels).all()


def test_a_webp_that_lacks_only_metadata_is_whole() -> None:
    whole = encoded(PHOTO, "WEBP", exif=exif(1))
    cut = decode(whole[:-10], LIMITS)
    assert codes(cut) == []
    assert (cut.pixels == decode(whole, LIMITS).pixels).all()


@pytest.mark.parametrize("name", CUT)
def test_a_file_of_which_no_row_is_left_is_refused(name: str) -> None:
    for length in (0, 1, 8, 20, 30):
        with pytest.raises(UnreadableImage):
            decode(CUT[name][:length], LIMITS)


def test_an_interlaced_png_cut_short_is_refused() -> None:
    whole = image_files.png_of(8, 8, 8, 0, bytes(200), interlace=1)
    decode(whole, LIMITS)
    with pytest.raises(UnreadableImage, match="damaged"):
        decode(whole[:-25], LIMITS)


def test_an_animation_cut_short_behind_its_first_frame_is_whole() -> None:
    whole = image_files.animated_webp()
    for length in (whole.rindex(b"ANMF") + 20, len(whole) - 3):
        cut = decode(whole[:length], LIMITS)
        assert codes(cut) == []
        assert (cut.pixels == decode(whole, LIMITS).pixels).all()
    with pytest.raises(UnreadableImage, match="damaged"):
        decode(whole[: whole.index(b"ANMF") + 20], LIMITS)


def test_a_picture_of_noise_is_refused_by_its_formats_name() -> None:
    noise = image_files.png_of(8, 8, 8, 2, b"")
    with pytest.raises(UnreadableImage, match="This PNG file is damaged"):
        decode(noise, LIMITS)


SOUND = np.asarray(picture())


@pytest.mark.parametrize(
    "body",
    [
        image_files.png_with_text(1_500_000),
        image_files.png_with_text(80_000_000),
        image_files.png(chunk(b"iTXt", bytes(3_000_000))),
        image_files.png(chunk(b"iCCP", b"icc\0\0" + b"not compressed")),
        image_files.png(chunk(b"tEXt", b"Comment\0hello", checksum=0)),
        image_files.png(chunk(b"tRNS", bytes(6), checksum=0)),
        image_files.png(chunk(b"tRNS", bytes(5))),
        image_files.png(chunk(b"eXIf", b"nonsense"), chunk(b"tEXt", b"a\0b", checksum=0)),
    ],
)
def test_metadata_of_a_png_is_skipped_whatever_it_holds(body: bytes) -> None:
    decoded = decode(body, LIMITS)
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


@pytest.mark.parametrize(("depth", "white"), [(1, 1), (2, 3), (4, 15), (8, 255), (16, 65535)])
@pytest.mark.parametrize("transparent", ["black", "white", "grey"])
def test_the_transparent_grey_of_any_depth_is_shown_on_white(
    depth: int, white: int, transparent: str
) -> None:
    colour = {"black": 0, "white": white, "grey": white // 2}[transparent]
    other = white if transparent != "white" else 0
    rows = bytes([0, *_packed([colour, other, colour], depth)])
    tells = chunk(b"tRNS", colour.to_bytes(2, "big"))
    decoded = decode(image_files.png_of(3, 1, depth, 0, rows, tells), LIMITS)
    shown = 255 if other else 0
    assert decoded.pixels[0, :, 0].tolist() == [255, shown, 255]


def test_the_transparent_grey_of_16_bits_spares_its_neighbours() -> None:
    rows = bytes([0, *_packed([1000, 1001, 999], 16)])
    tells = chunk(b"tRNS", (1000).to_bytes(2, "big"))
    decoded = decode(image_files.png_of(3, 1, 16, 0, rows, tells), LIMITS)
    assert decoded.pixels[0, :, 0].tolist() == [255, 4, 4]


@pytest.mark.parametrize(("depth", "white"), [(8, 255), (16, 65535)])
def test_the_transparent_colour_of_any_depth_is_shown_on_white(depth: int, white: int) -> None:
    half = white // 2
    colours = [(white, 0, half), (0, 0, 0), (half, half, half)]
    rows = bytes([0, *(b for colour in colours for b in _packed(list(colour), depth))])
    tells = chunk(b"tRNS", b"".join(value.to_bytes(2, "big") for value in colours[0]))
    decoded = decode(image_files.png_of(3, 1, depth, 2, rows, tells), LIMITS)
    assert decoded.pixels[0].tolist() == [[255, 255, 255], [0, 0, 0], [127, 127, 127]]


@pytest.mark.parametrize(("depth", "white"), [(8, 255), (16, 65535)])
def test_grey_with_alpha_of_any_depth_is_shown_on_white(depth: int, white: int) -> None:
    rows = bytes([0, *_packed([0, 0, 0, white, white, white], depth)])
    decoded = decode(image_files.png_of(3, 1, depth, 4, rows), LIMITS)
    assert decoded.pixels[0, :, 0].tolist() == [255, 0, 255]


def test_a_palette_with_alpha_is_shown_on_white() -> None:
    colours = chunk(b"PLTE", bytes([255, 0, 0, 0, 0, 255, 0, 0, 0]))
    for depth in (2, 4, 8):
        rows = bytes([0, *_packed([0, 1, 2], depth)])
        body = image_files.png_of(3, 1, depth, 3, rows, colours, chunk(b"tRNS", b"\0\x80"))
        decoded = decode(body, LIMITS)
        assert decoded.pixels[0].tolist() == [[255, 255, 255], [127, 127, 255], [0, 0, 0]]


def test_a_large_colour_profile_is_applied() -> None:
    # sRGB under another name, with red and green exchanged and 1.3 MB behind it.
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = srgb.replace("sRGB".encode("utf-16-be"), "Made".encode("utf-16-be"))
    for one, other in ((b"rXYZ", b"tmp1"), (b"gXYZ", b"rXYZ"), (b"tmp1", b"gXYZ")):
        profile = profile.replace(one, other, 1)
    profile = struct.pack(">I", len(profile) + 1_300_000) + profile[4:] + bytes(1_300_000)
    body = chunk(b"iCCP", b"icc\0\0" + zlib.compress(profile))
    red = image_files.png_of(1, 1, 8, 2, bytes([0, 255, 0, 0]), body)
    assert decode(red, LIMITS).pixels[0, 0].tolist() == [0, 255, 0]


def _packed(values: list[int], depth: int) -> bytes:
    """Samples as PNG packs them."""
    bits = "".join(f"{value:0{depth}b}" for value in values)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")
