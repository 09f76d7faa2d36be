"""Pictures of any size go through the detector at the scales that their letters need."""

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.shipped import code_of
from tests.unit.models.ocr.drawing import Boxes, box, boxes

ocr = code_of("ocr", "2")
Pixels = npt.NDArray[np.uint8]


class BarDetector:
    """Finds black bars, each on a row of its own, where they are between 8 and 150 pixels high."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []

    def __call__(self, image: Pixels) -> Boxes:
        self.sizes.append(image.shape[:2])
        dark = (image.min(axis=2) < 128).any(axis=1).astype(int)
        edges = np.flatnonzero(np.diff(dark, prepend=0, append=0)).reshape(-1, 2)
        found = []
        for top, bottom in edges.tolist():
            ink = np.flatnonzero((image[top:bottom].min(axis=2) < 128).any(axis=0))
            if 8 <= bottom - top <= 150:
                found.append(box(ink[0], top, ink[-1] + 1 - ink[0], bottom - top))
        return boxes(*found)


def bars(width: int, height: int, tops: list[int], thickness: int) -> Pixels:
    picture = np.full((height, width, 3), 255, np.uint8)
    for top in tops:
        picture[top : top + thickness, 20 : width - 20] = 0
    return picture


def tops_of(found: Any) -> list[int]:
    return sorted(round(float(top)) for top in found[:, 0, 1])


def test_a_small_page_is_looked_at_as_it_is_and_once_more_for_large_letters() -> None:
    detect = BarDetector()
    found = ocr.slices.find_lines(bars(500, 600, [100, 200], 24), detect)
    assert tops_of(found) == [100, 200]
    assert len(detect.sizes) == 2


def test_a_long_picture_is_looked_at_in_slices_and_every_line_is_found_once() -> None:
    detect = BarDetector()
    tops = list(range(40, 13_900, 60))
    found = ocr.slices.find_lines(bars(1080, 14_000, tops, 26), detect)
    assert np.abs(np.array(tops_of(found)) - tops).max() <= 3
    assert max(rows * columns for rows, columns in detect.sizes) < 3_000_000
    assert np.abs(found[:, 0, 0] - 20).max() <= 3
    assert np.abs(found[:, 1, 0] - 1060).max() <= 3


def test_letters_that_fill_the_picture_are_found_in_a_coarse_look() -> None:
    found = ocr.slices.find_lines(bars(1500, 1000, [300], 380), BarDetector())
    assert np.abs(np.array(tops_of(found)) - [300]).max() <= 4


def test_nothing_is_looked_at_without_end_where_there_is_nothing() -> None:
    detect = BarDetector()
    assert len(ocr.slices.find_lines(bars(8000, 6000, [], 1), detect)) == 0
    assert sum(rows * columns for rows, columns in detect.sizes) < 6_000_000


@pytest.mark.parametrize(
    ("length", "rows", "overlap"), [(10, 100, 5), (1000, 100, 30), (101, 100, 80)]
)
def test_slices_cover_a_length_and_their_cores_share_it(
    length: int, rows: int, overlap: int
) -> None:
    found = list(ocr.slices.slices(length, rows, overlap))
    assert found[0].core_first == 0
    assert found[-1].core_last == length
    for one, other in pairwise(found):
        assert one.core_last == other.core_first
        assert one.last > other.first
    assert all(part.first <= part.core_first < part.core_last <= part.last for part in found)


def test_pieces_of_a_large_line_give_way_to_it_and_a_paragraph_does_not() -> None:
    pieces = boxes(box(0, 0, 90, 95), box(100, 0, 90, 95))
    large = boxes(box(0, 0, 200, 100))
    assert ocr.slices.with_large(pieces, large, 50).tolist() == large.tolist()
    lines = boxes(*(box(0, 20 * index, 200, 16) for index in range(5)))
    assert ocr.slices.with_large(lines, large, 50).tolist() == lines.tolist()
