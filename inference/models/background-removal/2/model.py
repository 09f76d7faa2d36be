"""Background removal: U²-Net finds the subject, a guided filter its edge at full size."""

from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
from backdrop import Backdrop, BlurredBackdrop, PlainBackdrop
from matte import Band, Matte
from saliency import SaliencyNetwork
from subject import Box, SubjectFinder, scaled, shrink

from inference.engine.model import (
    ImageOutput,
    InvalidParams,
    LoadContext,
    Note,
    Output,
    Pixels,
    Request,
)

LEAST_SUBJECT: Final = 0.005
"""Of the picture; less is no subject."""
CROP_ALPHA: Final = 0.1
"""What is less opaque does not count for the box that a picture is cropped to."""
NO_SUBJECT: Final = Note(
    "no_subject",
    "No subject stands out, so the photo is given back as it is. Say where it is with rect.",
)
NO_SUBJECT_THERE: Final = Note(
    "no_subject",
    "No subject stands out in the rectangle, so the photo is given back as it is.",
)
SUBJECT_UNSURE: Final = Note(
    "subject_unsure",
    "It is not sure what the subject is: parts of it may be missing. Say where it is with rect.",
)
SUBJECT_UNSURE_THERE: Final = Note(
    "subject_unsure",
    "It is not sure what the subject in the rectangle is: parts of it may be missing.",
)


class Model:
    """Works on one image at a time: stages `segment`, `refine`, then `encode`."""

    def __init__(self, context: LoadContext) -> None:
        cv2.setNumThreads(context.threads)
        network = SaliencyNetwork(context.files / "u2netp.onnx", context.threads)
        self._finder = SubjectFinder(network)

    def predict(self, requests: Sequence[Request]) -> Sequence[Output | Exception]:
        """Each image's subject on what is asked for."""
        return [self._cut_out(request) for request in requests]

    def _cut_out(self, request: Request) -> ImageOutput:
        request.report("segment", 0.0)
        image = request.image if request.rgba is None else _on_contrast(request.rgba)
        small = shrink(image)
        within = _within(request.params.get("rect"), image)
        near = None if within is None else scaled(within, image, small)
        mask = self._finder.mask(image, small, near)
        request.report("refine", 0.0)
        matte = Matte(image, small, mask)
        if matte.small_alpha.mean() < LEAST_SUBJECT:
            note = NO_SUBJECT if within is None else NO_SUBJECT_THERE
            return _given_back(request, note)
        result = _Result(request, _backdrop(request.params, image, small, matte))
        for band in matte.bands():
            result.put(band)
            request.report("refine", band.rows.stop / len(image))
        request.report("encode", 0.0)
        notes = [SUBJECT_UNSURE if within is None else SUBJECT_UNSURE_THERE]
        return ImageOutput(
            result.pixels(), format=_format(request), notes=notes if matte.is_hazy else []
        )


class _Result:
    """The picture that comes out, put together from bands."""

    def __init__(self, request: Request, backdrop: Backdrop | None) -> None:
        self._is_mask = request.params.get("output") == "mask"
        self._crop = bool(request.params.get("crop", False))
        self._given = None if request.rgba is None else request.rgba[..., 3]
        self._backdrop = None if self._is_mask else backdrop
        height, width = request.image.shape[:2]
        channels = 3 if self._is_mask or isinstance(backdrop, PlainBackdrop) else 4
        self._pixels = np.empty((height, width, channels), np.uint8)
        self._columns = np.zeros(width, bool)
        self._rows = np.zeros(height, bool)

    def put(self, band: Band) -> None:
        """Take in a band."""
        given = 1 if self._given is None else self._given[band.rows].astype(np.float32) / 255
        alpha = band.alpha * given
        counted = alpha > CROP_ALPHA
        self._rows[band.rows] = counted.any(axis=1)
        self._columns |= counted.any(axis=0)
        place = self._pixels[band.rows]
        if self._is_mask:
            place[...] = np.rint(alpha * 255)[..., None]
        elif self._backdrop is None:
            place[..., 3] = np.rint(alpha * 255)
            place[..., :3] = np.where(place[..., 3:] > 0, band.color, np.uint8(0))
        else:
            behind = self._backdrop.band(band.rows, place.shape[1])
            share = (alpha if place.shape[2] == 3 else band.alpha)[..., None]
            place[..., :3] = np.rint(behind + share * (band.color - behind))
            if place.shape[2] == 4:
                place[..., 3] = np.rint(given * np.float32(255))

    def pixels(self) -> Pixels:
        """(H, W, 3) or (H, W, 4)."""
        rows, columns = np.flatnonzero(self._rows), np.flatnonzero(self._columns)
        if not self._crop or not len(rows):
            return self._pixels
        return self._pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _backdrop(params: Any, image: Pixels, small: Pixels, matte: Matte) -> Backdrop | None:
    background = params.get("background", "transparent")
    if background == "transparent":
        return None
    if background == "blur":
        return BlurredBackdrop(image, small, matte)
    return PlainBackdrop(background)


def _within(rect: Any, image: Pixels) -> Box | None:
    if rect is None:
        return None
    left, top, width, height = (int(number) for number in rect)
    right, bottom = min(left + width, image.shape[1]), min(top + height, image.shape[0])
    if left >= right or top >= bottom:
        raise InvalidParams("The rectangle holds no pixel of the image.")
    return left, top, right, bottom


def _on_contrast(rgba: Pixels) -> Pixels:
    """A transparent picture on black or white, whichever is farther from what is seen of it."""
    alpha = rgba[..., 3:].astype(np.float32) / 255
    brightness = cv2.cvtColor(np.ascontiguousarray(rgba[..., :3]), cv2.COLOR_RGB2GRAY)
    weight = alpha[..., 0].sum()
    bright = weight and float((brightness * alpha[..., 0]).sum() / weight) > 127
    behind = 0 if bright else 255
    return np.asarray(np.rint(behind + alpha * (rgba[..., :3] - np.float32(behind))), np.uint8)


def _given_back(request: Request, note: Note) -> ImageOutput:
    """The photo, whole."""
    if request.params.get("output") == "mask":
        pixels = np.full(request.image.shape, 255, np.uint8)
        return ImageOutput(pixels, format=_format(request), notes=[note])
    pixels = request.image if request.rgba is None else request.rgba
    return ImageOutput(pixels, format=_format(request), notes=[note])


def _format(request: Request) -> Any:
    return request.params.get("format", "png")
