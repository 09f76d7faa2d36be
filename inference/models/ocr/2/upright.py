"""Which way a picture is turned so that its text stands upright.

The orientation network decides where it is sure. Where it isn't, the lines themselves tell: their
direction, and which way up they are read more surely.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from detector import from_the_top_left
from extents import runs_down
from languages import guessed
from lines import cut
from quads import Boxes, heights, unturned, widths
from readers import Reader
from slices import Detect, find_lines

from inference.engine.model import Pixels

SURE = 0.9
"""The chance from which on the network is believed."""
SURE_OF_SIDE = 0.9
"""The chance from which on it is believed that a page lies on its side, against its lines."""
SAMPLE = 4
"""So many of the longest lines are read both ways."""
SURER = 0.05
"""The other way up has to be read by so much more confidence."""
SURE_OF_TEXT = 0.9
"""What is read with so much confidence is the right way up."""
LEAST = 0.5
"""And by so much at least: what is no text in either way tells nothing."""
LITTLE = 5.0
"""The length of all lines together, over their heights, up to which the network tells nothing: it
has learned from pages, and many a letter turned is another one."""
READABLE = 0.6
"""What is read with less confidence as it came may be turned nevertheless."""


@dataclass(frozen=True)
class Upright:
    """A picture turned so that its text stands upright, and where its lines are."""

    image: Pixels
    """A view of the picture."""
    boxes: Boxes
    """In pixels of `image`."""
    quarters: int
    """How many times the picture was turned clockwise by 90 degrees, from 0 to 3."""

    def in_picture(self, boxes: Boxes) -> Boxes:
        """Boxes of `image` in pixels of the picture as it came."""
        height, width = _sides(self.image, self.quarters)
        return unturned(boxes, self.quarters, width, height)

    def turned(self, quarters: int) -> "Upright":
        """The same, turned clockwise by further quarters."""
        height, width = _sides(self.image, quarters)
        boxes = unturned(self.boxes, (4 - quarters) % 4, width, height)
        return Upright(
            np.rot90(self.image, -quarters),
            np.array([from_the_top_left(box) for box in boxes], np.float32).reshape(-1, 4, 2),
            (self.quarters + quarters) % 4,
        )


def find_upright(
    image: Pixels,
    probabilities: Callable[[Pixels], npt.NDArray[np.float32]],
    detect: Detect,
    reader: Reader,
) -> Upright:
    """Turn an RGB picture upright and find its lines.

    Args:
        image: (H, W, 3).
        probabilities: of its having been turned clockwise by 0, 1, 2, 3 quarters.
        detect: finds lines.
        reader: reads them.
    """
    chances = probabilities(image)
    likeliest = int(chances.argmax())
    turned = np.rot90(image, likeliest)
    found = Upright(turned, find_lines(turned, detect), (4 - likeliest) % 4)
    if not len(found.boxes):
        return Upright(image, found.boxes, 0)
    if likeliest == 0 and chances[0] >= SURE:
        return found
    if likeliest and _length(found.boxes) <= LITTLE:
        return _as_it_came(image, found, detect, reader)
    side = float(chances[likeliest] + chances[(likeliest + 2) % 4])
    is_vertical = likeliest == 0 and _runs_down_rightly(found, reader)
    if runs_down(found.boxes) and side < SURE_OF_SIDE and not is_vertical:
        others = (likeliest + 1) % 4, (likeliest + 3) % 4
        other = max(others, key=lambda turn: float(chances[turn]))
        found = found.turned((likeliest - other) % 4)
    return _surer(found, reader)


def _as_it_came(image: Pixels, turned: Upright, detect: Detect, reader: Reader) -> Upright:
    """The picture unturned, unless only the turned one can be read."""
    found = Upright(image, find_lines(image, detect), 0)
    if not len(found.boxes):
        return turned
    here = _confidence(reader, *_longest(found))
    if here >= READABLE or _confidence(reader, *_longest(turned)) <= here + SURER:
        return found
    return turned


def _runs_down_rightly(found: Upright, reader: Reader) -> bool:
    """Whether it is Chinese or Japanese, which may run from top to bottom."""
    if not runs_down(found.boxes):
        return False
    readings = reader.read(_longest(found)[0])
    sure = [reading.text for reading in readings if reading.confidence >= SURE_OF_TEXT]
    return 2 * len(sure) > len(readings) and guessed("".join(sure)) in {"ja", "zh"}


def _length(boxes: Boxes) -> float:
    """Of all lines together, each over its height."""
    across, down = widths(boxes), heights(boxes)
    return float((np.maximum(across, down) / np.maximum(1, np.minimum(across, down))).sum())


def _surer(found: Upright, reader: Reader) -> Upright:
    """The picture as it is or upside down, whichever is read more surely."""
    lines, weights = _longest(found)
    here = _confidence(reader, lines, weights)
    if here >= SURE_OF_TEXT:
        return found
    there = _confidence(reader, [np.rot90(line, 2) for line in lines], weights)
    return found.turned(2) if there > max(here + SURER, LEAST) else found


def _longest(found: Upright) -> tuple[list[Pixels], npt.NDArray[np.float64]]:
    """Its longest lines, and how much each counts."""
    across, down = widths(found.boxes), heights(found.boxes)
    longest = np.argsort(np.maximum(across, down))[::-1][:SAMPLE]
    lines = [cut(found.image, found.boxes[index]) for index in longest.tolist()]
    return lines, (across * down)[longest]


def _confidence(reader: Reader, lines: Sequence[Pixels], weights: npt.NDArray[np.float64]) -> float:
    confidences = [reading.confidence for reading in reader.read(lines)]
    return float(np.average(confidences, weights=weights))


def _sides(image: Pixels, quarters: int) -> tuple[int, int]:
    """A picture's height and width before it was turned by so many quarters."""
    height, width = image.shape[:2]
    return (height, width) if quarters % 2 == 0 else (width, height)
