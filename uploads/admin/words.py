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


_BROWSERS: Final = (
    *(("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet")),
    *(("Firefox", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari")),
)
_SYSTEMS: Final = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def client_in_words(client: str) -> str:
    """A browser and its system by their names; another program as it names itself."""
    if not client.startswith("Mozilla/"):
        return client
    names = [
        next((name for mark, name in known if mark in client), "")
        for known in (_BROWSERS, _SYSTEMS)
    ]
    return " on ".join(name for name in names if name) or client
