"""How much of a line's ink the letters that were read account for."""

import numpy as np
import pytest

from tests.shipped import code_of

ocr = code_of("ocr", "2")


def line(letters: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """So many bars of 12 pixels, 24 apart, on a line 48 high."""
    pixels = np.full((48, 24 * letters, 3), 255, np.uint8)
    for index in range(letters):
        pixels[10:40, 24 * index + 6 : 24 * index + 18] = 0
    return pixels


@pytest.mark.parametrize("gone", [[], [3], [0, 4, 9], list(range(10))])
def test_letters_that_were_left_out_are_counted(gone: list[int]) -> None:
    read = [("a", (24 * index + 12) / 240) for index in range(10) if index not in gone]
    assert ocr.ink.unread(line(10), read) == pytest.approx(len(gone) / 10)


def test_a_wide_letter_accounts_for_its_parts() -> None:
    assert ocr.ink.unread(line(4), [("川", 24 / 96), ("川", 72 / 96)]) == 0.0


def test_a_letter_that_touches_a_figure_is_not_the_figure_s() -> None:
    pixels = line(4)
    pixels[20:24, 66:90] = 0  # the third bar is one with the fourth
    read = [("1", 12 / 96), ("2", 36 / 96), ("3", 60 / 96)]
    assert ocr.ink.unread(pixels, read) > 0.15


def test_a_space_accounts_for_no_ink() -> None:
    read = [("a", 12 / 96), (" ", 36 / 96), ("b", 60 / 96), ("c", 84 / 96)]
    assert ocr.ink.unread(line(4), read) == pytest.approx(1 / 4)


def test_a_thin_letter_whose_place_is_in_its_neighbor_is_read() -> None:
    pixels = np.full((48, 120, 3), 255, np.uint8)
    for first, last in ((10, 22), (26, 31), (35, 47), (90, 110)):
        pixels[10:40, first:last] = 0
    read = [("t", 14 / 120), ("i", 21 / 120), ("t", 41 / 120), ("m", 100 / 120)]
    assert ocr.ink.unread(pixels, read) == 0.0


def test_the_other_stem_of_a_letter_is_read_with_it() -> None:
    pixels = np.full((48, 120, 3), 255, np.uint8)
    for first, last in ((10, 16), (20, 30), (70, 90)):
        pixels[10:40, first:last] = 0
    assert ocr.ink.unread(pixels, [("n", 17 / 120), ("m", 80 / 120)]) == 0.0


def test_an_empty_line_misses_nothing() -> None:
    assert ocr.ink.unread(np.full((48, 200, 3), 255, np.uint8), []) == 0.0


@pytest.mark.parametrize("lag", [0, 13])
def test_a_syllable_behind_figures_that_touch_is_not_read_with_them(lag: int) -> None:
    """`lag`: how far behind the last figure's middle it is told, so that the syllable seems its."""
    pixels = np.full((48, 120, 3), 255, np.uint8)
    for first, last in ((10, 24), (30, 58), (60, 80)):  # one figure, two that touch, a syllable
        pixels[14:34, first:last] = 0
    read = [("1", 17 / 120), ("2", 37 / 120), ("3", (51 + lag) / 120)]
    assert ocr.ink.unread(pixels, read) > 0.1
