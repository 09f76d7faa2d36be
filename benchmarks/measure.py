"""One measured window: load on a system, and what its processes and the generator used."""

import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.load import Call, Marks, closed_loop
from benchmarks.statistics import Figures, figures
from benchmarks.usage import Processes


@dataclass(frozen=True)
class Plan:
    """How long and how often to measure."""

    seconds: float = 8.0
    warm_up: float = 2.0
    runs: int = 3


class Used:
    """What processes and the generator use between two moments."""

    def __init__(self, processes: Processes, images_ended: Callable[[], int] | None = None) -> None:
        self._processes = processes
        self._images_ended = images_ended or (lambda: 0)
        self.images = 0
        self._began: dict[str, float] = {}
        self.seconds: dict[str, float] = {}

    def _now(self) -> dict[str, float]:
        used = self._processes.cpu_seconds()
        mine = resource.getrusage(resource.RUSAGE_SELF)
        used["generator"] = mine.ru_utime + mine.ru_stime
        return used

    def begin(self) -> None:
        """The first moment."""
        self._began = self._now()
        self.images = -self._images_ended()

    def end(self) -> None:
        """The second: from now on `seconds` and `images` are known."""
        now = self._now()
        self.images += self._images_ended()
        # A process that came meanwhile began with none; one that went has taken its time along.
        self.seconds = {role: max(0.0, now[role] - self._began.get(role, 0.0)) for role in now}


async def measured(
    calls: Sequence[Call],
    processes: Processes,
    plan: Plan,
    images_ended: Callable[[], int] | None = None,
) -> Figures:
    """The figures of one window of closed-loop load.

    `images_ended` counts the images that have their result; without it each call carries one.
    """
    used = Used(processes, images_ended)
    marks = Marks(used.begin, used.end)
    window = await closed_loop(calls, plan.seconds, warm_up=plan.warm_up, marks=marks)
    images = used.images if images_ended else len(window.latencies)
    return figures(window, used.seconds, images)
