"""Korean letters of a line, by Tesseract's LSTM recogniser (kor.traineddata beside this file)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import tesserocr

from inference.engine.model import Pixels

HEIGHT = 36
"""Of a line as the network takes it, in pixels."""
OTHER_HEIGHT = 44
"""The same for a second look."""
PADDING = 6
RESOLUTION = 300

DOTS = {"\N{HANGUL LETTER ARAEA}": "\N{MIDDLE DOT}"}
"""The letter is out of use, and its alphabet lacks the dot."""

DASH, STROKE = "\N{EM DASH}", "\N{HANGUL LETTER EU}"
"""It takes the one for the other, which by itself is no word; two or more are a face."""

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Symbol:
    """One letter that was read."""

    text: str
    confidence: float
    """From 0 to 1."""
    left: float
    """In pixels of the line."""
    right: float
    spaced: bool
    """Whether there is a space before it."""
    is_confirmed: bool = False
    """Whether the network of single syllables reads it too."""


class Tesseract:
    """The network, over lines that were cut out. It keeps to one thread and writes no file."""

    def __init__(self, folder: Path) -> None:
        self._api = tesserocr.PyTessBaseAPI(
            path=str(folder),
            lang="kor",
            psm=tesserocr.PSM.SINGLE_LINE,
            oem=tesserocr.OEM.LSTM_ONLY,
        )
        # Else the words of one picture would be in the dictionary for the next.
        self._api.SetVariable("tessedit_enable_doc_dict", "0")

    def is_known(self, letter: str) -> bool:
        """Whether a letter is in its alphabet."""
        return bool(self._api.IsValidCharacter(letter))

    def read(self, line: Grey, height: int = HEIGHT) -> list[Symbol]:
        """What a grey line (H, W), dark on light, says when it is looked at in this height."""
        scale = height / line.shape[0]
        size = max(1, round(line.shape[1] * scale)), height
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        small = cv2.copyMakeBorder(
            cv2.resize(line, size, interpolation=way),
            *(PADDING,) * 4,
            cv2.BORDER_CONSTANT,
            value=(255,),
        )
        rows, columns = small.shape
        self._api.SetImageBytes(small.tobytes(), columns, rows, 1, columns)
        self._api.SetSourceResolution(RESOLUTION)
        self._api.Recognize()
        symbols = self._symbols(scale)
        self._api.Clear()
        return symbols

    def _symbols(self, scale: float) -> list[Symbol]:
        found: list[Symbol] = []
        symbols = self._api.GetIterator()
        if symbols is None:
            return found
        level = tesserocr.RIL.SYMBOL
        for symbol in tesserocr.iterate_level(symbols, level):
            try:
                text, box = symbol.GetUTF8Text(level), symbol.BoundingBox(level)
            except RuntimeError:  # how it says that nothing was read there
                continue
            if not text.strip() or box is None:
                continue
            begins = symbol.IsAtBeginningOf(tesserocr.RIL.WORD)
            left, right = ((edge - PADDING) / scale for edge in (box[0], box[2]))
            confidence = symbol.Confidence(level) / 100
            spaced = bool(found) and begins and symbol.BlanksBeforeWord() > 0
            found.append(Symbol(DOTS.get(text, text), confidence, left, right, spaced))
        return _apart(with_dashes(found))


def with_dashes(symbols: Sequence[Symbol]) -> list[Symbol]:
    """The symbols, a stroke by itself as the dash that it is."""
    is_single = sum(one.text == STROKE for one in symbols) == 1
    return [replace(one, text=DASH) if is_single and one.text == STROKE else one for one in symbols]


def _apart(symbols: Sequence[Symbol]) -> list[Symbol]:
    """The symbols, each ending where the next begins: a word's first may be given all of it."""
    ends = [*(after.left for after in symbols[1:]), math.inf]
    return [
        replace(one, right=end) if one.left < end < one.right else one
        for one, end in zip(symbols, ends, strict=False)
    ]


def grey(line: Pixels) -> Grey:
    """An RGB line (H, W, 3) as grey values (H, W) over the whole range, dark on light."""
    values = np.asarray(cv2.cvtColor(line, cv2.COLOR_RGB2GRAY), np.float32)
    border = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    if np.median(border) < (values.min() + values.max()) / 2:
        values = 255 - values
    values = np.asarray(values * (255 / np.maximum(_paper(values), 1)), np.float32)
    dark, light = np.percentile(values, (1, 90))
    stretched = (values - dark) * (255 / max(1.0, light - dark))
    return np.asarray(np.clip(stretched, 0, 255), np.uint8)


def _paper(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """How light the paper is at each place: what is left where strokes are closed."""
    side = max(3, values.shape[0] | 1)
    smooth = cv2.GaussianBlur(values, (3, 3), 0)
    closed = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    return np.asarray(cv2.GaussianBlur(closed, (0, 0), side / 2), np.float32)
