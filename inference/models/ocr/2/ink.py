"""How much of a line's ink the letters that were read account for.

A recogniser leaves letters out that it doesn't know, and is no less sure of the others.
"""

import unicodedata
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from inference.engine.model import Pixels

Floats = npt.NDArray[np.float64]
Runs = npt.NDArray[np.int_]

HEIGHT = 48
"""Lines are looked at in this height, in pixels."""
REACH = 0.75
"""Ink further from every letter, as a multiple of the line's height, is not read."""
FIGURE_REACH = 0.4
"""The same of a figure: none is wider, and a syllable may touch the last one of an amount."""
HALF_WIDE = 0.5
"""So far, as a multiple of the line's height, a letter as wide as high reaches to either side."""
NARROW = 0.55
"""So wide, as a multiple of the line's height, a letter such as n is at most."""
FIGURE_WIDE = 0.85
"""So wide, over the height of the letters, a figure is at most; a syllable is wider."""
FIGURE_ADVANCE = 1.0
"""The same of one of several figures that touch, with the gap to the next."""
STEP = 10.0
"""How far a letter's place may be beside its ink, in pixels."""
LEAST_LETTER = 0.12
"""Ink that is narrower, as a multiple of the line's height, or lower, is a speck or a dot."""


def unread(line: Pixels, letters: Sequence[tuple[str, float]]) -> float:
    """The part of a line's ink, by its width, that no letter accounts for: from 0 to 1.

    Args:
        line: (H, W, 3), RGB, a single level line.
        letters: what was read, each with its place as a fraction of the line's width.
    """
    runs = runs_of(line)
    if not len(runs):
        return 0.0
    width = line.shape[1] * HEIGHT / line.shape[0]
    read = [(letter, place * width) for letter, place in letters if not letter.isspace()]
    marks = np.array([place for _, place in read], np.float64)
    is_figure = np.array([letter.isdecimal() for letter, _ in read], bool)
    reaches = HEIGHT * np.where(is_figure, FIGURE_REACH, REACH)
    wide = marks[[unicodedata.east_asian_width(letter) in "WF" for letter, _ in read]]
    height = _letter_height(line)
    widest = np.where(is_figure, FIGURE_WIDE * height, np.inf)
    owners = _owners(marks, runs, widest)
    lost = 0.0
    for at, (first, last) in enumerate(runs.tolist()):
        # Letters as wide as high consist of parts side by side.
        if len(wide) and np.abs(wide - (first + last) / 2).min() <= HALF_WIDE * HEIGHT:
            continue
        if _is_half(at, marks, owners, runs):
            continue
        own = owners == at
        surplus = last - first - own.sum() * FIGURE_ADVANCE * height if is_figure[own].all() else 0
        lost += max(_lost(first, last, marks[own], reaches[own]), surplus)
    return min(1.0, lost / float(np.diff(runs, axis=1).sum()))


def _lost(first: float, last: float, marks: Floats, reaches: Floats) -> float:
    """How many columns of a run of ink lie beyond the reach of the marks that are its own."""
    if not len(marks):
        return last - first
    columns = np.arange(first, last) + 0.5
    beyond = np.abs(columns[:, None] - marks[None]) - reaches[None]
    return float((beyond.min(axis=1) > 0).sum())


def _owners(marks: Floats, runs: Runs, widest: Floats) -> Runs:
    """The index of the run of ink that each letter stands for: that it is in, or the nearest.

    A run without one takes it from a neighbor that has several: thin letters stand closer
    together than a recogniser's steps. None is wider than what the letter may be at most.
    """
    middles = runs.mean(axis=1)
    outside = np.maximum(runs[:, 0] - marks[:, None], marks[:, None] - runs[:, 1]).clip(0)
    owners = np.array(
        [
            np.lexsort((np.abs(middles - mark), out))[0]
            for mark, out in zip(marks, outside, strict=True)
        ],
        int,
    )
    for run in set(range(len(runs))) - set(owners.tolist()):
        spare = np.array([(owners == owner).sum() > 1 for owner in owners.tolist()], bool)
        fits = runs[run, 1] - runs[run, 0] <= widest
        reachable = np.flatnonzero(spare & fits & (outside[:, run] <= STEP))
        if len(reachable):
            owners[reachable[outside[reachable, run].argmin()]] = run
    return owners


def _is_half(run: int, marks: Floats, owners: Runs, runs: Runs) -> bool:
    """Whether a run of ink is the other stem of a letter that stands for the run beside it."""
    first, last = runs[run]
    others = runs[owners]
    together = np.maximum(others[:, 1], last) - np.minimum(others[:, 0], first)
    outside = np.maximum(first - marks, marks - last)
    return bool(((together <= NARROW * HEIGHT) & (outside <= STEP / 2)).any())


def runs_of(line: Pixels) -> Runs:
    """Where ink stands, from the left to the right: (N, 2), first column and the one behind.

    Columns are those of the line (H, W, 3), RGB, at the height of `HEIGHT`.
    """
    runs: list[tuple[int, int]] = []
    for first, last, _ in sorted(_pieces(line)):
        if runs and first < runs[-1][1]:
            runs[-1] = runs[-1][0], max(last, runs[-1][1])
        else:
            runs.append((first, last))
    return np.array(runs, int).reshape(-1, 2)


def _letter_height(line: Pixels) -> float:
    """Of a line's letters, at the height of `HEIGHT`; 0 where there are none."""
    return float(np.median([down for _, _, down in _pieces(line)] or [0]))


def _pieces(line: Pixels) -> list[tuple[int, int, int]]:
    """Of each connected piece of ink but specks its first column, the one behind, its height."""
    width = max(1, round(line.shape[1] * HEIGHT / line.shape[0]))
    grey = cv2.cvtColor(cv2.resize(line, (width, HEIGHT)), cv2.COLOR_RGB2GRAY)
    grey = cv2.GaussianBlur(grey, (3, 3), 0)
    _, dark = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    ink = dark if dark.mean() <= 0.5 else 1 - dark
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    least = LEAST_LETTER * HEIGHT
    return [
        (int(left), int(left + across), int(down))
        for left, _, across, down, _ in stats[1:count]
        if across >= least / 2 and down >= least and across * down >= least * least
    ]
