"""Rules that a line was cut out with: a table's, or what is drawn under a word.

They join letters to one stroke, and make the letters seem as high as what they stand on.
"""

import cv2
import numpy as np

from inference.engine.model import Pixels

BAND = 0.3
"""So near to the upper or lower edge a rule lies. This and the next is over the line's height."""
THICK = 0.15
"""How high it is at most, also where it is a little aslant."""
FAINT = 0.2
"""What differs so much from the paper, over the strongest difference, is ink."""


def without_rules(line: Pixels) -> Pixels:
    """An RGB line (H, W, 3) without what runs from its one side to the other along an edge."""
    values = cv2.cvtColor(line, cv2.COLOR_RGB2GRAY).astype(np.int16)
    height, width = values.shape
    away = np.abs(values - int(np.median(values)))
    ink = (away > max(16, FAINT * int(away.max()))).astype(np.uint8)
    band = round(BAND * height)
    if not band or not min(ink[:, 0].any(), ink[:, -1].any()):
        return line
    cleaned = None
    for top in (0, height - band):
        count, labels, stats, _ = cv2.connectedComponentsWithStats(
            ink[top : top + band], connectivity=8
        )
        for at in range(1, count):
            _, _, across, down, _ = stats[at].tolist()
            if across == width and down <= max(2, THICK * height):
                cleaned = line.copy() if cleaned is None else cleaned
                rule = cv2.dilate((labels == at).astype(np.uint8), np.ones((3, 3), np.uint8))
                cleaned[top : top + band][rule > 0] = np.median(line[ink == 0], axis=0)
    return line if cleaned is None else cleaned
