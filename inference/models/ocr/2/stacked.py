"""Lines of Japanese that run down, once more with their letters side by side.

PP-OCR reads them as they lie, turned with their line, and then loses what is small: marks, and
kana that stand for half a sound. Beside each other and upright, letters lie as it learned them.
"""

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
from readers import Reader, Reading

from inference.engine.model import Pixels

SMALL = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ、。")
PITCH = 1.06
"""From letter to letter, over the width of the widest."""
SLACK = 0.3
"""So far from where it is expected, over the same, the white between two letters may lie."""
FAINT = 0.25
"""What differs so much from the paper, over the strongest difference, is ink."""


def read_small(
    reader: Reader, lines: Sequence[Pixels], readings: Sequence[Reading]
) -> list[Reading]:
    """The readings of lines that run down and lie turned counterclockwise, with small letters."""
    found = list(readings)
    kana = [at for at, one in enumerate(readings) if len(one.text) > 1 and _has_kana(one.text)]
    again = reader.read([side_by_side(lines[at]) for at in kana]) if kana else []
    for at, other in zip(kana, again, strict=True):
        text = with_small(found[at].text, other.text)
        if text != found[at].text:
            sure = max(found[at].confidence, other.confidence)
            found[at] = replace(found[at], text=text, confidence=sure, unread=0.0)
    return found


def with_small(text: str, other: str) -> str:
    """A text with the small letters that another reading has where it has nothing."""
    merged = ""
    matcher = SequenceMatcher(None, text, other, autojunk=False)
    for tag, first, end, start, stop in matcher.get_opcodes():
        merged += text[first:end]
        if tag == "insert" and SMALL.issuperset(other[start:stop]):
            merged += other[start:stop]
    return merged


def side_by_side(line: Pixels) -> Pixels:
    """A line (H, W, 3) that lies turned counterclockwise, with its letters upright in a row."""
    column = np.rot90(line, -1)
    ink = _ink(column)
    widths, rows = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    if not len(rows):
        return line
    pitch = PITCH * float(widths[-1] - widths[0] + 1)
    weight = ink.sum(axis=1)
    cuts = [max(0, int(rows[0]) - 2)]
    while cuts[-1] + pitch < rows[-1]:
        expected = cuts[-1] + pitch
        first = int(expected - SLACK * pitch)
        near = weight[first : int(expected + SLACK * pitch) + 1]
        places = first + np.flatnonzero(near == near.min())
        cuts.append(int(places[np.abs(places - expected).argmin()]))
    cuts.append(min(len(column), max(int(rows[-1]) + 3, round(cuts[-1] + pitch))))
    height = max(end - first for first, end in pairwise(cuts))
    cells = [
        np.pad(column[first:end], ((0, height - (end - first)), (0, 0), (0, 0)), mode="edge")
        for first, end in pairwise(cuts)
    ]
    return np.ascontiguousarray(np.concatenate(cells, axis=1))


def _ink(picture: Pixels) -> npt.NDArray[np.bool_]:
    values = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY).astype(np.int16)
    away = np.abs(values - int(np.median(values)))
    return np.asarray(away > max(16, FAINT * int(away.max())), np.bool_)


def _has_kana(text: str) -> bool:
    return any("\u3041" <= letter <= "\u30fc" for letter in text)
