"""Pages of text whose right reading is known, drawn the same in every run."""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from quality import layouts
from quality.conditions import CONDITIONS, Pixels, turn_of
from quality.fonts import Font, installed
from quality.layouts import Face, Layout
from quality.receipts import KINDS, made_receipt
from quality.texts import LANGUAGES, RECEIPT_LANGUAGES, TextSet, receipt, sentences

SIZES = (16, 24, 32)
LINES = 10
LAYOUTS: Final[Mapping[str, Callable[[Sequence[str], Face], Layout]]] = {
    "plain": layouts.plain,
    "two-columns": layouts.two_columns,
    "narrow-columns": layouts.narrow_columns,
    "three-columns": layouts.three_columns,
    "heading": layouts.headed,
    "caption": layouts.captioned,
    "table": layouts.table,
}
MOST_FONTS = 4
MADE_RECEIPT = "made-receipt"
RECEIPTS = 40
"""So many of each language are made up."""
RECEIPT_CONDITIONS = (
    *("clean", "noise", "paper", "jpeg-30", "tilted-4", "tilted-8", "tilted-15"),
    *("turned-90", "turned-180", "inverse"),
)


@dataclass(frozen=True)
class Page:
    """A page and what a person reads on it."""

    language: str
    layout: str
    font: str
    size: int
    """Of the letters, in pixels."""
    condition: str
    pixels: Pixels
    """(H, W, 3), RGB."""
    lines: Sequence[str]
    """In reading order."""
    amounts: Sequence[tuple[str, str]] = ()
    """Of a receipt: each item with its amount."""

    @property
    def name(self) -> str:
        """Tells it from every other page of its set."""
        return f"{self.language}-{self.layout}-{self.font}-{self.size}-{self.condition}"

    @property
    def turn(self) -> int:
        """By how many degrees clockwise it is turned."""
        return turn_of(self.condition)

    def with_pixels(self, pixels: Pixels) -> "Page":
        """The same page otherwise drawn."""
        return replace(self, pixels=pixels)


def all_pages(
    text_set: TextSet, languages: Sequence[str] = LANGUAGES, seed: int = 0
) -> Iterator[Page]:
    """Every page: fonts by sizes, then every condition and layout in a language's first font.

    Receipts come last.
    """
    for language in languages:
        fonts = installed(language)[:MOST_FONTS]
        for font in fonts:
            for size in SIZES:
                yield make_page(language, "plain", font, size, condition="clean", text_set=text_set)
        for font in fonts[:1]:
            for condition in list(CONDITIONS)[1:]:
                yield make_page(language, "plain", font, 24, condition=condition, text_set=text_set)
            for layout in list(LAYOUTS)[1:]:
                yield make_page(language, layout, font, 24, condition="clean", text_set=text_set)
            yield make_page(
                language, "two-columns", font, 24, condition="turned-180", text_set=text_set
            )
        if language in RECEIPT_LANGUAGES:
            yield from receipts(language, text_set, seed)


def receipts(language: str, text_set: TextSet, seed: int = 0) -> Iterator[Page]:
    """A language's receipts: one that somebody wrote, others that are made up from the seed."""
    for font in installed(language)[:1]:
        for size in SIZES:
            yield make_page(language, "receipt", font, size, condition="clean", text_set=text_set)
        for condition in ("noise", "paper", "tilted-4", "tilted-8", "tilted-15", "turned-180"):
            yield make_page(language, "receipt", font, 24, condition=condition, text_set=text_set)
        for number in range(RECEIPTS):
            yield make_receipt(language, text_set, seed * RECEIPTS + number)


def few_pages(text_set: TextSet) -> Iterator[Page]:
    """One page of each language and one receipt, for the tests."""
    for language in LANGUAGES:
        for font in installed(language)[:1]:
            yield make_page(language, "plain", font, 24, condition="clean", text_set=text_set)
    for font in installed("ko")[:1]:
        yield make_page("ko", "receipt", font, 24, condition="tilted-4", text_set=text_set)


def make_page(
    language: str,
    layout: str,
    font: Font,
    size: int,
    *,
    condition: str,
    text_set: TextSet,
    lines: int = LINES,
    seed: int = 0,
) -> Page:
    """Draw one page of so many sentences; another seed gives other ones.

    Raises:
        FileNotFoundError: the font is not installed.
        KeyError: there is no such condition or layout.
    """
    name = f"{language}-{layout}-{font.name}-{size}-{condition}-{text_set}"
    random = np.random.default_rng(zlib.crc32(name.encode()) + seed)
    placed = _layout(language, layout, font.at(size), text_set, random, lines=lines)
    pixels = CONDITIONS[condition](_drawn(placed, font, size), random)
    amounts: list[tuple[str, str]] = []
    if layout == "receipt":
        amounts = [(row[0], row[1]) for row in receipt(language, text_set) if len(row) == 2]
    return Page(language, layout, font.name, size, condition, pixels, placed.lines, amounts)


def make_receipt(language: str, text_set: TextSet, seed: int) -> Page:
    """A receipt like no other: its goods and prices, font, size and condition.

    Raises:
        ValueError: no font of the language is installed.
    """
    random = np.random.default_rng(seed)
    fonts = installed(language)[:MOST_FONTS]
    font, size = fonts[int(random.integers(len(fonts)))], int(random.choice(SIZES))
    condition = RECEIPT_CONDITIONS[seed % len(RECEIPT_CONDITIONS)]
    kind = KINDS[seed // len(RECEIPT_CONDITIONS) % len(KINDS)]
    rows = made_receipt(language, text_set, random, kind)
    placed = layouts.receipt(rows, font.at(size))
    pixels = CONDITIONS[condition](_drawn(placed, font, size), random)
    amounts = [(row[0], row[1]) for row in rows if len(row) == 2]
    layout = f"{MADE_RECEIPT}-{kind}-{seed}"
    return Page(language, layout, font.name, size, condition, pixels, placed.lines, amounts)


def _layout(
    language: str,
    layout: str,
    face: Face,
    text_set: TextSet,
    random: np.random.Generator,
    *,
    lines: int,
) -> Layout:
    if layout == "receipt":
        return layouts.receipt(receipt(language, text_set), face)
    known = sentences(language, text_set)
    first = int(random.integers(len(known)))
    # Other sentences on each page, so that a set's every sentence is read.
    return LAYOUTS[layout]([*known[first:], *known[:first]][:lines], face)


def _drawn(layout: Layout, font: Font, size: int) -> Pixels:
    image = Image.new("RGB", (layout.width, layout.height), "white")
    draw = ImageDraw.Draw(image)
    for left, top, right, bottom in layout.pictures:
        _draw_picture(draw, left, top, right, bottom)
    for row in layout.rows:
        for placed in row:
            face = font.at(round(1.6 * size) if placed.enlarged else size)
            draw.text((placed.x, placed.y), placed.text, fill="black", font=face)
    return np.asarray(image, np.uint8)


def _draw_picture(draw: ImageDraw.ImageDraw, left: int, top: int, right: int, bottom: int) -> None:
    """A hill under a sun: something that is no text."""
    draw.rectangle((left, top, right, bottom), fill=(150, 190, 225))
    third = (right - left) // 3
    draw.ellipse((right - third, top + third // 3, right - third // 3, top + third), fill="gold")
    draw.polygon([(left, bottom), (left + third, top + third), (right, bottom)], fill=(70, 120, 70))
