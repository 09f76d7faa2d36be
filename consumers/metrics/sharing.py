"""Web processes that share one address count together: each into files of its own in one folder.

This is the multiprocess mode of prometheus_client: whoever is asked adds them up. The library names
a process by its id and relies on a parent that tells of each end. Here a process takes the first
place in the folder that is free and holds its lock for as long as it lives. Whoever takes that
place later counts on in the same files: what was counted only rises, and processes that die over
and over leave no more files than once.
"""

import fcntl
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from prometheus_client import values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.process_collector import ProcessCollector

FILE_BYTES: Final = 4 << 20
PAGE_BYTES: Final = 4096
_KINDS: Final = ("counter", "histogram", "gauge_livesum")


@dataclass(frozen=True)
class Live:
    """A process that counts."""

    place: int
    pid: int


class Sharing:
    """This process's place in a folder, from now on until it ends.

    Metrics that are made afterwards are kept there. Raises OSError where the folder cannot be
    written.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.place, self._lock = _take(folder)
        _forget_gauges(folder, self.place)
        for kind in _KINDS:
            _reserve(folder / f"{kind}_{self.place}.db")
        # The library learns of the folder in no other way.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # noqa: TID251
        values.ValueClass = values.MultiProcessValue(lambda: self.place)  # type: ignore[no-untyped-call]

    def collect(self) -> Iterator[Metric]:
        """The sums over all processes, those that have died included, and each live one's use."""
        live = self.live()
        yield from MultiProcessCollector(None, str(self.folder)).collect()  # type: ignore[no-untyped-call]
        yield from _use(live)

    def live(self) -> list[Live]:
        """The processes that count now; the gauges of those that have died are taken out."""
        found = [Live(self.place, os.getpid())]
        for lock in self.folder.glob("*.lock"):
            place = int(lock.stem)
            if place == self.place:
                continue
            with lock.open("r+") as file:
                if _locked(file):
                    _forget_gauges(self.folder, place)
                elif pid := file.read():
                    found.append(Live(place, int(pid)))
        return sorted(found, key=lambda one: one.place)


def _take(folder: Path) -> tuple[int, IO[str]]:
    for place in itertools.count(1):
        file = (folder / f"{place}.lock").open("a+")
        if _locked(file):
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            return place, file
        file.close()
    raise AssertionError("There is always one more place.")


def _forget_gauges(folder: Path, place: int) -> None:
    """To be called by whoever holds the place's lock."""
    mark_process_dead(place, str(folder))  # type: ignore[no-untyped-call]


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _reserve(path: Path) -> None:
    """Takes the room on the disk now: a page that finds none later would end the process.

    Page by page: what is written at once, Linux also maps at once, used or not.
    """
    page = bytes(PAGE_BYTES)
    with path.open("ab", buffering=0) as file:
        while (missing := FILE_BYTES - file.tell()) > 0:
            file.write(page[:missing])


def _use(live: list[Live]) -> Iterator[Metric]:
    """The memory, processor time and open files of each process."""
    together: dict[str, Metric] = {}
    for one in live:
        for metric in ProcessCollector(pid=lambda pid=one.pid: pid, registry=None).collect():  # type: ignore[misc]
            known = together.setdefault(
                metric.name, Metric(metric.name, metric.documentation, metric.type)
            )
            for sample in metric.samples:
                known.add_sample(sample.name, {"process": str(one.place)}, sample.value)
    yield from together.values()
