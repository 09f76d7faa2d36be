"""Figures as people write them."""

from datetime import timedelta
from typing import Final

_MEBIBYTE: Final = 1024 * 1024


def words_for(length: timedelta) -> str:
    """A stretch of time in round words."""
    seconds = max(0.0, length.total_seconds())
    for unit, of in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * of:
            return f"{round(seconds / of)} {unit}"
    return f"{round(seconds)} s"


def took(milliseconds: float) -> str:
    """Milliseconds, or seconds from one on."""
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:,.1f} s"


def mebibytes(count: int) -> str:
    """Bytes in MiB; empty for none."""
    return f"{count // _MEBIBYTE:,} MiB" if count else ""
