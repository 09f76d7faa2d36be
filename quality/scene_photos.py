"""What a camera makes of a page: it lies at an angle, in a shadow, on a desk or over a photo."""

import io
from collections.abc import Callable, Mapping
from typing import Final

import cv2
import numpy as np
import skimage.data
from PIL import Image

from quality.conditions import CONDITIONS, Pixels

Random = np.random.Generator


def _photographed(pixels: Pixels, random: Random) -> Pixels:
    """A sheet on a desk, seen aslant by a phone: in half a shadow, blurred, noisy, compressed."""
    height, width = pixels.shape[:2]
    room = round(0.12 * max(height, width))
    size = width + 2 * room, height + 2 * room
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    moved = corners + room + random.uniform(-0.4, 0.4, (4, 2)).astype(np.float32) * room
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    lines = cv2.GaussianBlur(random.normal(0, 60, (size[1], size[0])), (0, 0), 3, None, 40)
    desk = np.clip(np.array([120, 86, 58]) + lines[..., None] * 3, 0, 255).astype(np.uint8)
    photo = cv2.warpPerspective(
        pixels, matrix, size, dst=desk, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT
    ).astype(np.float64)
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    side = random.uniform(0, 2 * np.pi)
    across = (x - size[0] / 2) * np.cos(side) + (y - size[1] / 2) * np.sin(side)
    light = 1 - 0.45 / (1 + np.exp(-across / (0.03 * max(size))))
    warm = np.array([1.0, 0.96, 0.86])
    photo = cv2.GaussianBlur(photo * light[..., None] * warm, (0, 0), 0.7)
    return _jpeg(photo + random.normal(0, 5, photo.shape), 70)


def _on_photo(pixels: Pixels, random: Random) -> Pixels:
    """White letters of a page on black, laid over a photo at an angle."""
    photo = np.asarray(skimage.data.chelsea(), np.uint8)  # type: ignore[no-untyped-call]
    large = cv2.resize(photo, (900, 600), interpolation=cv2.INTER_CUBIC).astype(np.float64) * 0.6
    height, width = pixels.shape[:2]
    angle = float(random.choice([-1, 1])) * random.uniform(8, 14)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    matrix[:, 2] += 450 - width / 2, 300 - height / 2
    letters = cv2.warpAffine(pixels, matrix, (900, 600)).astype(np.float64)
    ink = letters.max(axis=2, keepdims=True) / 255
    return _jpeg(large * (1 - ink) + letters, 85)


def _jpeg(values: np.ndarray, quality: int) -> Pixels:
    stream = io.BytesIO()
    Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream).convert("RGB"), np.uint8)


TAKEN: Final[Mapping[str, Callable[[Pixels, Random], Pixels]]] = {
    **{name: CONDITIONS[name] for name in ("clean", "tilted-4", "tilted-8", "turned-180")},
    "photo": _photographed,
    "on-photo": _on_photo,
}
