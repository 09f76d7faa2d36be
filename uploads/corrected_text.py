"""A recognized text with lines as somebody has corrected them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

_BETWEEN: Final = "\0"
"""Between paragraphs, while lines are looked for in them: no text holds it."""


def corrected(output: Mapping[str, Any], lines: Mapping[int, str]) -> dict[str, Any]:
    """A model's output of the kind `text` in which these lines read otherwise.

    `text` and `paragraphs` keep their spaces and breaks where the model's lines are found in them,
    one after the other; else each line is a line of the text. Of each corrected region `original`
    is what the model has read; `corrected_lines` are their places.
    """
    lines = {at: text for at, text in lines.items() if text != output["regions"][at]["text"]}
    if not lines:
        return dict(output)
    regions = [
        {**region, "text": lines[at], "original": region["text"]} if at in lines else region
        for at, region in enumerate(output["regions"])
    ]
    read = [str(region["text"]) for region in output["regions"]]
    text = _replaced(str(output.get("text", "")), read, lines)
    if text is None:
        text = "\n".join(region["text"] for region in regions)
    together = _replaced(_BETWEEN.join(output.get("paragraphs") or ()), read, lines)
    paragraphs = re.split(r"\n\s*\n", text.strip()) if together is None else together.split("\0")
    return {
        **output,
        "text": text,
        "paragraphs": [one for one in paragraphs if one.strip()],
        "regions": regions,
        "corrected_lines": sorted(lines),
    }


def _replaced(whole: str, read: Sequence[str], lines: Mapping[int, str]) -> str | None:
    """A text with lines in the place of those that were read; None: one is not found in it."""
    parts: list[str] = []
    place = 0
    for at, line in enumerate(read):
        found = whole.find(line, place)
        if found < 0:
            if at in lines:
                return None
            continue
        parts += [whole[place:found], lines.get(at, line)]
        place = found + len(line)
    return "".join((*parts, whole[place:]))
