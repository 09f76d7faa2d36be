"""The order in which a page's lines are read: rows from top to bottom, each from left to right."""

import numpy as np
import numpy.typing as npt

Boxes = npt.NDArray[np.float32]


def rows(boxes: Boxes) -> list[list[int]]:
    """The indices of boxes (N, 4, 2) by rows, in reading order.

    Two boxes are in one row where the center of each lies within half the smaller one's height of
    the other's. Columns are not told apart.
    """
    middles = boxes[:, :, 1].mean(axis=1)
    heights = np.ptp(boxes[:, :, 1], axis=1)
    lefts = boxes[:, :, 0].min(axis=1)
    found: list[list[int]] = []
    for index in np.argsort(middles, kind="stable").tolist():
        first = found[-1][0] if found else index
        reach = min(heights[index], heights[first]) / 2
        if found and middles[index] - middles[first] <= reach:
            found[-1].append(index)
        else:
            found.append([index])
    return [sorted(row, key=lambda index: float(lefts[index])) for row in found]
