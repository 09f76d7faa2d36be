"""Figures out of measurements: percentiles, medians, ratios within one run."""

import math
from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.load import Window

Figures = dict[str, float]
"""Measured quantities by name, the unit at the end of the name."""


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` (0 to 1) of all do not exceed; NaN of nothing."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def figures(window: Window, cpu_seconds: Mapping[str, float], images: int) -> Figures:
    """Rate, latencies and processor time an image, of a window in which so many images ended."""
    told: Figures = {
        "per_second": images / window.seconds if window.seconds else math.nan,
        "p50_ms": 1000 * percentile(window.latencies, 0.5),
        "p95_ms": 1000 * percentile(window.latencies, 0.95),
        "p99_ms": 1000 * percentile(window.latencies, 0.99),
        "requests": len(window.latencies),
        "errors": window.errors,
    }
    for role, seconds in cpu_seconds.items():
        told[f"cpu_{role}_ms"] = 1000 * seconds / images if images else math.nan
    return told


def medians(runs: Sequence[Figures]) -> Figures:
    """The median of each figure over the runs that have it."""
    names = dict.fromkeys(name for run in runs for name in run)
    return {name: median(run[name] for run in runs if name in run) for name in names}
