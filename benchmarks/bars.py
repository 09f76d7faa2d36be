"""What is to be reached: one figure for each bar, each a ratio within one run where it can be."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

from benchmarks.results import Results
from benchmarks.tables import cpu_ms

Sense = Literal["at most", "at least", "less is better", "more is better"]
SQLITE: Final = "darkroom sqlite"
POSTGRES: Final = "darkroom postgres"
LITSERVE: Final = ("litserve 1", "litserve 2")


@dataclass(frozen=True)
class Bar:
    """A figure that is watched, and its limit where there is one."""

    name: str
    sense: Sense
    limit: float | None
    value: Callable[[Results], float]
    """NaN where it was not measured."""

    @property
    def less_is_better(self) -> bool:
        """Whether a smaller figure is the better one."""
        return self.sense in {"at most", "less is better"}

    def is_reached(self, value: float) -> bool | None:
        """Whether this value is within the limit; None where there is no limit or no value."""
        if self.limit is None or math.isnan(value):
            return None
        return value <= self.limit if self.less_is_better else value >= self.limit


def bars() -> list[Bar]:
    """Every bar, in the order in which they are told."""
    return [*_photos(), *_tensors(), *_models(), *_at_rest(), *_rows()]


def _photos() -> list[Bar]:
    alone = _ratio(("photos.alone", (SQLITE,)), ("photos.alone", LITSERVE), "p50_ms", min)
    eight = _ratio(("photos.8", (SQLITE,)), ("photos.8", LITSERVE), "per_second", max)
    found = [
        Bar("photos alone, p50 by LitServe's", "at most", 3, alone),
        Bar("photos, 8 in flight, images/s by LitServe's", "at least", 0.45, eight),
    ]
    for system in (SQLITE, POSTGRES):
        share = _ratio(("photos.20 a POST*", (system,)), ("photos.*", LITSERVE), "per_second", max)
        name = f"20 a POST, {system.removeprefix('darkroom ')}, images/s by LitServe's best"
        found.append(Bar(name, "at least", 1.3, share))
    for load in ("alone", "8", "20 a POST"):
        cpu = _cpu_ratio(f"photos.{load}", SQLITE)
        found.append(
            Bar(f"photos {load}, CPU an image by bare decoding", "less is better", None, cpu)
        )
    return found


def _tensors() -> list[Bar]:
    def by_triton(measurement: str, figure: str) -> Callable[[Results], float]:
        return _ratio((measurement, ("darkroom",)), (measurement, ("triton",)), figure, min)

    return [
        Bar(
            "gRPC, 16 in flight, by Triton's rate",
            "at least",
            1,
            by_triton("grpc.16", "per_second"),
        ),
        Bar("gRPC, 16 in flight, p99 by Triton's", "at most", 1, by_triton("grpc.16", "p99_ms")),
        Bar("gRPC alone, p50 by Triton's", "at most", 1.1, by_triton("grpc.alone", "p50_ms")),
        Bar(
            "REST, 16 in flight, by Triton's rate",
            "at least",
            0.5,
            by_triton("rest.16", "per_second"),
        ),
        Bar("REST, 16 in flight, p99 by Triton's", "at most", 2, by_triton("rest.16", "p99_ms")),
    ]


def _models() -> list[Bar]:
    share = _ratio(("dominant", (SQLITE,)), ("dominant", ("bare",)), "per_second", max)
    others = _ratio(("others.busy", (SQLITE,)), ("others.idle", (SQLITE,)), "p99_ms", min)
    return [
        Bar("20 ms an image, 20 a POST, by the bare model", "at least", 0.85, share),
        Bar("other requests while models run, p99 by idle", "at most", 2, others),
    ]


def _at_rest() -> list[Bar]:
    def memory(role: str) -> Callable[[Results], float]:
        return _median("rest", SQLITE, f"rss_{role}_mib")

    return [
        Bar("at rest, supervisor, MiB", "at most", 40, memory("supervisor")),
        Bar("at rest, web, MiB", "at most", 110, memory("web")),
        Bar("at rest, worker, MiB", "at most", 120, memory("worker")),
        Bar("at rest, all, % of a core", "at most", 1, _median("rest", SQLITE, "cpu_all_percent")),
        Bar("second start, s", "at most", 4, _median("start", SQLITE, "second_start_seconds")),
        Bar(
            "first photo, s",
            "less is better",
            None,
            _median("start", SQLITE, "first_photo_seconds"),
        ),
    ]


def _rows() -> list[Bar]:
    found = []
    for system in (SQLITE, POSTGRES):
        database = system.removeprefix("darkroom ")
        more = _median("rows", system, "claim_more_ms")
        scans = _median("rows", system, "rest_more_percent")
        found.append(Bar(f"1,000,000 rows, {database}: claim of 64, ms more", "at most", 10, more))
        found.append(Bar(f"1,000,000 rows, {database}: at rest, % more", "at most", 1, scans))
    growth = _median("soak", SQLITE, "growth_percent")
    sockets = [
        Bar(
            f"{count:,} sockets, event to client, p99 ms",
            "less is better",
            None,
            _median(f"sockets.{count}", SQLITE, "p99_ms"),
        )
        for count in (1000, 5000)
    ]
    soak = Bar("memory after 10,000 images by that after 2,000, % more", "at most", 5, growth)
    frame = _ratio(("page", (SQLITE,)), ("page", ("plain list",)), "frame_ms", min)
    page = Bar("10,000 photos scrolled, frame by a plain list's", "at most", 2, frame)
    return [*found, soak, *sockets, page]


def _ratio(
    of: tuple[str, Sequence[str]],
    to: tuple[str, Sequence[str]],
    figure: str,
    best: Callable[[Sequence[float]], float],
) -> Callable[[Results], float]:
    """The median over runs of one figure by another of the same run, the best of its systems."""

    def value(results: Results) -> float:
        mine, other = (_runs(results, *which, figure, best) for which in (of, to))
        pairs = zip(mine, other, strict=False)
        found = [one / another for one, another in pairs if another > 0 and not math.isnan(one)]
        return median(found) if found else math.nan

    return value


def _runs(
    results: Results,
    measurement: str,
    systems: Sequence[str],
    figure: str,
    best: Callable[[Sequence[float]], float],
) -> list[float]:
    # "photos.*": the best of all loads.
    names = [
        name
        for name in results.runs
        if name == measurement or (measurement[-1] == "*" and name.startswith(measurement[:-1]))
    ]
    series = [
        [run.get(figure, math.nan) for run in results.of(name, system)]
        for name in names
        for system in systems
    ]
    return [best(values) for values in zip(*(one for one in series if one), strict=False)]


def _cpu_ratio(measurement: str, system: str) -> Callable[[Results], float]:
    def value(results: Results) -> float:
        mine, bare = results.of(measurement, system), results.of("bare photo", "bare")
        found = [cpu_ms(one) / cpu_ms(other) for one, other in zip(mine, bare, strict=False)]
        return median(found) if found else math.nan

    return value


def _median(measurement: str, system: str, figure: str) -> Callable[[Results], float]:
    return lambda results: results.median(measurement, system).get(figure, math.nan)
