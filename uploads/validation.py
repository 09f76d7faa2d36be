"""Judging an upload before anything of it is stored: each file's header, format, size, pixels."""

import json
import os
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jsonschema
from django.conf import settings
from PIL import Image as PillowImage

from uploads import catalog, columns
from uploads.errors import Fault, Invalid, InvalidParams
from uploads.file_names import clean_name, is_blank

CONTENT_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}

MAX_PARAMS_DEPTH: Final = 16
MAX_PARAMS_LENGTH: Final = 16_384
_INTEGERS: Final = range(1 - (1 << 63), 1 << 63)

_REFUSED_CONTENT_TYPES: Final = frozenset(
    {"image/svg+xml", "text/html", "application/xhtml+xml", "application/javascript"}
)
_PNG_CHUNKS_READ: Final = 20_000
_EXIF_BYTES_READ: Final = 1 << 16
# What Pillow is known to raise on files that are not what they claim to be.
_UNREADABLE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    MemoryError,
    OverflowError,
    ZeroDivisionError,
    struct.error,
    PillowImage.DecompressionBombError,
    PillowImage.DecompressionBombWarning,
)


@dataclass(frozen=True)
class Received:
    """One file as it came in."""

    path: Path
    name: str
    content_type: str
    """As the client says; what counts is what the bytes say."""
    size: int


@dataclass(frozen=True)
class Judged:
    """One file that may be stored."""

    position: int
    """Among all files of the request, from 0."""
    received: Received
    name: str
    content_type: str
    width: int
    height: int
    """In pixels, upright."""


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
    judged, faults = [], []
    for position, file in enumerate(files):
        try:
            judged.append(_judge_one(position, file))
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


def plain_params(params: Any) -> dict[str, Any]:
    """The parameters, once any database can keep them and any model can read them.

    Raises:
        InvalidParams: they are no JSON object, are too long or too deep, or hold a NUL,
            half a surrogate pair or an integer of more than 64 bits.
    """
    if not isinstance(params, dict):
        raise _not_plain("The parameters are not a JSON object.")
    if not columns.is_plain(params, levels=MAX_PARAMS_DEPTH, integers=_INTEGERS):
        raise _not_plain(f"They are not plain text and numbers in {MAX_PARAMS_DEPTH} levels.")
    if len(json.dumps(params, ensure_ascii=False)) > MAX_PARAMS_LENGTH:
        raise _not_plain(f"The parameters have more than {MAX_PARAMS_LENGTH} characters.")
    return params


def valid_params(model: catalog.Choice, params: dict[str, Any]) -> dict[str, Any]:
    """The parameters, once they fit the model's schema.

    Raises:
        InvalidParams: they do not; with a fault for each place.
    """
    validator = jsonschema.Draft202012Validator(model.params_schema)
    faults = []
    for error in validator.iter_errors(params):
        where = ".".join(["params", *(str(part) for part in error.absolute_path)])
        faults.append(Fault("invalid_params", error.message[:300], field=where))
    if faults:
        raise InvalidParams(f"The parameters do not fit the model '{model.name}'.", tuple(faults))
    return params


def _not_plain(message: str) -> InvalidParams:
    return InvalidParams(message, (Fault("invalid_params", message, field="params"),))


def _judge_one(position: int, file: Received) -> Judged:
    name = clean_name(file.name)
    if any(mark in file.name for mark in "/\0") or is_blank(name) or name in {".", ".."}:
        raise _Refused("invalid_name", "The file's name is not a plain file name.")
    if file.size == 0:
        raise _Refused("empty_file", "The file is empty.")
    if file.size > settings.MAX_IMAGE_BYTES:
        megabytes = settings.MAX_IMAGE_BYTES / 1_000_000
        raise _Refused("image_too_large", f"The file is larger than {megabytes:g} MB.")
    if file.content_type.partition(";")[0].strip().lower() in _REFUSED_CONTENT_TYPES:
        raise _Refused("unsupported_format", f"Files of type {file.content_type} are not accepted.")
    kind, width, height = _header(file.path)
    if max(width, height) > settings.MAX_IMAGE_SIDE:
        raise _Refused("too_many_pixels", f"A side has more than {settings.MAX_IMAGE_SIDE} pixels.")
    if width * height > settings.MAX_IMAGE_PIXELS:
        megapixels = settings.MAX_IMAGE_PIXELS / 1_000_000
        raise _Refused("too_many_pixels", f"The image has more than {megapixels:g} megapixels.")
    return Judged(position, file, name, CONTENT_TYPES[kind], width, height)


def _header(path: Path) -> tuple[str, int, int]:
    """Format, width and height (pixels, upright) from the header, without decoding the body."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PillowImage.DecompressionBombWarning)
            with PillowImage.open(path, formats=settings.IMAGE_FORMATS) as image:
                width, height = image.size
                kind = str(image.format)
                turned = _orientation(image, path) in {5, 6, 7, 8}
    except PillowImage.DecompressionBombError:
        raise _Refused("too_many_pixels", "The image has too many pixels.") from None
    except _UNREADABLE:
        raise _Refused("unsupported_format", "The file is not a JPEG, PNG or WebP image.") from None
    if kind == "MPO":
        kind = "JPEG"
    return (kind, height, width) if turned else (kind, width, height)


def _orientation(image: PillowImage.Image, path: Path) -> Any:
    """The EXIF orientation, if any, without decoding the body.

    A PNG's own `getexif` would decode it all to look for a chunk that stands behind it.
    """
    if image.format == "PNG" and "exif" not in image.info and (late := _png_exif(path)):
        image.info["exif"] = late
    return PillowImage.Image.getexif(image).get(0x0112)


def _png_exif(path: Path) -> bytes:
    """A PNG's EXIF chunk, wherever it stands; empty when there is none."""
    with path.open("rb") as file:
        file.seek(8)
        for _ in range(_PNG_CHUNKS_READ):
            head = file.read(8)
            if len(head) < 8:
                break
            length, kind = struct.unpack(">I4s", head)
            if kind == b"eXIf":
                return b"Exif\0\0" + file.read(min(length, _EXIF_BYTES_READ))
            file.seek(length + 4, os.SEEK_CUR)
    return b""
