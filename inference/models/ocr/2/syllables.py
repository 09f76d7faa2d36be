"""Single syllables by their parts: it knows all, where Tesseract's Korean network knows 1,076.

The network (`syllables.onnx`, made by `training/syllables.py`) is asked about groups of
strokes; the best way to cut a line into such groups is found by dynamic programming.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
from hangul import Span
from tesseract import Grey

from inference.onnx_options import session_options

SIDE = 36
"""Of a picture as the network takes it, in pixels."""
LETTER = 32
"""Of the syllable in it at most."""
INITIALS, VOWELS, FINALS = 19, 21, 28
NARROWEST, WIDEST = 0.5, 1.12
"""Of a syllable, over the height of the line's letters."""
SKIPPED = 0.4, 5.0
"""What a stroke costs that is no syllable's: each, and for its width over the same."""


@dataclass(frozen=True)
class Syllable:
    """A syllable that was read, or a stroke that is none."""

    text: str
    """Empty: it is none."""
    confidence: float
    """From 0 to 1, that each part is right."""
    first: int = 0
    """The column of the line where it begins."""
    end: int = 0
    """The column behind it."""
    parts: Sequence[npt.NDArray[np.float32]] = ()
    """The chances of the 19 initials, 21 vowels and 28 finals."""

    def chance_of(self, letter: str) -> float:
        """From 0 to 1, that it is another syllable than the likeliest."""
        if not self.parts:
            return 0.0
        code = ord(letter) - ord("가")
        places = code // (VOWELS * FINALS), code // FINALS % VOWELS, code % FINALS
        return float(np.prod([part[at] for part, at in zip(self.parts, places, strict=True)]))


class SyllableReader:
    """The network, over parts of lines."""

    def __init__(self, file: Path, threads: int) -> None:
        options = session_options(threads)
        options.log_severity_level = 4
        options.enable_cpu_mem_arena = False
        providers = ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(str(file), options, providers=providers)

    def read(self, line: Grey, strokes: Sequence[Span], height: int) -> list[Syllable]:
        """What strokes of a grey line (H, W) are; `height` is of the letters, in pixels."""
        groups = [
            (first, end)
            for first in range(len(strokes))
            for end in range(first + 1, len(strokes) + 1)
            if NARROWEST * height <= strokes[end - 1].end - strokes[first].first <= WIDEST * height
        ]
        pictures = [line[:, strokes[a].first : strokes[b - 1].end] for a, b in groups]
        costs = [0.0]
        cuts: list[list[Syllable]] = [[]]
        ends: dict[int, list[tuple[int, Syllable]]] = {}
        for (first, end), one in zip(groups, self.classify(pictures), strict=True):
            placed = replace(one, first=strokes[first].first, end=strokes[end - 1].end)
            ends.setdefault(end, []).append((first, placed))
        for end, stroke in enumerate(strokes, 1):
            cost = costs[-1] + SKIPPED[0] + SKIPPED[1] * stroke.width / height
            cut = [*cuts[-1], Syllable("", 0.0, stroke.first, stroke.end)]
            for first, one in ends.get(end, ()):
                with_it = costs[first] - float(np.log(one.confidence + 1e-6))
                if with_it < cost:
                    cost, cut = with_it, [*cuts[first], one]
            costs.append(cost)
            cuts.append(cut)
        return cuts[-1]

    def classify(self, pictures: Sequence[Grey]) -> list[Syllable]:
        """The likeliest syllable of each grey picture (H, W), dark on light."""
        if not pictures:
            return []
        batch = np.stack([_fitted(picture) for picture in pictures])[:, None]
        (scores,) = self._session.run(None, {"glyphs": batch})
        starts = np.cumsum([0, INITIALS, VOWELS, FINALS])
        parts = [_softmax(scores[:, a:b]) for a, b in pairwise(starts)]
        is_one = 1 / (1 + np.exp(-scores[:, -1]))
        initial, vowel, final = (part.argmax(axis=1) for part in parts)
        sure = np.prod([part.max(axis=1) for part in parts], axis=0) * is_one
        codes = ord("가") + (initial * VOWELS + vowel) * FINALS + final
        return [
            Syllable(chr(code), float(one), parts=chances)
            for code, one, *chances in zip(codes, sure, *parts, strict=True)
        ]


def _fitted(picture: Grey) -> npt.NDArray[np.float32]:
    """The ink (0 to 1) of a picture, as large as fits and in the middle: (36, 36)."""
    ink = 255 - picture
    rows, columns = (np.flatnonzero((ink > 60).any(axis=axis)) for axis in (1, 0))
    fitted = np.zeros((SIDE, SIDE), np.float32)
    if not len(rows):
        return fitted
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = LETTER / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(ink, (width, height), interpolation=way)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    fitted[top : top + height, left : left + width] = small.astype(np.float32) / 255
    return fitted


def _softmax(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
