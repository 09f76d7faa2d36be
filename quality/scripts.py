"""The command `scripts`: pages in scripts that a model doesn't know say so, and no others do."""

import argparse
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import skimage.data
from PIL import Image, ImageDraw
from rich.console import Console
from rich.table import Table

from quality.conditions import CONDITIONS, Pixels
from quality.fonts import FONTS, MINIMAL_FONT, Font, installed
from quality.pages import MOST_FONTS, Page, make_page, make_receipt
from quality.reading import MODELS, newest_version, reader
from quality.report import write_json, write_sheet
from quality.texts import (
    LANGUAGES,
    RECEIPT_LANGUAGES,
    TEXT_SETS,
    TextSet,
    foreign,
    sentences,
    signs,
)

CODE: Final = "script_not_readable"
UNKNOWN: Final = frozenset(("ar", "el", "hi", "he", "hy", "ka", "ru", "th", "uk", "vi"))
"""Languages with letters that the text model doesn't know."""
SIZES: Final = (18, 22, 26, 34)
USED: Final = ("clean", "jpeg-30", "noise", "jpeg-30", "paper")
MOST_LINES: Final = 6
FOREIGN_PAGES, MIXED_PAGES, PAGES, SIGN_PAGES, RECEIPT_PAGES = 4, 2, 6, 12, 4
"""So many of each further language, by itself and as one line among English ones, of each language
that is read, of code, prices and addresses, and of receipts in each language."""
PHOTOS: Final = ("page",)
"""Of scikit-image: a printed page."""


@dataclass(frozen=True)
class Noted:
    """A page and whether it was said of it that it cannot be read."""

    page: str
    kind: str
    is_unknown: bool
    """Whether it has letters that the model doesn't know."""
    is_noted: bool
    text: str

    @property
    def is_right(self) -> bool:
        """Whether what was said of it is so."""
        return self.is_unknown == self.is_noted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--model", default="ocr")
    parser.add_argument("--version", help="the newest by default")
    parser.add_argument("--set", choices=TEXT_SETS, default="held_out", dest="text_set")
    parser.add_argument("--kind", action="append", help="such as vi or receipts; all by default")
    parser.add_argument("--threads", type=int, default=1)


def measure(arguments: argparse.Namespace, console: Console) -> None:
    """Print the table and write the figures and the pages that went wrong to var/quality."""
    version = arguments.version or newest_version(arguments.model)
    read = reader(arguments.model, version, arguments.threads)
    found: list[Noted] = []
    sheet = []
    for page in pages(arguments.text_set):
        kind = page.layout
        if arguments.kind and kind not in arguments.kind:
            continue
        output = read(page)
        is_noted = any(note.code == CODE for note in output.notes)
        one = Noted(page.name, kind, page.language in UNKNOWN, is_noted, output.text or "")
        found.append(one)
        if not one.is_right:
            sheet.append((f"{kind}: {one.text[:30]!r}", page.pixels))
    _print(console, found)
    name = f"scripts-{version}-{arguments.text_set}"
    console.print(str(write_json(name, [asdict(one) for one in found])))
    if sheet:
        console.print(str(write_sheet(name, sheet)))


def _print(console: Console, found: Sequence[Noted]) -> None:
    table = Table("", "pages", "noted", "wrong", title="Pages that say that they cannot be read")
    for kind in dict.fromkeys(one.kind for one in found):
        some = [one for one in found if one.kind == kind]
        noted, wrong = sum(one.is_noted for one in some), sum(not one.is_right for one in some)
        table.add_row(kind, str(len(some)), str(noted), f"{wrong} !" if wrong else "0")
    console.print(table)
    unknown = [one for one in found if one.is_unknown]
    known = [one for one in found if not one.is_unknown]
    console.print(
        f"False notes on {sum(one.is_noted for one in known)} of {len(known)} pages, "
        f"missing ones on {sum(not one.is_noted for one in unknown)} of {len(unknown)}."
    )


def pages(text_set: TextSet) -> Iterator[Page]:
    """Pages of one to six lines, receipts, tables and photos; `layout` says what of."""
    english = sentences("en", text_set)
    for language, lines in foreign(text_set).items():
        has_own = any(language in font.languages for font in FONTS)
        fonts = installed(language) if has_own else [MINIMAL_FONT]
        yield from _pages(language, language, lines, fonts, FOREIGN_PAGES)
        if language in UNKNOWN and fonts:
            yield from _mixed(language, lines, english, fonts[0])
    for language in LANGUAGES:
        fonts = installed(language)[:MOST_FONTS]
        yield from _pages(language, language, sentences(language, text_set), fonts, PAGES)
        for font in fonts[:1]:
            page = make_page(language, "table", font, 24, condition="clean", text_set=text_set)
            yield _of_kind(page, "tables")
    yield from _pages("en", "signs", signs(text_set), installed("en"), SIGN_PAGES)
    for language in RECEIPT_LANGUAGES:
        for number in range(RECEIPT_PAGES if installed(language) else 0):
            # Of each kind one; the seeds are those of no other command.
            page = make_receipt(language, text_set, 10_000 + 11 * number)
            yield _of_kind(page, "receipts")
    for name in PHOTOS:
        yield _photo(
            name, np.asarray(Image.fromarray(getattr(skimage.data, name)()).convert("RGB"))
        )
    with Image.open(MODELS / "ocr" / "sample.jpg") as sample:
        yield _photo("sample", np.asarray(sample.convert("RGB")))


def _of_kind(page: Page, kind: str) -> Page:
    return Page(page.language, kind, page.font, page.size, page.condition, page.pixels, page.lines)


def _photo(name: str, pixels: Pixels) -> Page:
    return Page("en", "photos", name, 0, "clean", pixels, ())


def _pages(
    language: str, kind: str, lines: Sequence[str], fonts: Sequence[Font], count: int
) -> Iterator[Page]:
    random = np.random.default_rng(zlib.crc32(f"scripts-{kind}".encode()))
    for number in range(count if fonts else 0):
        some = random.permutation(lines)[: 1 + number % MOST_LINES].tolist()
        font = fonts[int(random.integers(len(fonts)))]
        yield _page(language, kind, [(line, font) for line in some], number, random)


def _mixed(
    language: str, lines: Sequence[str], english: Sequence[str], font: Font
) -> Iterator[Page]:
    """One line of a language among English ones."""
    random = np.random.default_rng(zlib.crc32(f"mixed-{language}".encode()))
    for number in range(MIXED_PAGES):
        some = [(line, MINIMAL_FONT) for line in random.permutation(english)[:4].tolist()]
        some.insert(int(random.integers(5)), (str(random.choice(lines)), font))
        yield _page(language, "one line among English", some, number, random)


def _page(
    language: str,
    kind: str,
    lines: Sequence[tuple[str, Font]],
    number: int,
    random: np.random.Generator,
) -> Page:
    size = int(random.choice(SIZES))
    condition = USED[number % len(USED)]
    pixels = CONDITIONS[condition](_drawn(lines, size), random)
    texts = [text for text, _ in lines]
    return Page(language, kind, lines[0][1].name, size, condition, pixels, texts)


def _drawn(lines: Sequence[tuple[str, Font]], size: int) -> Pixels:
    longest = max(font.at(size).getlength(text) for text, font in lines)
    width, height = 3 * size + int(longest), int(size * (1.7 * len(lines) + 2))
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for index, (text, font) in enumerate(lines):
        place = size, size * (0.8 + 1.7 * index)
        draw.text(place, text, font=font.at(size), fill="black")
    return np.asarray(image, np.uint8)
