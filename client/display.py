"""What the person sees while a command runs: bars on a terminal, plain lines elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
)

from client.contract import Prediction
from client.files import shown
from client.state import Progress as Advance
from client.state import has_ended, notes_of

_BARS_AT_ONCE = 8


class Display:
    """Shows nothing but notes, on standard error: for programs. The other displays build on it."""

    def __init__(self) -> None:
        self.errors = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def note(self, text: str) -> None:
        """Say one sentence."""
        self.errors.print(shown(text))

    def expect(self, *, images: int, finished: int) -> None:
        """How many images there are in all, and how many of them are finished already."""

    def expect_bytes(self, total: int) -> None:
        """How many bytes are to be sent."""

    def add(self, images: int) -> None:
        """So many more images are to be processed."""

    def drop(self, size: int) -> None:
        """One of the expected images, of `size` bytes, was refused."""

    def sent(self, count: int) -> None:
        """So many more bytes were sent; negative when they have to be sent again."""

    def show(self, name: str, prediction: Prediction, progress: Advance | None) -> None:
        """The prediction of the image called `name` changed."""


class Lines(Display):
    """One plain line for each image that ends."""

    def __init__(self) -> None:
        super().__init__()
        self._out = Console(soft_wrap=True, highlight=False, markup=False)
        self._images = 0
        self._finished = 0

    def expect(self, *, images: int, finished: int) -> None:
        self._images, self._finished = images, finished

    def add(self, images: int) -> None:
        self._images += images

    def drop(self, size: int) -> None:
        self._images -= 1

    def show(self, name: str, prediction: Prediction, progress: Advance | None) -> None:
        if not has_ended(prediction):
            return
        self._finished += 1
        remarks = [prediction["error"]] if prediction["error"] else notes_of(prediction)
        reason = f" ({' '.join(one['message'] for one in remarks)})" if remarks else ""
        line = f"[{self._finished}/{self._images}] {name}: {prediction['state']}{reason}"
        self._out.print(shown(line))


class Bars(Display):
    """A bar for all images, one for the bytes sent, and one for each image being processed."""

    def __init__(self) -> None:
        super().__init__()
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            _Amount(),
            TextColumn("{task.fields[stage]}", markup=False),
            console=self.errors,
        )
        self._all = self._progress.add_task("processed", total=None, stage="")
        self._bytes = self._progress.add_task("sent", total=None, stage="", visible=False)
        self._images: dict[int, TaskID] = {}
        self._expected = 0
        self._bytes_expected = 0
        self._finished = 0
        self._ended: set[int] = set()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for bar in self._images.values():
            self._progress.remove_task(bar)
        self._progress.stop()

    def expect(self, *, images: int, finished: int) -> None:
        self._finished = finished
        self._expected = images
        self._progress.update(self._all, total=images, completed=finished)

    def expect_bytes(self, total: int) -> None:
        self._bytes_expected = total
        self._progress.update(self._bytes, total=total, visible=total > 0)

    def add(self, images: int) -> None:
        self._expected += images
        self._progress.update(self._all, total=self._expected)

    def drop(self, size: int) -> None:
        self._expected -= 1
        self._bytes_expected -= size
        self._progress.update(self._all, total=self._expected)
        self._progress.update(self._bytes, total=self._bytes_expected)

    def sent(self, count: int) -> None:
        self._progress.advance(self._bytes, count)

    def show(self, name: str, prediction: Prediction, progress: Advance | None) -> None:
        key = prediction["id"]
        if has_ended(prediction):
            self._ended.add(key)
            self._progress.update(self._all, completed=self._finished + len(self._ended))
        if progress is None:
            if key in self._images:
                self._progress.remove_task(self._images.pop(key))
            return
        if key not in self._images:
            if len(self._images) >= _BARS_AT_ONCE:
                return
            self._images[key] = self._progress.add_task(shown(name), total=1.0, stage="")
        self._progress.update(self._images[key], completed=progress.fraction, stage=progress.stage)


class _Amount(ProgressColumn):
    """Images for the first bar, bytes for the second, per cent for the others."""

    _columns = (MofNCompleteColumn(), DownloadColumn())
    _per_cent = TextColumn("{task.percentage:>3.0f}%")

    def render(self, task: Task) -> RenderableType:
        column = self._columns[task.id] if task.id < 2 else self._per_cent
        return column.render(task)


def choose(*, as_json: bool) -> Display:
    """Bars where a person sees all of it, lines elsewhere, only notes for a program's sake."""
    if as_json:
        return Display()
    seen = Console(stderr=True).is_terminal and Console().is_terminal
    return Bars() if seen else Lines()
