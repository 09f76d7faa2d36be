"""Judging an upload before anything of it is stored: each file's header, format, size, pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from imagefile.errors import ImageFileError
from imagefile.formats import FORMATS, NAMES
from imagefile.header import Header
from imagefile.reading import read_pages
from uploads.errors import Fault, Invalid
from uploads.file_names import clean_name, is_blank

_REFUSED_CONTENT_TYPES: Final = frozenset(
    {"image/svg+xml", "text/html", "application/xhtml+xml", "application/javascript"}
)


@dataclass(frozen=True)
class Received:
    """One file as it came in."""

    path: Path
    name: str
    content_type: str
    """As the client says; what counts is what the bytes say."""
    size: int
    sha256: str


@dataclass(frozen=True)
class Judged:
    """One file, or one page of a document, that may be stored."""

    position: int
    """Among all files of the request, from 0."""
    received: Received
    name: str
    content_type: str
    width: int
    height: int
    """In pixels, upright."""
    orientation: int
    """How the stored rows are turned to be upright, as EXIF numbers it: 1 to 8."""
    page: int
    """From 1."""
    pages: int
    """How many its file has."""


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


def judge(
    files: list[Received], *, is_partial: bool = False
) -> tuple[list[Judged], tuple[Fault, ...]]:
    """Judges every file: those that may be stored, and a fault for each that may not.

    Raises:
        Invalid: with a fault for each bad file: there is one, or with `is_partial` there is no
            good one; or there are none or too many files.
    """
    if not files:
        raise Invalid(
            "The upload has no images: send files as 'images' or 'image0', 'image1', ….",
            (Fault("no_images", "Send at least one image.", field="images"),),
        )
    if len(files) > settings.MAX_IMAGES_PER_UPLOAD:
        raise too_many_images()
    judged: list[Judged] = []
    faults = []
    for position, file in enumerate(files):
        try:
            judged += _judge_one(position, file, settings.MAX_IMAGES_PER_UPLOAD - len(judged))
        except _Refused as refused:
            name = clean_name(file.name) or "image"
            faults.append(Fault(refused.code, refused.message, position=position, name=name))
    if faults and not (is_partial and judged):
        count = f"{len(faults)} of {len(files)} files" if len(files) > 1 else "The file"
        raise Invalid(f"{count} cannot be accepted, so nothing was stored.", tuple(faults))
    return judged, tuple(faults)


def too_many_images() -> Invalid:
    """The refusal of an upload with more images than one may hold."""
    message = f"An upload holds at most {settings.MAX_IMAGES_PER_UPLOAD} images."
    return Invalid(message, (Fault("too_many_images", message, field="images"),))


def _judge_one(position: int, file: Received, room: int) -> list[Judged]:
    """Its pages; `room` is how many more images the upload may have."""
    name = clean_name(file.name)
    if any(mark in file.name for mark in "/\0") or is_blank(name) or name in {".", ".."}:
        raise _Refused("invalid_name", "The file's name is not a plain file name.")
    if file.size == 0:
        raise _Refused("empty_file", "The file is empty.")
    if file.size > settings.MAX_IMAGE_BYTES:
        megabytes = settings.MAX_IMAGE_BYTES / 1_000_000
        raise _Refused(
            "image_too_large", f"The file is larger than {megabytes:g} MB: make it smaller."
        )
    if file.content_type.partition(";")[0].strip().lower() in _REFUSED_CONTENT_TYPES:
        message = f"Files of type {file.content_type} can't be read: send {NAMES}."
        raise _Refused("unsupported_format", message)
    headers = _headers(file.path)
    if len(headers) > room:
        which = f"its {len(headers)} pages" if len(headers) > 1 else "this file"
        raise _Refused(
            "too_many_images",
            f"With {which} the upload would have more than"
            f" {settings.MAX_IMAGES_PER_UPLOAD} images: send it by itself.",
        )
    for header in headers:
        _check_size(header)
    content_type = FORMATS[headers[0].format].content_type
    return [
        Judged(
            position,
            file,
            name,
            content_type,
            *header.size,
            header.orientation,
            page,
            len(headers),
        )
        for page, header in enumerate(headers, start=1)
    ]


def _check_size(header: Header) -> None:
    width, height = header.size
    if max(width, height) > settings.MAX_IMAGE_SIDE:
        message = (
            f"A side has more than {settings.MAX_IMAGE_SIDE} pixels: cut it, or make it smaller."
        )
        raise _Refused("too_many_pixels", message)
    if width * height > settings.MAX_IMAGE_PIXELS:
        megapixels = settings.MAX_IMAGE_PIXELS / 1_000_000
        message = f"The image has more than {megapixels:g} megapixels: make it smaller."
        raise _Refused("too_many_pixels", message)


def _headers(path: Path) -> Sequence[Header]:
    """What the file says of each of its pages; there is at least one."""
    try:
        with path.open("rb") as file:
            headers = read_pages(file, settings.MAX_IMAGES_PER_UPLOAD)
    except ImageFileError as error:
        raise _Refused(error.code, error.message) from None
    header = headers[0]
    if header.format not in settings.IMAGE_FORMATS:
        raise _Refused("unsupported_format", f"{header.name} files are not accepted.")
    return headers
