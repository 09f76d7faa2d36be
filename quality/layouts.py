"""Where the text of a page stands: lines, columns, headings, a table, a caption, a receipt."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import ImageFont

Face = ImageFont.FreeTypeFont
MARGIN = 2.0
LEADING = 1.7
"""The distance of two lines, over the size of the letters. So is every other length here."""
GUTTER, NARROW_GUTTER = 2.5, 0.8
PARAGRAPH = 3
"""Sentences to a paragraph."""
CLAUSE_ENDS = ("\N{IDEOGRAPHIC FULL STOP}", "\N{IDEOGRAPHIC COMMA}", "\uff0c", "\uff01", "\uff1f")


@dataclass(frozen=True)
class Placed:
    """A piece of text and its top left corner in pixels."""

    x: int
    y: int
    text: str
    enlarged: bool = False
    """Whether it is set as a heading."""


@dataclass(frozen=True)
class Layout:
    """A page before it is drawn."""

    width: int
    height: int
    rows: Sequence[Sequence[Placed]]
    """In the order in which a person reads them; what stands in one row is one line of text."""
    pictures: Sequence[tuple[int, int, int, int]] = field(default=())
    """Left, top, right and bottom of what is no text."""

    @property
    def lines(self) -> list[str]:
        """The text that a right reading has."""
        return [" ".join(placed.text for placed in row) for row in self.rows]


def plain(texts: Sequence[str], face: Face) -> Layout:
    """One sentence to a line."""
    size, margin = _size(face), round(MARGIN * face.size)
    rows = [
        [Placed(margin, margin + round(LEADING * size * position), text)]
        for position, text in enumerate(texts)
    ]
    width = max(round(face.getlength(text)) for text in texts)
    return Layout(width + 2 * margin, _height(size, len(texts)), rows)


def two_columns(texts: Sequence[str], face: Face) -> Layout:
    """Paragraphs in two columns, the first read to its end before the second."""
    return _columns(texts, face, 2)


def narrow_columns(texts: Sequence[str], face: Face) -> Layout:
    """The same with a gutter that is narrower than the letters are high."""
    return _columns(texts, face, 2, gutter=NARROW_GUTTER)


def three_columns(texts: Sequence[str], face: Face) -> Layout:
    """The same with three columns."""
    return _columns(texts, face, 3)


def headed(texts: Sequence[str], face: Face) -> Layout:
    """A heading across two columns."""
    heading = wrap(texts[0], face, 16 * _size(face))[0]
    return _columns(texts[1:], face, 2, heading)


def captioned(texts: Sequence[str], face: Face) -> Layout:
    """A picture with a few lines beside it, then lines below."""
    size, margin = _size(face), round(MARGIN * face.size)
    side = round(9 * size)
    beside = [line for text in texts[:2] for line in wrap(text, face, 12 * size)]
    left = margin + side + round(1.5 * size)
    rows = [
        [Placed(left, margin + round(LEADING * size * position), line)]
        for position, line in enumerate(beside)
    ]
    below = plain(texts[2:], face)
    top = margin + max(side, round(LEADING * size * len(beside)))
    rows += [
        [Placed(placed.x, placed.y + top - margin + size, placed.text)] for (placed,) in below.rows
    ]
    width = max(below.width, left + 12 * size + margin)
    return Layout(width, top + below.height, rows, [(margin, margin, margin + side, margin + side)])


def table(texts: Sequence[str], face: Face) -> Layout:
    """Three cells to a row: a number, a few words, an amount."""
    size, margin = _size(face), round(MARGIN * face.size)
    rows = []
    for position, text in enumerate(texts):
        words = wrap(text, face, 11 * size)[0]
        y = margin + round(LEADING * size * position)
        amount = f"{position * 37 + 112}"
        right = margin + 19 * size - round(face.getlength(amount))
        rows.append(
            [
                Placed(margin, y, str(position + 1)),
                Placed(margin + 3 * size, y, words),
                Placed(right, y, amount),
            ]
        )
    return Layout(19 * size + 2 * margin, _height(size, len(rows)), rows)


def receipt(entries: Sequence[tuple[str, ...]], face: Face) -> Layout:
    """Headings in the middle, items on the left and amounts flush right."""
    size, margin = _size(face), round(MARGIN * face.size)
    longest = max(sum(map(face.getlength, entry)) for entry in entries)
    width = max(17 * size, round(longest) + size)
    rows = []
    for position, entry in enumerate(entries):
        y = margin + round(LEADING * size * position)
        length = round(face.getlength(entry[-1]))
        if len(entry) == 1:
            rows.append([Placed(margin + (width - length) // 2, y, entry[0])])
        else:
            right = Placed(margin + width - length, y, entry[1])
            rows.append([Placed(margin, y, entry[0]), right])
    return Layout(width + 2 * margin, _height(size, len(rows)), rows)


def wrap(text: str, face: Face, width: int) -> list[str]:
    """Cut a text into lines of so many pixels, at spaces where it has some."""
    space = " " if " " in text else ""
    lines = [""]
    for word in text.split(" ") if space else text:
        longer = f"{lines[-1]}{space}{word}" if lines[-1] else word
        # No line begins with a mark that ends a clause, as is the rule in Chinese and Japanese.
        if lines[-1] and face.getlength(longer) > width and word not in CLAUSE_ENDS:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _columns(
    texts: Sequence[str], face: Face, count: int, heading: str = "", *, gutter: float = GUTTER
) -> Layout:
    size, margin = _size(face), round(MARGIN * face.size)
    width = round(size * (34 if count == 2 else 42) / count)
    paragraphs = [texts[at : at + PARAGRAPH] for at in range(0, len(texts), PARAGRAPH)]
    wrapped = [line for part in paragraphs for line in wrap(_joined(part), face, width)]
    length = -(-len(wrapped) // count)
    top = margin + (round(2.4 * LEADING * size) if heading else 0)
    rows = [
        [
            Placed(
                margin + position // length * (width + round(gutter * size)),
                top + round(LEADING * size * (position % length)),
                line,
            )
        ]
        for position, line in enumerate(wrapped)
    ]
    if heading:
        rows.insert(0, [Placed(margin, margin, heading, enlarged=True)])
    total = count * width + round((count - 1) * gutter * size) + 2 * margin
    return Layout(total, top - margin + _height(size, length), rows)


def _joined(sentences: Sequence[str]) -> str:
    return (" " if any(" " in sentence for sentence in sentences) else "").join(sentences)


def _size(face: Face) -> int:
    return round(face.size)


def _height(size: int, lines: int) -> int:
    return round(size * (LEADING * lines + 2 * MARGIN))
