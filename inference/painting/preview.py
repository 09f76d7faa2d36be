"""A small picture of what is painted so far, as a partial result may carry it."""

import base64
import io
from typing import Any, Final

from PIL import Image

from inference.engine.limits import PARTIAL_BYTES
from inference.engine.model import Pixels

_SIDES: Final = (256, 176, 112)
"""Longest sides in pixels: the first that fits is taken."""
_QUALITY: Final = 60
_ROOM: Final = PARTIAL_BYTES - 1024


def preview(painting: Pixels) -> dict[str, Any] | None:
    """A partial result with the painting (H, W, 3) as a `data:` URL; None: it does not fit."""
    image = Image.fromarray(painting)
    for side in _SIDES:
        image.thumbnail((side, side), Image.Resampling.BOX)
        memory = io.BytesIO()
        image.save(memory, "WEBP", quality=_QUALITY, method=2)
        url = f"data:image/webp;base64,{base64.b64encode(memory.getvalue()).decode()}"
        if len(url) < _ROOM:
            return {"url": url}
    return None
