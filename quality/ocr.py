"""The command `ocr`: reads generated pages with a version of a text model."""

import argparse
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from rich.console import Console

from quality.fonts import missing
from quality.pages import Page, all_pages, few_pages, receipts
from quality.reading import MODELS, newest_version, reader, readings
from quality.report import print_readings, write_json, write_sheet
from quality.texts import LANGUAGES, RECEIPT_LANGUAGES, TEXT_SETS, TextSet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--model", default="ocr")
    parser.add_argument("--repository", type=Path, default=MODELS, help="where the model lies")
    parser.add_argument("--version", help="the newest by default")
    parser.add_argument("--set", choices=TEXT_SETS, default="held_out", dest="text_set")
    parser.add_argument("--language", choices=LANGUAGES, action="append", help="all by default")
    parser.add_argument("--seed", type=int, default=0, help="another one gives other receipts")
    parser.add_argument("--short", action="store_true", help="one page of each language")
    parser.add_argument("--receipts", action="store_true", help="receipts only")
    parser.add_argument("--threads", type=int, default=1)


def measure(arguments: argparse.Namespace, console: Console) -> None:
    """Print the tables and write the figures and the contact sheet to var/quality."""
    if packages := missing():
        console.print(f"Fewer pages: these packages of fonts are missing: {', '.join(packages)}.")
    version = arguments.version or newest_version(arguments.model, arguments.repository)
    pages = _pages(arguments)
    read = reader(arguments.model, version, arguments.threads, arguments.repository)
    found, pictures = [], []
    for page, reading in readings(read, pages):
        found.append(reading)
        pictures.append((f"{100 * reading.cer:.1f}% {page.name}", page.pixels))
        console.print(f"{100 * reading.cer:6.1f} % {reading.cpu_seconds:6.2f} s  {page.name}")
    name = f"{arguments.model}-{version}-{arguments.text_set}"
    print_readings(console, name, found)
    console.print(str(write_json(name, [reading.as_json() for reading in found])))
    console.print(str(write_sheet(name, pictures)))


def _pages(arguments: argparse.Namespace) -> Iterator[Page]:
    languages: Sequence[str] = arguments.language or LANGUAGES
    text_set: TextSet = arguments.text_set
    if arguments.short:
        return few_pages(text_set)
    if arguments.receipts:
        kinds = [language for language in languages if language in RECEIPT_LANGUAGES]
        return chain.from_iterable(receipts(one, text_set, arguments.seed) for one in kinds)
    return all_pages(text_set, languages, arguments.seed)
