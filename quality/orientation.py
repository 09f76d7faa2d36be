"""The command `orientation`: which way up pages of three and more lines are taken to lie."""

import argparse
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table

from quality.conditions import Pixels, turned
from quality.fonts import installed
from quality.pages import LAYOUTS, MOST_FONTS, SIZES, Page, make_page, make_receipt
from quality.reading import first_partial, newest_version
from quality.report import write_json, write_sheet
from quality.texts import LANGUAGES, RECEIPT_LANGUAGES, TEXT_SETS, TextSet

LINES: Final = (3, 4, 6)
"""Of plain pages: the fewer, the less there is to tell by."""
CONDITIONS: Final = ("clean", "noise", "jpeg-30", "paper", "inverse", "tilted-4", "tilted-8")
TURNS: Final = (0, 90, 180, 270)
PLAIN: Final = 40
"""So many plain pages of each language."""
RECEIPTS: Final = 20
"""So many receipts of each language that has some."""


@dataclass(frozen=True)
class Turned:
    """A page and what was made of it."""

    page: str
    language: str
    layout: str
    turn: int
    """By how many degrees clockwise it was turned."""
    found: int
    """By how many it was turned back, clockwise."""

    @property
    def is_right(self) -> bool:
        """Whether it stands upright now."""
        return (self.turn + self.found) % 360 == 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--model", default="ocr")
    parser.add_argument("--version", help="the newest by default")
    parser.add_argument("--set", choices=TEXT_SETS, default="held_out", dest="text_set")
    parser.add_argument("--language", choices=LANGUAGES, action="append", help="all by default")
    parser.add_argument("--threads", type=int, default=1)


def measure(arguments: argparse.Namespace, console: Console) -> None:
    """Print the table and write the figures, and the pages that were wrong, to var/quality."""
    version = arguments.version or newest_version(arguments.model)
    look = first_partial(arguments.model, version, arguments.threads)
    found: list[Turned] = []
    wrong: list[tuple[str, Pixels]] = []
    for page, turn in turned_pages(arguments.text_set, arguments.language or LANGUAGES):
        back = turned_back(look(page))
        found.append(Turned(page.name, page.language, page.layout, turn, back))
        if not found[-1].is_right:
            wrong.append((f"{turn} {page.name}", page.pixels))
            console.print(f"Turned by {turn}, turned back by {back}: {page.name}")
    _print(console, found)
    name = f"orientation-{version}-{arguments.text_set}"
    console.print(str(write_json(name, [asdict(one) for one in found])))
    if wrong:
        console.print(str(write_sheet(name, wrong)))


def turned_back(partial: Any) -> int:
    """By how many degrees clockwise a page was turned, by the first partial result.

    The boxes of its lines begin where their text does, and go on along it.
    """
    edges = np.zeros(2)
    for region in (partial or {}).get("regions", ()):
        first, second = np.array(region["polygon"][:2], np.float64)
        edges += second - first
    angle = float(np.degrees(np.arctan2(edges[1], edges[0])))
    return round(-angle / 90) % 4 * 90


def turned_pages(text_set: TextSet, languages: Sequence[str]) -> Iterator[tuple[Page, int]]:
    """Pages of every kind, each with the degrees by which it is turned clockwise."""
    for language in languages:
        for number, page in enumerate(_upright(language, text_set)):
            turn = TURNS[number % len(TURNS)]
            yield page.with_pixels(turned(page.pixels, turn // 90)), turn


def _upright(language: str, text_set: TextSet) -> Iterator[Page]:
    random = np.random.default_rng(zlib.crc32(f"orientation-{language}-{text_set}".encode()))
    fonts = installed(language)[:MOST_FONTS]
    if not fonts:
        return
    for number in range(PLAIN):
        yield make_page(
            language,
            "plain",
            fonts[int(random.integers(len(fonts)))],
            SIZES[int(random.integers(len(SIZES)))],
            condition=CONDITIONS[int(random.integers(len(CONDITIONS)))],
            text_set=text_set,
            lines=LINES[number % len(LINES)],
            seed=number,
        )
    for layout in list(LAYOUTS)[1:]:
        for size in SIZES:
            yield make_page(language, layout, fonts[0], size, condition="clean", text_set=text_set)
    if language in RECEIPT_LANGUAGES:
        receipts = (make_receipt(language, text_set, number) for number in range(4 * RECEIPTS))
        upright = [page for page in receipts if not page.turn]
        yield from upright[:RECEIPTS]


def _print(console: Console, found: Sequence[Turned]) -> None:
    table = Table("", *LANGUAGES, "all", title="Right way up, of pages")
    for turn in TURNS:
        table.add_row(f"turned by {turn}", *_cells([one for one in found if one.turn == turn]))
    table.add_row("all", *_cells(found))
    console.print(table)
    right = sum(one.is_right for one in found)
    console.print(f"{right} of {len(found)} pages, {100 * right / max(1, len(found)):.1f} %.")


def _cells(found: Sequence[Turned]) -> Iterator[str]:
    for language in (*LANGUAGES, "all"):
        some = [one for one in found if language in (one.language, "all")]
        yield f"{sum(one.is_right for one in some)} of {len(some)}" if some else "-"
