"""What is shown while a page is read: its boxes at once, then its lines."""

import json
from collections.abc import Sequence
from typing import Any

from inference.engine.model import Region

MAX_BYTES = 16 * 1024
"""A larger partial result would be left out."""

Entries = list[dict[str, Any]]


def outlines(polygons: Sequence[Sequence[Sequence[float]]]) -> dict[str, Any]:
    """The partial result that shows where lines are: the first ones, if not all fit."""
    entries: Entries = [{"polygon": [list(corner) for corner in polygon]} for polygon in polygons]
    return {"regions": _first(entries)}


def lines(regions: Sequence[Region], done: int) -> dict[str, Any]:
    """The partial result that shows lines as they were read: the last ones, if not all fit.

    Args:
        regions: what was read so far.
        done: how many lines were looked at so far.
    """
    entries: Entries = [
        {
            "polygon": [list(corner) for corner in region.polygon],
            "text": region.text,
            "confidence": round(region.confidence, 4),
        }
        for region in regions
    ]
    return {"regions": _first(entries[::-1])[::-1], "done": done}


def _first(entries: Entries) -> Entries:
    room = MAX_BYTES - 100
    for position, entry in enumerate(entries):
        room -= len(json.dumps(entry)) + 2
        if room < 0:
            return entries[:position]
    return entries
