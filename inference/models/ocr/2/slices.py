"""At what scales, and in what slices, a picture of any size goes through the detector.

Everything here is arithmetic on sizes and boxes: the network is given as a function.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from overlaps import is_crowded
from quads import NO_BOXES, Boxes, heights, run_down, widths

from inference.engine.model import Pixels

Detect = Callable[[Pixels], Boxes]
"""The boxes in an RGB picture, in its pixels."""

MARGIN = 16
"""Pixels of plain paper round what the detector sees: lines close to the edge need it."""
OVERVIEW_PIXELS = 1_600_000
COARSE_SIDE = 400
"""The longest side at which letters are looked for that are too large for the overview."""
READABLE = 15.0
"""The least height of lines, in the network's pixels, at which they are found well."""
WANTED = 20.0
"""The height to which smaller ones are brought."""
MOST_ENLARGED = 2.0
CLOSER = 1.6
"""How much larger lines are looked at that are set so close that they may run together."""
FINE_PIXELS = 20_000_000
"""Of the whole picture at the finest scale: what bounds the time."""
SLICE_PIXELS = 2_500_000
"""Of one slice: what bounds the memory."""
LARGE = 44.0
"""The height of lines, in the network's pixels, for which the coarse look is the better one."""
SAME_LINE = 0.4
"""Pieces of a large line are at least so high, as a part of its height."""


@dataclass(frozen=True)
class Slice:
    """Rows of a picture that are looked at together."""

    first: int
    last: int
    """The row behind them."""
    core_first: int
    core_last: int
    """Lines whose middle is in between are taken from this slice."""


def find_lines(image: Pixels, detect: Detect) -> Boxes:
    """The boxes (N, 4, 2) of all lines in an RGB picture of any size, in its pixels."""
    height, width = image.shape[:2]
    scale = min(1.0, float(np.sqrt(OVERVIEW_PIXELS / (height * width))))
    boxes = _at_scale(image, detect, scale)
    finer = _finer(scale, boxes, width * height)
    if finer:
        boxes = _sliced(image, detect, finer, boxes)
    coarse = COARSE_SIDE / max(height, width)
    if coarse < scale:
        boxes = with_large(boxes, _at_scale(image, detect, coarse), LARGE / coarse)
    limit = np.array([width, height], np.float32)
    return np.asarray(np.clip(boxes, 0, limit), np.float32)


def _finer(scale: float, boxes: Boxes, pixels: int) -> float | None:
    """The scale at which small lines are readable; None: this one is fine enough."""
    if len(boxes):
        low = float(np.percentile(_letter_heights(boxes), 15)) * scale
        wanted = scale * WANTED / low if low < READABLE else scale
        if is_crowded(boxes):
            wanted = max(wanted, CLOSER * scale)
        most = float(np.sqrt(FINE_PIXELS / pixels))
    else:
        wanted, most = 2 * scale, float(np.sqrt(SLICE_PIXELS / pixels))
    finer = min(MOST_ENLARGED, most, wanted)
    return finer if finer > 1.15 * scale else None


def _letter_heights(boxes: Boxes) -> npt.NDArray[np.float64]:
    return np.minimum(widths(boxes), heights(boxes))


def _at_scale(image: Pixels, detect: Detect, scale: float) -> Boxes:
    """The boxes of a picture, looked at in this size, in its own pixels."""
    small = resized(image, scale)
    factor = np.array(
        [image.shape[1] / small.shape[1], image.shape[0] / small.shape[0]], np.float32
    )
    border = cv2.copyMakeBorder(
        small, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_CONSTANT, value=paper(small)
    )
    return np.asarray((detect(np.asarray(border, np.uint8)) - MARGIN) * factor, np.float32)


def _sliced(image: Pixels, detect: Detect, scale: float, seen: Boxes) -> Boxes:
    """The boxes of a picture, looked at slice by slice in this size, in its own pixels."""
    # Slices follow the lines, so that none is cut along its length.
    lies = not len(seen) or run_down(seen).mean() <= 0.5
    whole = image if lies else image.swapaxes(0, 1)
    boxes = seen if lies else seen[..., ::-1]
    spans = np.ptp(boxes[..., 1], axis=1) if len(boxes) else np.array([0.0])
    overlap = 1.5 * float(np.percentile(spans, 95)) + 8 / scale
    rows = max(1, int(SLICE_PIXELS / (scale * scale * whole.shape[1])))
    found = []
    for part in slices(whole.shape[0], rows, int(overlap)):
        lines = _at_scale(whole[part.first : part.last], detect, scale)
        lines = lines + np.array([0, part.first], np.float32)
        middles = lines[..., 1].mean(axis=1)
        found.append(lines[(middles >= part.core_first) & (middles < part.core_last)])
    together = np.concatenate(found) if found else NO_BOXES
    # A mirrored box goes the other way round: its corners are put back into their order.
    return together if lies else together[:, [0, 3, 2, 1], ::-1]


def slices(length: int, rows: int, overlap: int) -> Iterator[Slice]:
    """Slices of so many rows that cover a length and overlap, by half a slice at most."""
    overlap = min(overlap, rows // 2)
    count = max(1, -(-(length - overlap) // max(1, rows - overlap)))
    firsts = np.linspace(0, max(0, length - rows), count).round().astype(int).tolist()
    lasts = [min(length, first + rows) for first in firsts]
    for index, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        core_first = (first + lasts[index - 1]) // 2 if index else 0
        core_last = (firsts[index + 1] + last) // 2 if index + 1 < count else length
        yield Slice(first, last, core_first, core_last)


def with_large(fine: Boxes, coarse: Boxes, least: float) -> Boxes:
    """The boxes of a fine look, with large letters as a coarse look saw them.

    Args:
        fine: boxes whose largest lines may be in pieces or missing.
        coarse: boxes whose small lines may be run together.
        least: the height in pixels from which the coarse look is the better one.
    """
    large = coarse[_letter_heights(coarse) >= least]
    for box in large:
        inside = _inside(fine, box)
        pieces = _letter_heights(fine[inside])
        height = float(_letter_heights(box[None])[0])
        if len(pieces) and np.median(pieces) < SAME_LINE * height:
            continue  # a paragraph that ran together
        fine = np.concatenate((fine[~inside], box[None]))
    return fine


def _inside(boxes: Boxes, box: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Which boxes have their middle in another one."""
    middles = boxes.mean(axis=1)
    edges = np.roll(box, -1, axis=0) - box
    offsets = middles[:, None] - box[None]
    sides = edges[None, :, 0] * offsets[..., 1] - edges[None, :, 1] * offsets[..., 0]
    return np.asarray((sides >= 0).all(axis=1))


def resized(image: Pixels, scale: float) -> Pixels:
    """An RGB picture at another size, at least one pixel wide and high."""
    size = [max(1, round(side * scale)) for side in image.shape[1::-1]]
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(image), size, interpolation=way), np.uint8)


def paper(image: Pixels) -> tuple[int, int, int]:
    """The usual color along a picture's edges."""
    rim = np.concatenate((image[0], image[-1], image[:, 0], image[:, -1]))
    red, green, blue = np.median(rim, axis=0).round().astype(int).tolist()
    return red, green, blue
