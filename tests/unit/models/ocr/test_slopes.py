"""Rows of pages whose lines aren't parallel: on paper that bends, and seen aslant by a camera."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.shipped import code_of
from tests.unit.models.ocr.drawing import Boxes, Pixels, box, boxes, column, tilted

ocr = code_of("ocr", "2")

ITEMS = (76, 62, 78, 70, 66, 74, 68, 72)
Move = Callable[[float, float], tuple[float, float]]


def list_of_prices() -> Boxes:
    """Eight items, then their prices far to the right."""
    return boxes(*column(40, 60, ITEMS), *column(640, 60, (54,) * len(ITEMS)))


def bent(x: float, y: float) -> tuple[float, float]:
    return x, y + 22 * float(np.sin(x / 800 * 3.1))


def aslant(x: float, y: float) -> tuple[float, float]:
    """As a page comes out whose right side is nearer to the camera."""
    nearer = 1 / (1.0 - 0.0004 * (x - 380))
    return 380 + (x - 380) * nearer, 180 + (y - 180) * nearer


def moved(page: Boxes, move: Move) -> Boxes:
    """Each box where a page's distortion brings it, level in itself as long as it is."""
    found = []
    for (left, top), (right, _), _, (_, bottom) in page.tolist():
        (x, y), (end, other) = (move(side, (top + bottom) / 2) for side in (left, right))
        high = (bottom - top) / 2
        found.append([[x, y - high], [end, other - high], [end, other + high], [x, y + high]])
    return np.array(found, np.float32)


def rows(page: Boxes) -> list[list[int]]:
    found = [row for block in ocr.reading_order.blocks(page) for row in block.rows]
    return [list(row) for row in found]


@pytest.mark.parametrize("move", [bent, aslant], ids=["bent", "aslant"])
@pytest.mark.parametrize("degrees", [0, 6])
def test_prices_stay_beside_their_items_where_lines_are_not_parallel(
    move: Move, degrees: float
) -> None:
    page = tilted(moved(list_of_prices(), move), degrees)
    assert rows(page) == [[line, line + len(ITEMS)] for line in range(len(ITEMS))]


def test_boxes_of_parallel_lines_stay_where_they_are() -> None:
    page = list_of_prices()
    noise = np.random.default_rng(3).uniform(-1.0, 1.0, page.shape).astype(np.float32)
    noisy = page + noise
    assert ocr.slopes.straightened(noisy) is noisy


def test_columns_whose_lines_are_not_on_one_height_bend_nothing() -> None:
    page = boxes(*column(40, 40, (280,) * 9), *column(370, 49, (280,) * 9))
    assert ocr.slopes.straightened(page) is page


def picture_of_rows(size: int = 26) -> tuple[Pixels, Boxes]:
    """Rows of two words on a bent page, and level boxes round each word."""
    image = Image.new("RGB", (820, 420), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    quads = []
    for row in range(7):
        for left, word in ((40, "Honey cake"), (660, "12.50")):
            draw.text((left, 60 + 42 * row), word, font=font, fill="black")
            quads.append(box(left, 58 + 42 * row, draw.textlength(word, font), 32))
    y, x = np.mgrid[0:420, 0:820].astype(np.float32)
    down = (22 * np.sin(x / 820 * 3.1)).astype(np.float32)
    pixels = cv2.remap(np.asarray(image), x, y - down, cv2.INTER_CUBIC, borderValue=(255,) * 3)
    page = boxes(*quads)
    middles = page[:, :, 0].mean(axis=1)
    page[:, :, 1] += (22 * np.sin(middles / 820 * 3.1))[:, None]
    return np.asarray(pixels, np.uint8), page


def test_boxes_turn_along_their_letters_where_these_go_up_and_down() -> None:
    pixels, level = picture_of_rows()
    found = ocr.baselines.along_baselines(pixels, level)
    slopes = ocr.slopes.slopes_of(found)
    middles = level[:, :, 0].mean(axis=1)
    expected = 22 * 3.1 / 820 * np.cos(middles / 820 * 3.1)
    assert np.abs(slopes - expected).max() < 0.03
    assert rows(found) == [[2 * row, 2 * row + 1] for row in range(7)]


def test_a_picture_of_parallel_lines_keeps_its_boxes() -> None:
    page = boxes(*column(40, 60, ITEMS))
    assert ocr.baselines.along_baselines(np.full((400, 800, 3), 255, np.uint8), page) is page
