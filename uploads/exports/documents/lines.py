"""Where lines of recognized text lie, and which way they run."""

import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Point = tuple[float, float]
_COLUMN_ASPECT: Final = 1.5
"""A line that is so much higher than wide runs from top to bottom."""


@dataclass(frozen=True)
class Line:
    """A line in pixels of the upright picture, from its top left.

    `start` is where its text begins at the foot of its letters; `along` leads from there to its
    end, `up` to the top of its letters.
    """

    text: str
    start: Point
    along: Point
    up: Point

    @property
    def corners(self) -> list[Point]:
        """Of the line's box."""
        (x, y), (ax, ay), (ux, uy) = self.start, self.along, self.up
        return [(x, y), (x + ax, y + ay), (x + ax + ux, y + ay + uy), (x + ux, y + uy)]

    @property
    def angle(self) -> float:
        """In degrees, counterclockwise, from text that runs to the right."""
        return -math.degrees(math.atan2(self.along[1], self.along[0]))


def lines_of(output: Mapping[str, Any]) -> Iterator[Line]:
    """The lines of an output of the kind `text`, in reading order, without empty ones."""
    for region in output.get("regions") or ():
        text = printable(str(region.get("text", "")))
        corners = [(float(x), float(y)) for x, y in region.get("polygon") or ()]
        if text and len(corners) == 4:
            yield _line(text, corners)


def _line(text: str, corners: list[Point]) -> Line:
    first, second, _, last = corners
    across, down = _from(first, second), _from(first, last)
    if len(text) > 1 and math.hypot(*down) >= _COLUMN_ASPECT * math.hypot(*across):
        return Line(text, first, down, across)
    return Line(text, last, across, _from(last, first))


def _from(one: Point, other: Point) -> Point:
    return other[0] - one[0], other[1] - one[1]


def printable(text: str) -> str:
    """A text in one line, without what XML and PDF cannot hold."""
    kept = (c if not c.isspace() else " " for c in text)
    return "".join(c for c in kept if unicodedata.category(c) not in {"Cc", "Cs", "Cn"}).strip()
