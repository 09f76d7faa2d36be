"""A picture with transparency, shown on the background that its text stands out from."""

import numpy as np

from inference.engine.model import Pixels

LIGHT = 190
"""From this luminance on, of 255, what is seen would be lost on white."""
NEARLY_ALL = 0.9
"""Where so much of what is seen is light, the background is black."""
GREEN, RED = 150, 77
"""The parts of green and red in luminance, of 256 (ITU-R BT.601)."""


def on_background(rgba: Pixels) -> Pixels | None:
    """The picture (H, W, 4) on black, (H, W, 3), where it is light; None: white suits it."""
    alpha = rgba[..., 3]
    seen = int((alpha > 127).sum())
    if not seen or (alpha == 255).all():
        return None
    red, green, blue = (rgba[..., channel].astype(np.uint16) for channel in range(3))
    light = (RED * red + GREEN * green + (256 - RED - GREEN) * blue) >> 8 >= LIGHT
    if int((light & (alpha > 127)).sum()) < NEARLY_ALL * seen:
        return None
    return (rgba[..., :3].astype(np.uint16) * alpha[..., None] // 255).astype(np.uint8)
