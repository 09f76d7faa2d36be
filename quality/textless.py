"""The command `textless`: pictures without text are given none, and a few letters are found."""

import argparse
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import skimage.data
from PIL import Image, ImageDraw, ImageFilter
from rich.console import Console
from rich.table import Table

from quality.conditions import CONDITIONS, Pixels
from quality.fonts import installed
from quality.pages import MOST_FONTS, Page
from quality.reading import newest_version, reader
from quality.report import write_json, write_sheet
from quality.texts import TEXT_SETS, TextSet

Draw = Callable[[ImageDraw.ImageDraw, np.random.Generator], None]

SIDE: Final = 480
CROPS: Final = 4
"""So many parts of each photo are looked at beside the whole."""
DRAWINGS: Final = 4
"""So many of each kind are drawn."""
PHOTOS: Final[Mapping[TextSet, Sequence[str]]] = {
    "tuning": ("chelsea", "coffee", "brick", "gravel", "retina", "moon", "cell", "horse"),
    "held_out": (
        *("camera", "rocket", "grass", "immunohistochemistry"),
        *("hubble_deep_field", "microaneurysms"),
    ),
}
"""Of scikit-image: those that show no letter."""
WORDS: Final[Mapping[TextSet, Mapping[str, Sequence[str]]]] = {
    "tuning": {
        "en": ("7", "A", "OK", "12", "No", "B4", "50%", "STOP"),
        "ko": ("한", "가", "끝", "입구"),
        "ja": ("の", "山", "まで"),
        "zh": ("中", "出口"),
    },
    "held_out": {
        "en": ("3", "K", "GO", "48", "Up", "C2", "90%", "Exit"),
        "ko": ("문", "위", "집", "주차"),
        "ja": ("は", "川", "まえ"),
        "zh": ("大", "入口"),
    },
}
CONDITION: Final = ("clean", "noise", "jpeg-30", "paper")
SIZES: Final = (18, 32, 64, 140)


@dataclass(frozen=True)
class Looked:
    """A picture, what stands on it, and what was read."""

    picture: str
    kind: str
    text: str
    read: str
    is_noted: bool


def _squares(draw: ImageDraw.ImageDraw, random: np.random.Generator) -> None:
    half = SIDE // 2
    for x, y in ((0, 0), (half, 0), (0, half), (half, half)):
        draw.rectangle((x, y, x + half, y + half), fill=_color(random))


def _boxes(draw: ImageDraw.ImageDraw, random: np.random.Generator) -> None:
    for _ in range(8):
        draw.rectangle(_corners(random), fill=_color(random))


def _disks(draw: ImageDraw.ImageDraw, random: np.random.Generator) -> None:
    for _ in range(8):
        draw.ellipse(_corners(random), fill=_color(random))


def _stripes(draw: ImageDraw.ImageDraw, random: np.random.Generator) -> None:
    step = int(random.integers(6, 40))
    color = _color(random)
    for x in range(0, SIDE, 2 * step):
        draw.rectangle((x, 0, x + step, SIDE), fill=color)


def _checks(draw: ImageDraw.ImageDraw, random: np.random.Generator) -> None:
    step = int(random.integers(10, 60))
    color = _color(random)
    for x in range(0, SIDE, step):
        for y in range(x // step % 2 * step, SIDE, 2 * step):
            draw.rectangle((x, y, x + step, y + step), fill=color)


def _bars(draw: ImageDraw.ImageDraw, random: np.random.Generator) -> None:
    width = int(random.integers(12, 40))
    for x in range(40, SIDE - width, 2 * width):
        top = int(random.integers(60, 400))
        draw.rectangle((x, top, x + width, SIDE - 40), fill=_color(random))
    draw.line((30, 40, 30, SIDE - 40, SIDE - 30, SIDE - 40), fill="black", width=3)


def _house(draw: ImageDraw.ImageDraw, random: np.random.Generator) -> None:
    left, top = random.integers(60, 160, 2).tolist()
    side = int(random.integers(140, 260))
    draw.rectangle((left, top + side // 2, left + side, top + side), fill=_color(random))
    roof = [(left, top + side // 2), (left + side // 2, top), (left + side, top + side // 2)]
    draw.polygon(roof, fill=_color(random))
    third = side // 3
    draw.rectangle((left + third, top + 2 * third, left + 2 * third, top + side), fill="brown")


def _dots(draw: ImageDraw.ImageDraw, random: np.random.Generator) -> None:
    step = int(random.integers(14, 40))
    color = _color(random)
    for x in range(step, SIDE, step):
        for y in range(step, SIDE, step):
            draw.ellipse((x - step // 4, y - step // 4, x + step // 4, y + step // 4), fill=color)


DRAWN: Final[Mapping[str, Draw]] = {
    "squares": _squares,
    "boxes": _boxes,
    "disks": _disks,
    "stripes": _stripes,
    "checks": _checks,
    "bars": _bars,
    "house": _house,
    "dots": _dots,
}


def _color(random: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = random.integers(0, 256, 3).tolist()
    return red, green, blue


def _corners(random: np.random.Generator) -> tuple[int, int, int, int]:
    left, top = random.integers(0, SIDE - 60, 2).tolist()
    right, bottom = random.integers(20, 220, 2).tolist()
    return left, top, left + right, top + bottom


def _noise(random: np.random.Generator) -> Pixels:
    return random.integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8)


def _clouds(random: np.random.Generator) -> Pixels:
    """Noise at a scale between leaves and clouds."""
    radius = float(random.integers(2, 30))
    grey = Image.fromarray(_noise(random)[..., 0]).filter(ImageFilter.GaussianBlur(radius))
    values = np.asarray(grey, np.float64)
    values = 255 * (values - values.min()) / max(1.0, float(np.ptp(values)))
    return np.repeat(values[..., None], 3, axis=2).astype(np.uint8)


def _gradient(random: np.random.Generator) -> Pixels:
    first, second = np.array(_color(random)), np.array(_color(random))
    share = np.add.outer(np.linspace(0, 0.5, SIDE), np.linspace(0, 0.5, SIDE))[..., None]
    return np.asarray(first + share * (second - first), np.uint8)


MADE: Final[Mapping[str, Callable[[np.random.Generator], Pixels]]] = {
    "noise": _noise,
    "clouds": _clouds,
    "gradient": _gradient,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--model", default="ocr")
    parser.add_argument("--version", help="the newest by default")
    parser.add_argument("--set", choices=TEXT_SETS, default="held_out", dest="text_set")
    parser.add_argument("--threads", type=int, default=1)


def measure(arguments: argparse.Namespace, console: Console) -> None:
    """Print the table and write the figures and the contact sheet to var/quality."""
    version = arguments.version or newest_version(arguments.model)
    read = reader(arguments.model, version, arguments.threads)
    found, sheet = [], []
    for page in (*pictures(arguments.text_set), *words(arguments.text_set)):
        output = read(page)
        text = "".join(page.lines)
        looked = Looked(page.name, page.layout, text, output.text or "", bool(output.notes))
        found.append(looked)
        if looked.read != text or looked.is_noted:
            sheet.append((f"{looked.read!r} {page.layout}", page.pixels))
    table = Table("", "pictures", "right", "nothing read", "noted", title="Pictures without text")
    for kind in dict.fromkeys(one.kind for one in found):
        some = [one for one in found if one.kind == kind]
        right = sum(one.read == one.text for one in some)
        empty = sum(not one.read for one in some)
        table.add_row(kind, *map(str, (len(some), right, empty, sum(o.is_noted for o in some))))
    console.print(table)
    name = f"textless-{version}-{arguments.text_set}"
    console.print(str(write_json(name, [asdict(one) for one in found])))
    if sheet:
        console.print(str(write_sheet(name, sheet)))


def pictures(text_set: TextSet) -> Iterator[Page]:
    """What has no text: drawn, made of noise, and photos with four parts of each."""
    random = np.random.default_rng(zlib.crc32(f"textless-{text_set}".encode()))
    for number in range(DRAWINGS):
        for kind, draw in DRAWN.items():
            image = Image.new("RGB", (SIDE, SIDE), _color(random) if number % 2 else "white")
            draw(ImageDraw.Draw(image), random)
            yield _page(f"{kind}-{number}", "drawn", np.asarray(image, np.uint8))
        for kind, make in MADE.items():
            yield _page(f"{kind}-{number}", "noise", make(random))
    for name in PHOTOS[text_set]:
        photo = np.asarray(Image.fromarray(getattr(skimage.data, name)()).convert("RGB"))
        yield _page(name, "photos", photo)
        for number in range(CROPS):
            height, width = (int(side * random.uniform(0.2, 0.6)) for side in photo.shape[:2])
            top = int(random.integers(photo.shape[0] - height))
            left = int(random.integers(photo.shape[1] - width))
            part = photo[top : top + height, left : left + width]
            yield _page(f"{name}-{number}", "photos", part)


def words(text_set: TextSet) -> Iterator[Page]:
    """A letter, a figure or a word by itself, in several sizes, on white and on colors."""
    random = np.random.default_rng(zlib.crc32(f"words-{text_set}".encode()))
    for language, texts in WORDS[text_set].items():
        fonts = installed(language)[:MOST_FONTS]
        for number, text in enumerate(texts if fonts else ()):
            for size in SIZES:
                font = fonts[int(random.integers(len(fonts)))]
                condition = CONDITION[int(random.integers(len(CONDITION)))]
                face = font.at(size)
                left, top, right, bottom = map(round, face.getbbox(text))
                across, down = right + left + 3 * size, bottom + top + 2 * size
                paper = tuple(random.integers(170, 256, 3).tolist()) if number % 2 else "white"
                image = Image.new("RGB", (max(across, 120), max(down, 80)), paper)
                place = (image.width - right) // 2, (image.height - bottom) // 2
                ImageDraw.Draw(image).text(place, text, font=face, fill="black")
                pixels = CONDITIONS[condition](np.asarray(image, np.uint8), random)
                name = f"words, {size} px"
                yield Page(language, name, font.name, size, condition, pixels, [text])


def _page(name: str, kind: str, pixels: Pixels) -> Page:
    return Page("", kind, name, 0, "clean", pixels, [])
