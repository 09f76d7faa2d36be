"""The text of a page: its rows as lines, and the lines that belong together as paragraphs."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from extents import Extents, extents
from quads import Boxes
from reading_order import Block

APART = 0.5
"""A paragraph ends where the gap below is wider than the block's usual one by so many heights."""
OTHER_SIZE = 1.35
"""A line whose letters are so many times as large as the next one's is a heading."""
INDENT = 0.8
"""A line that begins so many heights further in than the one above begins a paragraph."""
SHORT = 0.75
"""A sentence that ends before this part of the block's width ends the paragraph."""
SENTENCE_ENDS = (".", "!", "?", ":", "\N{IDEOGRAPHIC FULL STOP}", "\uff01", "\uff1f", "\uff1a")
_WIDE_COMMA = re.compile("([\u3001\uff0c\uff1b]) ")
UNSPACED = (("\u2e80", "\u9fff"), ("\uf900", "\ufaff"), ("\uff00", "\uffef"), ("\u3000", "\u303f"))
"""Letters that are written without spaces between words: Chinese and Japanese."""


def text_of(blocks: Sequence[Block], texts: Mapping[int, str]) -> str:
    """One line for each row of which something is read; a space between its cells."""
    rows = (_row(row, texts) for block in blocks for row in block.rows)
    return "\n".join(row for row in rows if row)


def paragraphs(boxes: Boxes, blocks: Sequence[Block], texts: Mapping[int, str]) -> list[str]:
    """The text by paragraphs, in reading order; rows of cells stay lines of theirs."""
    found: list[str] = []
    page = extents(boxes) if len(boxes) else None
    for block in blocks:
        rows = [[line for line in row if texts.get(line)] for row in block.rows]
        rows = [row for row in rows if row]
        if page is None or not rows:
            continue
        gaps = _gaps(page, rows)
        usual = float(np.median(gaps)) if gaps else 0.0
        found.append(_row(rows[0], texts))
        for above, row, gap in zip(rows, rows[1:], gaps, strict=False):
            text = _row(row, texts)
            if _is_apart(page, rows, above, row, gap - usual) or _ends(page, rows, above, texts):
                found.append(text)
            elif len(above) > 1 or len(row) > 1:
                found[-1] += "\n" + text
            else:
                found[-1] = _continued(found[-1], text)
    return found


def _row(row: Sequence[int], texts: Mapping[int, str]) -> str:
    cells = " ".join(texts[line] for line in row if texts.get(line))
    # The white behind a comma as wide as a letter is its own.
    return _WIDE_COMMA.sub(r"\1", cells)


def _gaps(page: Extents, rows: Sequence[Sequence[int]]) -> list[float]:
    """The distances between the middles of rows that follow each other, in heights."""
    middles = [page.middle[list(row)].mean() for row in rows]
    heights = [page.height[list(row)].mean() for row in rows]
    return [
        float((below - above) / min(height, next_height))
        for above, below, height, next_height in zip(
            middles, middles[1:], heights, heights[1:], strict=False
        )
    ]


def _is_apart(
    page: Extents,
    rows: Sequence[Sequence[int]],
    above: Sequence[int],
    row: Sequence[int],
    gap: float,
) -> bool:
    """Whether a row doesn't go on with the one above, by its place and size."""
    sizes = page.height[list(above)].mean() / page.height[list(row)].mean()
    if gap > APART or not 1 / OTHER_SIZE < sizes < OTHER_SIZE:
        return True
    margin = min(float(page.left[other[0]]) for other in rows)
    height = float(page.height[row[0]])
    inset, inset_above = float(page.left[row[0]]) - margin, float(page.left[above[0]]) - margin
    return inset - inset_above > INDENT * height and inset_above < INDENT * height / 2


def _ends(
    page: Extents, rows: Sequence[Sequence[int]], row: Sequence[int], texts: Mapping[int, str]
) -> bool:
    """Whether a row is the short last line of a paragraph."""
    margin = min(float(page.left[other[0]]) for other in rows)
    width = max(float(page.right[other[-1]]) for other in rows) - margin
    reaches = float(page.right[row[-1]]) - margin
    return texts[row[-1]].endswith(SENTENCE_ENDS) and reaches < SHORT * width


def _continued(text: str, line: str) -> str:
    """A paragraph with one more line: Chinese, Japanese and divided words take no space."""
    divided = text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower()
    if divided or (_is_unspaced(text[-1:]) and _is_unspaced(line[:1])):
        return text + line
    return f"{text} {line}"


def _is_unspaced(letter: str) -> bool:
    return any(first <= letter <= last for first, last in UNSPACED)
