"""The command `times`: what one image takes of each shipped model, beside what it may take.

Each model is loaded in a process of its own, as it is served; then one file is decoded, computed
and encoded. Wall time means what it says on idle cores only: CPU seconds stand beside it.
"""

import argparse
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import psutil
from PIL import Image
from rich.console import Console
from rich.table import Table
from skimage import data

from inference.engine.child.backends import python
from inference.engine.child.decode import decode
from inference.engine.child.encode import encode
from inference.engine.model import LoadContext, Request
from inference.engine.types import DecodeLimits
from quality.fonts import installed
from quality.pages import make_page
from quality.reading import MODELS, newest_version
from quality.report import write_json

LIMITS: Final = DecodeLimits(("JPEG", "PNG"), 100_000_000, 20_000)
TWELVE_MEGAPIXELS: Final = (4000, 3000)
KINDS: Final = {"ocr": "text", "background-removal": "image", "style-transfer": "image"}


@dataclass(frozen=True)
class Case:
    """An image for a model, and what it may take on two idle cores."""

    model: str
    image: Callable[[], bytes]
    seconds: float
    first_seconds: float | None = None
    """Until the first partial result."""
    mebibytes: int | None = None


@dataclass(frozen=True)
class Taken:
    """What an image took."""

    wall_seconds: float
    cpu_seconds: float
    first_seconds: float | None
    """Until the first partial result; None: there was none."""
    mebibytes: float
    """Of the process at its peak while it computed."""


def _page(language: str) -> bytes:
    font = installed(language)[0]
    page = make_page(language, "plain", font, 24, condition="clean", text_set="held_out")
    return _file(Image.fromarray(page.pixels), "PNG")


def _photo(size: tuple[int, int]) -> bytes:
    whole = Image.fromarray(data.astronaut())  # type: ignore[no-untyped-call]
    return _file(whole.resize(size, Image.Resampling.BICUBIC), "JPEG")


def _file(image: Image.Image, kind: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, quality=90)
    return stream.getvalue()


CASES: Final[Mapping[str, Case]] = {
    "text-en": Case("ocr", lambda: _page("en"), 2.5, first_seconds=1.0),
    "text-ko-en": Case("ocr", lambda: _page("ko_en"), 4.0, first_seconds=1.0),
    "cutout-512": Case("background-removal", lambda: _photo((512, 512)), 1.0),
    "cutout-12mp": Case("background-removal", lambda: _photo(TWELVE_MEGAPIXELS), 4.0, None, 500),
    "style-12mp": Case("style-transfer", lambda: _photo(TWELVE_MEGAPIXELS), 6.0, None, 700),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--case", choices=CASES, action="append", help="all by default")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)


def measure(arguments: argparse.Namespace, console: Console) -> None:
    """Print the table and write the figures to var/quality."""
    names: list[str] = arguments.case or list(CASES)
    if arguments.here:
        sys.stdout.write(json.dumps(asdict(take(CASES[names[0]], arguments.threads))))
        return
    table = Table("", "wall s", "may", "CPU s", "first s", "may", "MiB", "may", title="times")
    figures = {}
    for name in names:
        taken, case = _in_a_process(name, arguments.threads), CASES[name]
        figures[name] = asdict(taken)
        table.add_row(
            name,
            *(_shown(taken.wall_seconds, case.seconds), f"{case.seconds}"),
            f"{taken.cpu_seconds:.2f}",
            *(_shown(taken.first_seconds, case.first_seconds), f"{case.first_seconds or '-'}"),
            *(_shown(taken.mebibytes, case.mebibytes, 0), f"{case.mebibytes or '-'}"),
        )
    console.print(table)
    console.print(str(write_json("times", figures)))


def take(case: Case, threads: int) -> Taken:
    """Load the model in this process."""
    version = newest_version(case.model)
    folder = MODELS / case.model / version
    model = python.load([folder, folder.parent], LoadContext(folder, "cpu", threads), None)
    content = case.image()
    process = psutil.Process()
    _clear_peak()
    firsts: list[float] = []

    def report(_stage: str, _fraction: float, partial: Any) -> None:
        if partial is not None and not firsts:
            firsts.append(time.perf_counter() - started)

    started, cpu = time.perf_counter(), sum(process.cpu_times()[:2])
    decoded = decode(content, LIMITS)
    request = Request(decoded.pixels, decoded.width, decoded.height, decoded.scale, {}, "", report)
    (output,) = model.predict([request])
    if isinstance(output, Exception):
        raise output
    encode(output, KINDS[case.model])
    wall, used = time.perf_counter() - started, sum(process.cpu_times()[:2]) - cpu
    return Taken(wall, used, firsts[0] if firsts else None, _peak())


def _in_a_process(name: str, threads: int) -> Taken:
    command = [sys.executable, "-m", "quality", "times", "--here", "--case", name]
    made = subprocess.run(  # noqa: S603  # this very program
        [*command, "--threads", str(threads)], check=True, stdout=subprocess.PIPE, text=True
    )
    return Taken(**json.loads(made.stdout))


def _clear_peak() -> None:
    """From here on the peak is that of the image, not of drawing it (Linux)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> float:
    """Of this process, in MiB (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (peak,) = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(peak) / 1024


def _shown(taken: float | None, most: float | None, digits: int = 2) -> str:
    """The figure, marked where it is more than may be."""
    if taken is None:
        return "-"
    return f"{taken:.{digits}f}" + " !" * (most is not None and taken > most)
