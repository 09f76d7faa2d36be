"""Image files that are odd, damaged or hostile, made byte by byte."""

import io
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from PIL import Image

from tests.photos import encoded

LARGE: Final = 24_900_000
"""Bytes of nearly the largest file that is accepted."""
SIZE: Final = (40, 30)
ORIENTATION: Final = 0x0112


def picture(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture whose rows and columns all differ."""
    width, height = size
    across = np.linspace(0, 255, width, dtype=np.uint8)[None, :].repeat(height, 0)
    down = np.linspace(0, 255, height, dtype=np.uint8)[:, None].repeat(width, 1)
    both = (across // 2 + down // 2).astype(np.uint8)
    return Image.fromarray(np.stack([across, down, both], axis=2)).convert(mode)


def exif(orientation: int) -> bytes:
    """EXIF metadata with this orientation alone."""
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    return tags.tobytes()


def tiff(kind: int, count: int, value: bytes, *, order: str = ">") -> bytes:
    """EXIF metadata, from its TIFF header on, with an orientation of any type."""
    magic = b"MM\0*" if order == ">" else b"II*\0"
    entry = struct.pack(f"{order}HHI", ORIENTATION, kind, count) + value.ljust(4, b"\0")
    return magic + struct.pack(f"{order}IH", 8, 1) + entry + bytes(4)


# --- JPEG


def segment(marker: int, body: bytes) -> bytes:
    """A JPEG segment."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(before: bytes = b"", **options: Any) -> bytes:
    """A JPEG with other bytes before its first segment."""
    whole = encoded(picture(), "JPEG", **options)
    return whole[:2] + before + whole[2:]


def jpeg_with_exif(metadata: bytes) -> bytes:
    """A JPEG with this TIFF structure as its EXIF metadata."""
    return jpeg(segment(0xE1, b"Exif\0\0" + metadata))


def xmp(orientation: int) -> bytes:
    """A JPEG segment with an orientation in XMP, which no viewer follows."""
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
        b' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
        b' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="%d"/></rdf:RDF></x:xmpmeta>'
    )
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet % orientation)


def jpeg_of_kind(frame: int = 0xC0, precision: int = 8, components: int = 3) -> bytes:
    """A JPEG whose frame header claims another kind of coding or of pixels."""
    whole = bytearray(jpeg())
    at = whole.index(b"\xff\xc0")
    whole[at + 1] = frame
    whole[at + 4] = precision
    whole[at + 9] = components
    return bytes(whole)


def jpeg_in_scans(scans: int, size: tuple[int, int] = SIZE) -> bytes:
    """A progressive JPEG that repeats its last scan until it has so many."""
    whole = encoded(picture("L", size), "JPEG", progressive=True)
    last, end = whole.rindex(b"\xff\xda"), whole.rindex(b"\xff\xd9")
    again = scans - whole.count(b"\xff\xda")
    return whole[:end] + whole[last:end] * again + whole[end:]


# --- PNG

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes = b"", checksum: int | None = None) -> bytes:
    """A PNG chunk."""
    sound = zlib.crc32(kind + body) if checksum is None else checksum
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", sound)


def png(before: bytes = b"", after: bytes = b"", **options: Any) -> bytes:
    """A PNG with other chunks before and behind its picture."""
    whole = encoded(picture(), **options)
    end = whole.index(b"IEND") - 4
    return whole[:33] + before + whole[33:end] + after + whole[end:]


def png_of(
    width: int,
    height: int,
    depth: int,
    color: int,
    rows: bytes,
    *chunks: bytes,
    interlace: int = 0,
) -> bytes:
    """A PNG from its header, its rows (each behind its filter byte) and chunks before them."""
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    data = chunk(b"IDAT", zlib.compress(rows))
    return PNG_SIGNATURE + b"".join([chunk(b"IHDR", header), *chunks, data, chunk(b"IEND")])


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its data does not have."""
    return png_of(width, height, 8, 2, bytes(100))


def png_with_text(length: int) -> bytes:
    """A PNG with a compressed comment of so many characters."""
    return png(before=chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * length)))


# --- WebP


def webp_chunk(kind: bytes, body: bytes) -> bytes:
    """A WebP chunk."""
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def webp(*chunks: bytes) -> bytes:
    """A WebP file of these chunks."""
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def animated_webp() -> bytes:
    """A WebP of three frames."""
    frames = [Image.new("RGB", SIZE, shade) for shade in ("red", "green", "blue")]
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])


HOSTILE: Final[dict[str, tuple[str, Callable[[], bytes]]]] = {
    "application segments": (
        "too_many_segments",
        lambda: jpeg(segment(0xE0, b"ab") * (LARGE // 6)),
    ),
    "comments": ("too_many_segments", lambda: jpeg(segment(0xFE, b"") * (LARGE // 4))),
    "fill bytes": ("too_much_padding", lambda: jpeg(b"\xff" * LARGE)),
    "escaped bytes": ("too_much_padding", lambda: jpeg(b"\xff\0" * (LARGE // 2))),
    "restart markers": ("too_many_segments", lambda: jpeg(b"\xff\xd0" * (LARGE // 2))),
    "empty chunks": ("too_many_chunks", lambda: png(before=chunk(b"abCd") * (LARGE // 12))),
    "text chunks": ("too_many_chunks", lambda: png(chunk(b"tEXt", b"a\0b") * (LARGE // 15))),
    "chunks behind the picture": (
        "too_many_chunks",
        lambda: png(after=chunk(b"abCd") * (LARGE // 12)),
    ),
    "parts of a picture": ("too_many_chunks", lambda: png(chunk(b"IDAT") * (LARGE // 12))),
    "scans": ("too_many_scans", lambda: jpeg_in_scans(LARGE // 50)),
    "comments between scans": (
        "too_many_segments",
        lambda: jpeg_in_scans(2).replace(b"\xff\xd9", segment(0xFE, b"") * (LARGE // 4)),
    ),
    "chunks of a webp": (
        "too_many_chunks",
        lambda: webp(
            webp_chunk(b"VP8X", b"\x08" + bytes(9)), webp_chunk(b"abcd", b"") * (LARGE // 8)
        ),
    ),
}
"""By what there is too much of: the code of its refusal, and the file of nearly `LARGE` bytes."""


def sound_files() -> list[bytes]:
    """Small files of every kind, for mutants of them."""
    return [
        jpeg_with_exif(tiff(3, 1, b"\0\6")),
        jpeg_in_scans(12),
        encoded(picture("CMYK"), "JPEG"),
        png(after=chunk(b"eXIf", tiff(3, 1, b"\0\6"))),
        encoded(picture("P"), transparency=0),
        encoded(picture("RGBA"), compress_level=0),
        encoded(picture(), "WEBP", exif=exif(6)),
        encoded(picture("RGBA"), "WEBP", lossless=True),
        animated_webp(),
    ]


def mutant(body: bytes) -> bytes:
    """The file with some of its bytes changed, doubled or left out, and perhaps cut short."""
    changed = bytearray(body)
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(changed))
        match random.randrange(4):
            case 0:
                changed[at] = random.choice((0, 1, 0x7F, 0x80, 0xD8, 0xDA, 0xFF))
            case 1:
                changed[at] ^= 1 << random.randrange(8)
            case 2:
                del changed[at : at + random.randrange(1, 20)]
            case _:
                changed[at:at] = changed[at : at + random.randrange(1, 20)]
        if len(changed) < 30:
            break
    return bytes(changed[: random.choice((len(changed), random.randrange(1, len(changed) + 1)))])


class CountedFile(io.BytesIO):
    """A file that counts what is read of it."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.reads = 0
        self.bytes_read = 0
        self.largest_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Reads and counts."""
        content = super().read(size)
        self.reads += 1
        self.bytes_read += len(content)
        self.largest_read = max(self.largest_read, len(content))
        return content
