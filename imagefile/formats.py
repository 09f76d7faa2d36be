"""The formats that are taken: the one list that limits, messages, the page and the client name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Format = Literal["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF", "GIF", "BMP", "PDF"]
"""By Pillow's names, as far as it knows them."""


@dataclass(frozen=True)
class FileFormat:
    """How a format is called, and how its files are."""

    name: str
    """In sentences."""
    content_type: str
    suffixes: tuple[str, ...]
    """What the names of its files end with, in lower case."""
    in_browsers: bool = True
    """Whether all browsers show it."""


FORMATS: Final[dict[Format, FileFormat]] = {
    "JPEG": FileFormat("JPEG", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo")),
    "PNG": FileFormat("PNG", "image/png", (".png",)),
    "WEBP": FileFormat("WebP", "image/webp", (".webp",)),
    "HEIF": FileFormat("HEIC", "image/heic", (".heic", ".heif", ".hif"), in_browsers=False),
    "AVIF": FileFormat("AVIF", "image/avif", (".avif",), in_browsers=False),
    "TIFF": FileFormat("TIFF", "image/tiff", (".tif", ".tiff"), in_browsers=False),
    "GIF": FileFormat("GIF", "image/gif", (".gif",)),
    "BMP": FileFormat("BMP", "image/bmp", (".bmp", ".dib")),
    "PDF": FileFormat("PDF", "application/pdf", (".pdf",), in_browsers=False),
}


def listed(names: Iterable[str], last: str = "or") -> str:
    """The names as in a sentence: `JPEG, PNG or WebP`."""
    *rest, end = names
    return f"{', '.join(rest)} {last} {end}" if rest else end


NAMES: Final = listed(one.name for one in FORMATS.values())
"""All of them, as in "send JPEG, PNG or WebP"."""
SUFFIXES: Final = frozenset(suffix for one in FORMATS.values() for suffix in one.suffixes)
BY_CONTENT_TYPE: Final = {one.content_type: one for one in FORMATS.values()}
