"""The command `scenes`: pages as people have them, drawn by a browser in fonts of their own.

Menus, receipts, signs, chats, tables, labels full of signs and more; straight from the screen,
tilted, upside down, and as a phone would take them. Nothing is chosen on `held_out`.
"""

import argparse
import io
import shutil
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

from quality.pages import Page
from quality.reading import Reading, newest_version, reader, readings
from quality.report import write_json, write_sheet
from quality.scene_pages import SCENES, Source
from quality.scene_photos import TAKEN
from quality.scores import normalized
from quality.texts import TEXT_SETS, TextSet

PROGRAMS: Final = ("chromium-headless-shell", "chromium")
ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--hide-scrollbars")
FONTS: Final = {
    "en": ("Liberation Sans", "Liberation Mono", "DejaVu Sans Mono"),
    "ja": ("Noto Sans Mono CJK JP", "WenQuanYi Micro Hei Mono"),
    "ko": ("NanumSquare", "NanumBarunGothic", "NanumSquareRound", "NanumGothicCoding"),
    "ko_en": ("NanumBarunGothic", "NanumSquareRound", "Noto Sans Mono CJK KR"),
}
"""By the languages that are read: fonts in which `ocr` sets no page."""
DOWN: Final = FONTS["ja"][:1]
"""Those in which lines that run down have their marks where they belong."""
KINDS: Final[Sequence[tuple[str, str, Sequence[str]]]] = (
    ("sign", "clean", ("en", "ko", "ja")),
    ("menu", "clean", ("en", "ko", "ja")),
    ("menu", "photo", ("en", "ko", "ja")),
    ("receipt", "tilted-4", ("en", "ko", "ja")),
    ("receipt", "tilted-8", ("en", "ko", "ja")),
    ("receipt", "photo", ("en", "ko", "ja")),
    ("columns", "clean", ("en", "ko", "ja")),
    ("letter", "turned-180", ("en", "ko", "ko_en", "ja")),
    ("letter", "photo", ("en", "ko", "ko_en", "ja")),
    ("chat", "clean", ("en", "ko", "ko_en", "ja")),
    ("table", "clean", ("en", "ko", "ja")),
    ("labels", "clean", ("en", "ko", "ja")),
    ("small", "clean", ("en", "ko", "ko_en", "ja")),
    ("long", "clean", ("en", "ko", "ja")),
    ("vertical", "clean", ("ja",)),
    ("poster", "on-photo", ("en", "ko", "ja")),
)
"""What is shown, how it is taken, and in which languages."""


@dataclass(frozen=True)
class Scene:
    """Which page is drawn."""

    kind: str
    taken: str
    language: str
    text_set: TextSet
    seed: int


LINES: Final = """() => [...document.querySelectorAll(".text, .row")].flatMap((element) => {
  const pieces = [...element.children].map((one) => one.textContent);
  if (element.matches(".row")) return [pieces.join(" ")];
  const lines = new Map();
  const upright = getComputedStyle(element).writingMode === "horizontal-tb";
  const node = element.firstChild;
  for (let at = 0; at < node.length; at += 1) {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    const boxes = range.getClientRects();
    const box = boxes[boxes.length - 1];
    if (!box) continue;
    const key = Math.round(upright ? box.bottom : box.left);
    lines.set(key, (lines.get(key) ?? "") + node.data[at]);
  }
  return [...lines.values()].map((line) => line.trim()).filter(Boolean);
})"""
"""The lines of a page as they are wrapped, in the order in which they are to be read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--set", choices=TEXT_SETS, default="held_out", dest="text_set")
    parser.add_argument("--kind", choices=sorted(SCENES), action="append", help="all by default")
    parser.add_argument("--language", choices=sorted(FONTS), action="append", help="all by default")
    parser.add_argument("--seed", type=int, default=0, help="another one gives other pages")
    parser.add_argument("--threads", type=int, default=1)


def measure(arguments: argparse.Namespace, console: Console) -> None:
    """Print the table and write the figures and the contact sheet to var/quality."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        console.print("Chromium is missing, which draws these pages: nothing is measured.")
        return
    read = reader("ocr", newest_version("ocr"), arguments.threads)
    found, pictures = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        pages = list(_pages(browser, arguments))
        browser.close()
    for page, reading in readings(read, pages):
        wrong = wrong_lines(page.lines, reading.text)
        found.append((reading, wrong, len(page.lines)))
        pictures.append((f"{100 * reading.cer:.1f}% {page.name}", page.pixels))
        console.print(f"{100 * reading.cer:6.1f} %  {page.name}: {len(wrong)} of {len(page.lines)}")
        for line in wrong:
            console.print(f"          not read: {line}", markup=False, highlight=False)
    _print(console, found)
    name = f"scenes-{arguments.text_set}-{arguments.seed}"
    console.print(str(write_json(name, [one.as_json() for one, _, _ in found])))
    console.print(str(write_sheet(name, pictures)))


def wrong_lines(truth: Sequence[str], read: str) -> list[str]:
    """The lines of a page that stand nowhere in what was read, spaces left out."""
    whole = normalized(read).replace(" ", "")
    return [line for line in truth if normalized(line).replace(" ", "") not in whole]


def _pages(browser: Browser, arguments: argparse.Namespace) -> Iterator[Page]:
    for kind, taken, languages in KINDS:
        if kind in (arguments.kind or SCENES):
            for language in languages:
                if language in (arguments.language or FONTS):
                    scene = Scene(kind, taken, language, arguments.text_set, arguments.seed)
                    yield drawn(browser, scene)


def drawn(browser: Browser, scene: Scene) -> Page:
    """The page: the same for the same scene and the same browser."""
    random = np.random.default_rng(zlib.crc32(repr(scene).encode()))
    font = str(random.choice(DOWN if scene.kind == "vertical" else FONTS[scene.language]))
    body = SCENES[scene.kind](Source(scene.language, scene.text_set, random))
    tag = scene.language.removesuffix("_en")
    html = f"""<!doctype html><html lang="{tag}"><style>body{{margin:0;box-sizing:border-box;
font-family:'{font}';background:#fff}}.text,.row{{margin-block:10px}}</style>
<body>{body.replace("FONT", f"'{font}'")}</body></html>"""
    is_over = scene.taken == "on-photo"
    with browser.new_context(viewport={"width": 960, "height": 700}) as context:
        tab = context.new_page()
        tab.set_content(html)
        lines: list[str] = tab.evaluate(LINES)
        png = tab.locator("body").screenshot(omit_background=is_over)
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    below = Image.new("RGBA", picture.size, "black" if is_over else "white")
    below.alpha_composite(picture)
    pixels = TAKEN[scene.taken](np.asarray(below.convert("RGB"), np.uint8), random)
    name = font.replace(" ", "")
    return Page(scene.language, scene.kind, name, scene.seed, scene.taken, pixels, lines)


def _print(console: Console, found: Sequence[tuple[Reading, Sequence[str], int]]) -> None:
    table = Table("", *FONTS, title="characters wrong, % in order (lines wrong of all)")
    for row in dict.fromkeys(f"{one.layout}, {one.condition}" for one, _, _ in found):
        cells = []
        for language in FONTS:
            of_it = [
                each
                for each in found
                if row == f"{each[0].layout}, {each[0].condition}" and each[0].language == language
            ]
            rate = 100 * float(np.mean([one.cer for one, _, _ in of_it])) if of_it else 0
            counts = f"{sum(len(w) for _, w, _ in of_it)} of {sum(n for _, _, n in of_it)}"
            cells.append(f"{rate:.1f} ({counts})" if of_it else "-")
        table.add_row(row, *cells)
    console.print(table)
    wrong, lines = sum(len(each[1]) for each in found), sum(each[2] for each in found)
    rate = 100 * float(np.mean([each[0].cer for each in found]))
    console.print(
        f"{len(found)} pages: {rate:.1f} % of characters, {wrong} of {lines} lines wrong."
    )
