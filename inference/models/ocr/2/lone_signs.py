"""Signs of currencies that stand a space away from their figures: the detector leaves some out.

Where some amounts of a page have such a sign, the others are looked at once more with what is
beside them.
"""

import re
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
from lines import cut
from quads import Boxes, heights
from readers import Reader, Reading

from inference.engine.model import Pixels

BESIDE: Final = 1.2
"""So far beyond an amount its sign ends, over the line's height."""
SURE: Final = 0.9
"""The confidence of an amount with its sign."""
_SIGNS: Final = "$\u20ac\u00a3\u00a5\uffe5\u20a9\u5186\uc6d0"
_BARE: Final = re.compile(r"[+-]?\d[\d.,]*[.,]\d+")
_SIGNED: Final = re.compile(rf"[+-]? ?[{_SIGNS}] \d[\d.,]*\d|[+-]?\d[\d.,]*\d [{_SIGNS}]")


def bare_amounts(texts: Mapping[int, str]) -> list[int]:
    """The lines that are an amount without a sign, on a page where others' is a space away."""
    if not any(_SIGNED.fullmatch(text) for text in texts.values()):
        return []
    return [line for line, text in texts.items() if _BARE.fullmatch(text)]


def read_signs(
    reader: Reader, image: Pixels, boxes: Boxes, readings: Mapping[int, Reading]
) -> dict[int, Reading]:
    """The readings of those amounts beside which there is a sign and nothing else.

    Args:
        reader: reads them.
        image: the upright picture, RGB.
        boxes: (N, 4, 2), of all lines.
        readings: of bare amounts, by their line.
    """
    alone = {line: _widened(boxes, line) for line in readings}
    again = reader.read([cut(image, box) for box in alone.values()]) if alone else []
    return {
        line: other
        for line, other in zip(alone, again, strict=True)
        if other.confidence >= SURE and _is_signed(readings[line].text, other.text)
    }


def _is_signed(amount: str, text: str) -> bool:
    sign = rf"[{_SIGNS}]"
    figures = re.escape(amount.lstrip("+-"))
    minus = re.escape(amount[: len(amount) - len(amount.lstrip("+-"))])
    return bool(re.fullmatch(rf"{minus}{sign}{figures}|{minus}{figures}{sign}", _close(text)))


def _close(text: str) -> str:
    return text.replace(" ", "")


def _widened(boxes: Boxes, line: int) -> npt.NDArray[np.float32]:
    """A line's box (4, 2) with what stands beside it, where that is no other line."""
    box = boxes[line]
    (height,) = heights(box[None]).tolist()
    along = box[1] - box[0]
    step = along / max(1.0, float(np.linalg.norm(along))) * BESIDE * height
    wide = np.array(box)
    others = np.delete(boxes, line, axis=0)
    for corners, way in (([0, 3], -step), ([1, 2], step)):
        beside = np.concatenate((box[corners], box[corners] + way))
        if not _reach_into(others, beside):
            wide[corners] += way
    return wide


def _reach_into(boxes: Boxes, place: npt.NDArray[np.float32]) -> bool:
    """Whether a box's line lies in a place, told by its corners (N, 2)."""
    (left, top), (right, bottom) = place.min(axis=0).tolist(), place.max(axis=0).tolist()
    first, last = boxes[..., 0].min(axis=1), boxes[..., 0].max(axis=1)
    middles = boxes[..., 1].mean(axis=1)
    return bool(((first < right) & (last > left) & (middles > top) & (middles < bottom)).any())
