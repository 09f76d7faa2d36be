"""Where the server is, when nobody says: the one that `make run` has started from this checkout."""

import contextlib
import json
import os
from pathlib import Path

DEFAULT_URL = "http://127.0.0.1:8000"

_CHECKOUT = Path(__file__).resolve().parent.parent
LOCK_FILE = Path("var", "up.lock")
"""Written by `manage.py up` below the checkout: `{"pid": 123, "address": "http://…" | null}`."""


def running_server(checkout: Path = _CHECKOUT) -> str:
    """The address that the running server has written down; DEFAULT_URL where none runs."""
    try:
        holder = json.loads((checkout / LOCK_FILE).read_text(encoding="utf-8"))
        address = holder["address"]
        with contextlib.suppress(PermissionError):  # it lives, and is somebody else's
            os.kill(holder["pid"], 0)
    except (OSError, ValueError, TypeError, KeyError, OverflowError):
        return DEFAULT_URL
    return address if isinstance(address, str) else DEFAULT_URL
