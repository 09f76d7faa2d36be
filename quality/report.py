"""Tables on the terminal, figures as JSON and contact sheets to look at."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image, ImageDraw
from rich.console import Console
from rich.table import Table

from quality.conditions import Pixels
from quality.pages import MADE_RECEIPT
from quality.reading import Reading
from quality.texts import LANGUAGES

FOLDER: Final = Path(__file__).resolve().parents[1] / "var" / "quality"
TILE: Final = 320
SHEET_COLUMNS: Final = 5


def write_json(name: str, figures: Any) -> Path:
    """Write figures to var/quality and return where they lie."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def write_sheet(name: str, pictures: Sequence[tuple[str, Pixels]]) -> Path:
    """Write one PNG with every picture, small, under its caption; return where it lies."""
    rows = -(-len(pictures) // SHEET_COLUMNS)
    sheet = Image.new("RGB", (SHEET_COLUMNS * TILE, rows * (TILE + 14)), "grey")
    draw = ImageDraw.Draw(sheet)
    for position, (caption, pixels) in enumerate(pictures):
        left, top = position % SHEET_COLUMNS * TILE, position // SHEET_COLUMNS * (TILE + 14)
        picture = Image.fromarray(pixels)
        picture.thumbnail((TILE - 4, TILE - 4))
        sheet.paste(picture, (left + 2, top + 14))
        draw.text((left + 2, top), caption[:52], fill="white")
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.png"
    sheet.save(path)
    return path


def print_readings(console: Console, title: str, readings: Sequence[Reading]) -> None:
    """Print the mean character error rate by layout, condition and language."""
    _print_by(console, f"{title}: clean pages, by font and size", readings, _font_and_size)
    _print_by(console, f"{title}: layouts and conditions", readings, _layout_and_condition)
    for language in LANGUAGES:
        receipts = [one for one in readings if one.amounts and one.language == language]
        if receipts:
            _print_receipts(console, language, receipts)
    plain = [reading.cpu_seconds for reading in readings if reading.layout == "plain"]
    if plain:
        console.print(f"CPU seconds a page of ten lines: {np.mean(plain):.2f}.")


def _print_receipts(console: Console, language: str, receipts: Sequence[Reading]) -> None:
    rates = [100 * one.cer for one in receipts]
    amounts = sum(one.amounts for one in receipts)
    right = sum(one.amounts_right for one in receipts)
    console.print(
        f"{len(receipts)} receipts in {language}: CER {np.mean(rates):.1f} %, "
        f"{max(rates):.1f} % on the worst; {right} of {amounts} amounts right beside their item."
    )


def _print_by(
    console: Console,
    title: str,
    readings: Sequence[Reading],
    row_of: Callable[[Reading], str | None],
) -> None:
    table = Table("", *LANGUAGES, title=f"{title} (CER %, in order / by line)")
    rows = {row: None for reading in readings if (row := row_of(reading))}
    for row in rows:
        cells = []
        for language in LANGUAGES:
            found = [r for r in readings if row_of(r) == row and r.language == language]
            cells.append(
                f"{100 * np.mean([r.cer for r in found]):.1f} / "
                f"{100 * np.mean([r.line_cer for r in found]):.1f}"
                if found
                else "-"
            )
        table.add_row(row, *cells)
    console.print(table)


def _font_and_size(reading: Reading) -> str | None:
    if reading.layout != "plain" or reading.condition != "clean":
        return None
    return f"{reading.font} {reading.size} px"


def _layout_and_condition(reading: Reading) -> str | None:
    made_up = reading.layout.startswith(MADE_RECEIPT)
    return None if made_up else f"{reading.layout}, {reading.condition}"
