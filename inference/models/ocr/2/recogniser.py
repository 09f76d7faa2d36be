"""What lines say, by PP-OCR's recogniser."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from inference.engine.model import Pixels
from inference.onnx_options import session_options

HEIGHT = 48
"""Of a line as the network takes it, in pixels."""
LEAST_WIDTH = 320
AT_ONCE = 6
"""Lines that are computed together."""
BLANK = 0
"""The class that stands for no letter."""


@dataclass(frozen=True)
class Letter:
    """One letter that was read."""

    text: str
    confidence: float
    """From 0 to 1."""
    place: float
    """Where it stands, as a fraction of the line's width."""
    space: float = 0.0
    """The greatest chance of a space between it and the letter before it."""


@dataclass(frozen=True)
class Spelling:
    """What a line says, letter by letter."""

    letters: Sequence[Letter] = ()
    doubts: float = 0.0
    """What is left of the chances at all its steps: of a letter that it doesn't know, much is."""

    @property
    def text(self) -> str:
        """Without spaces at its ends."""
        return "".join(letter.text for letter in self.letters).strip()

    @property
    def confidence(self) -> float:
        """The mean of its letters'; 0 where there are none."""
        if not self.letters:
            return 0.0
        return float(np.mean([letter.confidence for letter in self.letters]))


class Recogniser:
    """The network, over lines that were cut out."""

    def __init__(self, file: Path, threads: int) -> None:
        options = session_options(threads)
        options.log_severity_level = 4
        options.enable_cpu_mem_arena = False
        providers = ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(str(file), options, providers=providers)
        self._input = self._session.get_inputs()[0].name
        alphabet = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.alphabet: Sequence[str] = ("", *alphabet, " ")
        """The letter of each class; the first is none."""

    def read(self, lines: Sequence[Pixels]) -> list[Spelling]:
        """What RGB pictures (H, W, 3) of single lines say."""
        spellings = [Spelling()] * len(lines)
        by_width = sorted(range(len(lines)), key=lambda index: _width(lines[index]))
        for first in range(0, len(lines), AT_ONCE):
            group = by_width[first : first + AT_ONCE]
            found = zip(*self.classes([lines[index] for index in group]), strict=True)
            width = max(LEAST_WIDTH, *(_width(lines[index]) for index in group))
            for index, (row, sure, space) in zip(group, found, strict=True):
                spellings[index] = self._spelling(row, sure, space, _width(lines[index]) / width)
        return spellings

    def classes(
        self, lines: Sequence[Pixels]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """The likeliest class at each step from left to right, its chance, and that of a space.

        Each is (N, steps). The steps cover the widest line, or 320 pixels at a height of 48.
        """
        width = max(LEAST_WIDTH, *(_width(line) for line in lines))
        batch = np.zeros((len(lines), 3, HEIGHT, width), np.float32)
        for values, line in zip(batch, lines, strict=True):
            small = cv2.resize(line, (_width(line), HEIGHT), interpolation=cv2.INTER_LINEAR)
            # The network was trained on blue, green, red.
            values[:, :, : small.shape[1]] = (
                small[..., ::-1].astype(np.float32) / 127.5 - 1
            ).transpose(2, 0, 1)
        (chances,) = self._session.run(None, {self._input: batch})
        return chances.argmax(axis=2), chances.max(axis=2), chances[..., -1].copy()

    def _spelling(
        self,
        classes: npt.NDArray[np.int64],
        chances: npt.NDArray[np.float32],
        spaces: npt.NDArray[np.float32],
        part: float,
    ) -> Spelling:
        """What the steps say, of which the line covers this part from the left."""
        covered = chances[: max(1, round(len(chances) * part))]
        begins = np.concatenate(([True], classes[1:] != classes[:-1])) & (classes != BLANK)
        steps = np.flatnonzero(begins).tolist()
        return Spelling(
            [
                Letter(
                    self.alphabet[classes[step]],
                    float(chances[step]),
                    min(1.0, (step + 0.5) / (len(classes) * part)),
                    float(spaces[last : step + 1].max()),
                )
                for last, step in zip([0, *steps], steps, strict=False)
            ],
            float((1 - covered).sum()),
        )


def _width(line: Pixels) -> int:
    """In pixels, at the network's height."""
    return max(1, int(np.ceil(HEIGHT * line.shape[1] / line.shape[0])))
