"""The command `scripts`: pages in scripts that a model doesn't know say so, and no others do."""

import argparse
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageDraw
from rich.console import Console
from rich.table import Table

from quality.conditions import CONDITIONS, Pixels
from quality.fonts import MINIMAL_FONT, Font, installed
from quality.pages import MOST_FONTS, Page
from quality.reading import newest_version, reader
from quality.report import write_json
from quality.texts import LANGUAGES, TEXT_SETS, TextSet, foreign, sentences

CODE: Final = "script_not_readable"
SIZES: Final = (18, 22, 26, 34)
USED: Final = ("clean", "jpeg-30", "noise", "jpeg-30", "paper")
MOST_LINES: Final = 6
FOREIGN_PAGES, PAGES = 10, 40
"""So many of a further language and of one that is read."""


@dataclass(frozen=True)
class Noted:
    """A page and whether it was said of it that it cannot be read."""

    page: str
    language: str
    is_noted: bool
    text: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--model", default="ocr")
    parser.add_argument("--version", help="the newest by default")
    parser.add_argument("--set", choices=TEXT_SETS, default="held_out", dest="text_set")
    parser.add_argument("--language", action="append", help="all by default")
    parser.add_argument("--threads", type=int, default=1)


def measure(arguments: argparse.Namespace, console: Console) -> None:
    """Print the table and write the figures to var/quality."""
    version = arguments.version or newest_version(arguments.model)
    read = reader(arguments.model, version, arguments.threads)
    found: list[Noted] = []
    for page in pages(arguments.text_set, arguments.language or ()):
        output = read(page)
        is_noted = any(note.code == CODE for note in output.notes)
        found.append(Noted(page.name, page.language, is_noted, output.text or ""))
    table = Table("language", "pages", "noted", title="Pages that say that they cannot be read")
    for language in dict.fromkeys(one.language for one in found):
        some = [one.is_noted for one in found if one.language == language]
        table.add_row(language, str(len(some)), str(sum(some)))
    console.print(table)
    name = f"scripts-{version}-{arguments.text_set}"
    console.print(str(write_json(name, [asdict(one) for one in found])))


def pages(text_set: TextSet, languages: Sequence[str] = ()) -> Iterator[Page]:
    """Pages of one to six lines, further languages first; no languages: all."""
    for language, lines in foreign(text_set).items():
        if not languages or language in languages:
            yield from _pages(language, lines, [MINIMAL_FONT], FOREIGN_PAGES)
    for language in LANGUAGES:
        if not languages or language in languages:
            fonts = installed(language)[:MOST_FONTS]
            yield from _pages(language, sentences(language, text_set), fonts, PAGES)


def _pages(
    language: str, lines: Sequence[str], fonts: Sequence[Font], count: int
) -> Iterator[Page]:
    random = np.random.default_rng(zlib.crc32(f"scripts-{language}".encode()))
    for number in range(count if fonts else 0):
        font = fonts[int(random.integers(len(fonts)))]
        size = int(random.choice(SIZES))
        some = random.permutation(lines)[: 1 + number % MOST_LINES].tolist()
        condition = USED[number % len(USED)]
        pixels = CONDITIONS[condition](_drawn(some, font, size), random)
        yield Page(language, f"script-{number}", font.name, size, condition, pixels, some)


def _drawn(lines: Sequence[str], font: Font, size: int) -> Pixels:
    face = font.at(size)
    width = 3 * size + int(max(face.getlength(line) for line in lines))
    image = Image.new("RGB", (width, int(size * (1.7 * len(lines) + 2))), "white")
    draw = ImageDraw.Draw(image)
    for index, line in enumerate(lines):
        draw.text((size, size * (0.8 + 1.7 * index)), line, font=face, fill="black")
    return np.asarray(image, np.uint8)
