"""The sign of a trade mark, which the recogniser reads twice at times, or its M once more."""

import re

SIGN = "\N{TRADE MARK SIGN}"
_READ = re.compile(rf" ?{SIGN}+(?:M(?![A-Za-z]))?")
_JOINED = re.compile(rf"{SIGN}(?=[A-Za-z])")


def with_trade_marks(text: str) -> str:
    """A line's text with each sign once, behind its name, and a space before the next word."""
    return _JOINED.sub(f"{SIGN} ", _READ.sub(SIGN, text))
