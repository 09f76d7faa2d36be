"""Rules that a line was cut out with are left out, and letters stay."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.shipped import code_of

without_rules = code_of("ocr", "2").rules.without_rules

Line = npt.NDArray[np.uint8]
PAPER = 240


def line(ink: int = 20) -> Line:
    """Two letters on a line 40 high, with room around them."""
    pixels = np.full((40, 100, 3), PAPER, np.uint8)
    pixels[10:30, 10:30] = pixels[10:30, 50:70] = ink
    return pixels


@pytest.mark.parametrize(
    "rule",
    [
        (slice(37, 38), slice(0, 100)),
        (slice(0, 2), slice(0, 100)),
        (slice(33, 35), slice(0, 100)),
    ],
)
@pytest.mark.parametrize("color", [20, 170])
def test_a_rule_along_an_edge_is_left_out(rule: Any, color: int) -> None:
    pixels = line()
    pixels[rule] = color
    assert np.array_equal(without_rules(pixels), line())


def test_so_is_one_that_is_a_little_aslant_on_a_dark_page() -> None:
    pixels = line()
    for column in range(100):
        pixels[35 + column // 50, column] = 20
    assert np.array_equal(without_rules(255 - pixels), 255 - line())


@pytest.mark.parametrize(
    "drawn",
    [
        (slice(36, 38), slice(5, 95)),  # a stroke such as that of a dash has room beside it
        (slice(19, 21), slice(0, 100)),  # what strikes the letters out
        (slice(0, 12), slice(0, 100)),  # too thick for a rule
    ],
)
def test_other_strokes_stay(drawn: Any) -> None:
    pixels = line()
    pixels[drawn] = 20
    assert np.array_equal(without_rules(pixels), pixels)
