"""Background removal: GrabCut finds the subject in a small copy, a guided filter its edge."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from grabcut import Mask, Rect, cut
from guided_filter import GuidedFilter

from inference.engine.model import (
    ImageOutput,
    InvalidParams,
    LoadContext,
    Note,
    Output,
    Pixels,
    Request,
)

LONGEST_SIDE = 512
MARGIN = 0.05
ITERATIONS = 5
RADIUS = 4
EPSILON = 1e-4
SOLID = 0.1
"""Alpha this close to 0 or 1 becomes it, so that the filter leaves no haze."""
BAND_ROWS = 256
NO_SUBJECT = Note(
    "no_subject", "No subject could be told apart, so the photo is given back as it is."
)


class Model:
    """Works on one image at a time: stage `segment`, then `refine`."""

    def __init__(self, context: LoadContext) -> None:
        cv2.setNumThreads(context.threads)

    def predict(self, requests: Sequence[Request]) -> Sequence[Output | Exception]:
        """Each image with its background transparent."""
        return [self._remove(request) for request in requests]

    def _remove(self, request: Request) -> ImageOutput:
        request.report("segment", 0.0)
        image = request.image
        small = _shrink(image)
        rect = request.params.get("rect")
        mask = self._segment(
            request, small, _small_rect(rect, image, small), is_sure=rect is not None
        )
        request.report("refine", 0.0)
        given = request.rgba
        if mask is None:
            return ImageOutput(image if given is None else given, notes=[NO_SUBJECT])
        result = np.empty((*image.shape[:2], 4), np.uint8)
        result[..., :3] = image if given is None else given[..., :3]
        refined = GuidedFilter(small, mask.astype(np.float32), radius=RADIUS, epsilon=EPSILON)
        for top in range(0, len(image), BAND_ROWS):
            rows = slice(top, top + BAND_ROWS)
            alpha = refined.apply(image, top, BAND_ROWS)
            solid = np.clip((alpha - SOLID) / (1 - 2 * SOLID), 0, 1)
            if given is not None:
                solid *= given[rows, :, 3].astype(np.float32) / 255
            result[rows, :, 3] = np.rint(solid * 255)
            request.report("refine", min(1.0, rows.stop / len(image)))
        return ImageOutput(result)

    def _segment(
        self, request: Request, small: Pixels, rect: Rect, *, is_sure: bool
    ) -> Mask | None:
        iterations = int(request.params.get("iterations", ITERATIONS))
        found: Mask | None = None
        for number, mask in enumerate(cut(small, rect, iterations, is_sure=is_sure), start=1):
            found = mask
            request.report("segment", number / iterations)
        return found


def _shrink(image: Pixels) -> Pixels:
    rows, columns = image.shape[:2]
    scale = LONGEST_SIDE / max(rows, columns)
    if scale >= 1:
        return image
    size = max(1, round(columns * scale)), max(1, round(rows * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _small_rect(rect: Any, image: Pixels, small: Pixels) -> Rect:
    rows, columns = small.shape[:2]
    if rect is None:
        x, y = max(1, round(columns * MARGIN)), max(1, round(rows * MARGIN))
        return x, y, max(0, columns - 2 * x), max(0, rows - 2 * y)
    left, top, right, bottom = _inside(rect, image)
    scale_x, scale_y = columns / image.shape[1], rows / image.shape[0]
    x, y = int(left * scale_x), int(top * scale_y)
    return x, y, round(right * scale_x) - x, round(bottom * scale_y) - y


def _inside(rect: Any, image: Pixels) -> tuple[int, int, int, int]:
    left, top, width, height = (int(number) for number in rect)
    right, bottom = min(left + width, image.shape[1]), min(top + height, image.shape[0])
    if left >= right or top >= bottom:
        raise InvalidParams("The rectangle holds no pixel of the image.")
    return left, top, right, bottom
