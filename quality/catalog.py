"""The command `catalog`: how well models of the catalog do that were added by `models add`."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table
from skimage import data

from quality.conditions import Pixels
from quality.cutouts import OUTLINES
from quality.fonts import installed
from quality.orientation import turned_pages
from quality.pages import make_page
from quality.photos import PhotoMissing, photo
from quality.report import write_json, write_sheet
from quality.served import Answer, Served, served
from quality.texts import LANGUAGES

REPOSITORY: Final = Path(__file__).resolve().parents[1] / "models"
EDGE: Final = 8
"""Pixels along the edges of an enlarged picture that are not compared."""
NAMED: Final = {
    "biden": ("suit", "Windsor tie"),
    "camera": ("tripod", "reflex camera"),
    "chelsea": ("tabby", "tiger cat", "Egyptian cat"),
    "china": ("palace", "monastery", "stupa"),
    "clock": ("analog clock", "wall clock"),
    "coffee": ("espresso", "cup", "coffee mug"),
    "flower": ("daisy",),
    "koala": ("koala",),
    "motorcycle": ("moped", "motor scooter"),
    "obama": ("suit", "Windsor tie"),
    "panda": ("giant panda",),
    "polar_bear": ("ice bear",),
    "rocket": ("missile", "projectile", "space shuttle"),
    "scarlet_macaw": ("macaw",),
}
"""Names out of ImageNet's that a person would accept, written down before any was given."""
MORE_PHOTOS: Final[Mapping[str, Callable[[], Any]]] = {
    "clock": data.clock,
    "coins": data.coins,
    "moon": data.moon,
    "motorcycle": lambda: data.stereo_motorcycle()[0],  # type: ignore[no-untyped-call]
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--repository", type=Path, default=REPOSITORY)
    parser.add_argument("--model", choices=MEASURES, action="append", help="all by default")


def measure(arguments: argparse.Namespace, console: Console) -> None:
    """Print a table for each model, and write its figures and contact sheet to var/quality."""
    taken = Table("", "CPU s", "MiB", title="One picture, two threads")
    for name in arguments.model or MEASURES:
        if not (arguments.repository / name).is_dir():
            console.print(f"Without {name}: `manage.py models add {name}` adds it.")
            continue
        with served(name, arguments.repository) as model:
            answers = MEASURES[name](name, model, console)
        seconds = float(np.median([one.cpu_seconds for one in answers]))
        taken.add_row(name, f"{seconds:.2f}", f"{max(one.mebibytes for one in answers):.0f}")
    console.print(taken)


def _enlarging(name: str, model: Served, console: Console) -> list[Answer]:
    """Halved pictures, enlarged again: how near they come to what they were, beside Lanczos."""
    table = Table("picture", "Lanczos, dB", f"{name}, dB", "CPU s a megapixel", title=name)
    answers, figures, pictures = [], [], []
    for title, picture in _pictures():
        height, width = (side // 2 * 2 for side in picture.shape[:2])
        whole = picture[:height, :width]
        half = _resized(whole, (width // 2, height // 2), Image.Resampling.BICUBIC)
        plain = _resized(half, (width, height), Image.Resampling.LANCZOS)
        answer = model.ask(half, scale=2)
        assert answer.picture is not None  # noqa: S101  # for the type checker
        decibels = [nearness(one, whole) for one in (plain, answer.picture)]
        cost = answer.cpu_seconds / (half.shape[0] * half.shape[1]) * 1e6
        table.add_row(title, *(f"{one:.1f}" for one in decibels), f"{cost:.1f}")
        figures.append({"picture": title, "lanczos": decibels[0], name: decibels[1], "cost": cost})
        answers.append(answer)
        pixels = _resized(half, (width, height), Image.Resampling.NEAREST)
        shown = {"half": pixels, "Lanczos": plain, name: answer.picture, title: whole}
        pictures += [(caption, _middle(one)) for caption, one in shown.items()]
    console.print(table)
    console.print(str(write_json(name, figures)), str(write_sheet(name, pictures)))
    return answers


def _orientation(name: str, model: Served, console: Console) -> list[Answer]:
    """Pages turned by each right angle."""
    answers, figures, wrong = [], [], []
    for page, turn in turned_pages("held_out", LANGUAGES):
        answers.append(model.ask(page.pixels))
        label, score = (answers[-1].output["labels"][0][key] for key in ("label", "score"))
        figures.append({"page": page.name, "turn": turn, "told": label, "score": score})
        if label != str(turn):
            wrong.append((f"{turn}, told {label} {score:.2f} {page.name}", page.pixels))
    console.print(f"{name}: {len(answers) - len(wrong)} of {len(answers)} pages right.")
    for caption, _ in wrong:
        console.print(caption)
    console.print(str(write_json(name, figures)))
    if wrong:
        console.print(str(write_sheet(name, wrong)))
    return answers


def _names(name: str, model: Served, console: Console) -> list[Answer]:
    """Photos, and whether a name is among the first that a person would give."""
    table = Table("photo", "its first three names", "right", title=name)
    answers, figures, pictures = [], [], []
    for title, pixels in _photos(console):
        answers.append(model.ask(pixels))
        labels = answers[-1].output["labels"]
        told = [one["label"] for one in labels]
        first = next((told.index(one) for one in told if one in NAMED.get(title, ())), None)
        place = "no name" if title not in NAMED else "-" if first is None else str(first + 1)
        table.add_row(title, _shown(labels[:3]), place)
        figures.append({"photo": title, "labels": labels, "place": place})
        pictures.append((f"{told[0]} {labels[0]['score']:.2f}", pixels))
    console.print(table)
    places = [one["place"] for one in figures if one["place"] != "no name"]
    console.print(
        f"{places.count('1')} of {len(places)} by the first name, "
        f"{len(places) - places.count('-')} by one of five."
    )
    console.print(str(write_json(name, figures)), str(write_sheet(name, pictures)))
    return answers


def _harmless(name: str, model: Served, console: Console) -> list[Answer]:
    """Photos that nobody would keep back: how high their scores are."""
    answers, figures, pictures = [], [], []
    for title, pixels in _photos(console):
        answers.append(model.ask(pixels))
        scores = {one["label"]: one["score"] for one in answers[-1].output["labels"]}
        figures.append({"photo": title, "explicit": scores["explicit"]})
        pictures.append((f"{scores['explicit']:.3f} {title}", pixels))
    figures.sort(key=lambda one: -one["explicit"])
    highest = ", ".join(f"{one['photo']} {one['explicit']:.3f}" for one in figures[:3])
    below = sum(one["explicit"] < 0.2 for one in figures)
    console.print(f"{name}: {below} of {len(figures)} harmless photos below 0.2; {highest}.")
    console.print(str(write_json(name, figures)), str(write_sheet(name, pictures)))
    return answers


MEASURES: Final[Mapping[str, Callable[[str, Served, Console], list[Answer]]]] = {
    "upscale": _enlarging,
    "upscale-esrgan-slim": _enlarging,
    "page-orientation": _orientation,
    "classify": _names,
    "moderation": _harmless,
}


def _pictures() -> Iterator[tuple[str, Pixels]]:
    """A page of text, a scan and photos."""
    font = installed("en")[0]
    yield "text", make_page("en", "plain", font, 32, condition="clean", text_set="held_out").pixels
    for name in ("page", "astronaut", "chelsea", "coffee", "rocket"):
        yield name, _colored(getattr(data, name)())


def _photos(console: Console) -> Iterator[tuple[str, Pixels]]:
    """All that have clear rights and can be had."""
    for file in sorted(OUTLINES.glob("*.json")):
        outline = json.loads(file.read_text())
        try:
            yield file.stem, photo(outline["source"], outline["sha256"])
        except PhotoMissing as missing:
            console.print(f"Without {file.stem}: {missing}")
    for name, read in MORE_PHOTOS.items():
        yield name, _colored(read())


def _colored(picture: Any) -> Pixels:
    return np.array(Image.fromarray(picture).convert("RGB"))


def _resized(picture: Pixels, size: tuple[int, int], how: Image.Resampling) -> Pixels:
    return np.array(Image.fromarray(picture).resize(size, how))


def nearness(one: Pixels, other: Pixels) -> float:
    """Of two pictures, in decibels (PSNR), but for their edges."""
    inner = (one[EDGE:-EDGE, EDGE:-EDGE].astype(np.float64) - other[EDGE:-EDGE, EDGE:-EDGE]) ** 2
    return float(10 * np.log10(255**2 / inner.mean()))


def _middle(picture: Pixels) -> Pixels:
    """A detail, at its size where it is large."""
    height, width = picture.shape[:2]
    side = min(height, width, 316)
    top, left = (height - side) // 2, (width - side) // 2
    return picture[top : top + side, left : left + side]


def _shown(labels: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{one['label']} {100 * one['score']:.0f} %" for one in labels)
