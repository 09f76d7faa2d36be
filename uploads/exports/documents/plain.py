"""Recognized text as text and as Markdown."""

import re
from collections.abc import Mapping
from typing import Any, Final

_INLINE: Final = re.compile(r"([\\`*_\[\]<>&|~])")
_AT_BEGIN: Final = re.compile(r"([#+\-=]|\d{1,9}(?=[.)]))")


def text(output: Mapping[str, Any]) -> str:
    """The text, ended by a line break."""
    return f"{output.get('text', '')}\n"


def markdown(output: Mapping[str, Any]) -> str:
    """The text by paragraphs; nothing in it is a mark (CommonMark, 2.4)."""
    paragraphs = output.get("paragraphs") or [str(output.get("text", ""))]
    return "\n\n".join(_escaped(str(one)) for one in paragraphs) + "\n"


def _escaped(paragraph: str) -> str:
    return "\n".join(map(_escaped_line, filter(None, map(str.strip, paragraph.splitlines()))))


def _escaped_line(line: str) -> str:
    line = _INLINE.sub(r"\\\1", line)
    begin = _AT_BEGIN.match(line)
    if begin is None:
        return line
    # A number's mark is what follows it.
    at = begin.end() if begin[0].isdigit() else 0
    return f"{line[:at]}\\{line[at:]}"
