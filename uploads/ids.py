"""Ids as people type them and addresses carry them."""

from typing import Final

LARGEST: Final = (1 << 63) - 1
_MOST_DIGITS: Final = len(str(LARGEST))


def id_in(text: str) -> int | None:
    """The id that a text is; None: it is none that a row could have."""
    # Python reads no number of thousands of digits, which an address has room for.
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return None
    number = int(text)
    return number if number <= LARGEST else None
