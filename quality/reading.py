"""Reads pages with a version of a text model, in this process, and scores what it read."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from inference.engine.child.backends import python
from inference.engine.model import LoadContext, Request, TextOutput
from quality.pages import Page
from quality.scores import amounts_right, error_rate, line_error_rate

MODELS: Final = Path(__file__).resolve().parents[1] / "inference" / "models"
Read = Callable[[Page], TextOutput]


@dataclass(frozen=True)
class Reading:
    """How well and how fast one page was read."""

    page: str
    language: str
    layout: str
    font: str
    size: int
    condition: str
    cer: float
    """Character error rate in order."""
    line_cer: float
    """The same where the order of lines does not count."""
    amounts: int
    amounts_right: int
    cpu_seconds: float
    wall_seconds: float
    text: str

    def as_json(self) -> dict[str, Any]:
        """For the file."""
        return asdict(self)


def newest_version(model: str, repository: Path = MODELS) -> str:
    """The highest number among a model's versions."""
    return str(max(int(code.parent.name) for code in (repository / model).glob("*/model.py")))


def reader(model: str, version: str, threads: int = 1, repository: Path = MODELS) -> Read:
    """Load a version of a model, of a shipped one if not told otherwise; one process can load one.

    Raises:
        Exception: whatever it raises where it cannot be loaded.
    """
    predict = _loaded(repository / model / version, threads)

    def read(page: Page) -> TextOutput:
        output = predict(_request(page, lambda *_: None))
        if isinstance(output, Exception):
            raise output
        return output  # type: ignore[no-any-return]  # the model says so

    return read


def first_partial(model: str, version: str, threads: int = 1) -> Callable[[Page], Any]:
    """Load a version of a shipped model, which then tells no more of a page than it does at first.

    Raises:
        Exception: whatever it raises where it cannot be loaded.
    """
    predict = _loaded(MODELS / model / version, threads)

    def report(_stage: str, _fraction: float, partial: Any) -> None:
        if partial is not None:
            raise _EnoughError(partial)

    def look(page: Page) -> Any:
        try:
            predict(_request(page, report))
        except _EnoughError as enough:
            return enough.partial
        return None

    return look


class _EnoughError(Exception):
    """The first partial result has come."""

    def __init__(self, partial: Any) -> None:
        self.partial = partial


def _loaded(folder: Path, threads: int) -> Callable[[Request], Any]:
    loaded = python.load([folder, folder.parent], LoadContext(folder, "cpu", threads), None)
    return lambda request: loaded.predict([request])[0]


def _request(page: Page, report: Callable[[str, float, Any], None]) -> Request:
    height, width = page.pixels.shape[:2]
    return Request(page.pixels, width, height, 1.0, {}, "", report)


def readings(read: Read, pages: Iterable[Page]) -> Iterator[tuple[Page, Reading]]:
    """Read and score each page."""
    for page in pages:
        cpu, wall = time.process_time(), time.perf_counter()
        output = read(page)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        text = output.text or "\n".join(region.text for region in output.regions)
        lines = text.splitlines()
        yield (
            page,
            Reading(
                page.name,
                page.language,
                page.layout,
                page.font,
                page.size,
                page.condition,
                error_rate(page.lines, text),
                line_error_rate(page.lines, lines),
                len(page.amounts),
                amounts_right(page.amounts, lines),
                cpu,
                wall,
                text,
            ),
        )
