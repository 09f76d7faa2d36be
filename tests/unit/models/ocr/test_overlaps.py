"""Lines without white between them, whose boxes reach into each other."""

import numpy as np
import pytest

from tests.shipped import code_of
from tests.unit.models.ocr.drawing import Boxes, box, boxes, tilted

ocr = code_of("ocr", "2")


def lines(pitch: float, high: float = 26, count: int = 5) -> Boxes:
    return boxes(*(box(40, 40 + pitch * at, 300 - 20 * at, high) for at in range(count)))


@pytest.mark.parametrize("degrees", [0, 7])
def test_boxes_end_halfway_into_what_they_share(degrees: float) -> None:
    found = ocr.overlaps.apart(tilted(lines(pitch=22), degrees))
    level = tilted(found, -degrees)
    tops, bottoms = level[:, :2, 1].mean(axis=1), level[:, 2:, 1].mean(axis=1)
    assert np.allclose(bottoms[:-1], tops[1:], atol=0.2)
    assert (tops[0], bottoms[-1]) == pytest.approx((40, 40 + 4 * 22 + 26), abs=0.2)


def test_boxes_with_white_between_them_stay_as_they_are() -> None:
    page = lines(pitch=30)
    assert ocr.overlaps.apart(page) is page
    assert not ocr.overlaps.is_crowded(page)


def test_lines_beside_each_other_are_not_parted() -> None:
    page = boxes(box(40, 40, 100, 26), box(180, 50, 100, 26))
    assert ocr.overlaps.apart(page) is page


def test_a_page_of_lines_that_may_run_together_is_looked_at_more_closely() -> None:
    sizes: list[tuple[int, ...]] = []

    def detect(image: np.ndarray) -> Boxes:
        sizes.append(image.shape)
        return (lines(pitch=20) if len(sizes) == 1 else lines(pitch=32, high=42)) + 16

    ocr.slices.find_lines(np.full((300, 380, 3), 255, np.uint8), detect)
    assert len(sizes) == 2
    assert sizes[1][0] > 1.4 * sizes[0][0]
