"""Plots of two versions beside each other, hour by hour, as bars for an SVG."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from uploads.admin.words import took
from uploads.usage import Counts, Hour

HOURS: Final = 24
_HEIGHT: Final = 100
_HOUR_WIDTH: Final = 24
_BAR_WIDTH: Final = 9


def plots(hours: Sequence[Hour], versions: tuple[str, str]) -> list[dict[str, Any]]:
    """How many images, which share of requests failed, and how long each took, by version."""
    return [
        _plot("Images an hour", hours, versions, lambda one: one.items, "{:,.0f}".format),
        _plot("Failed", hours, versions, _failed, "{:.1%}".format, at_least=0.1),
        _plot("Computing, mean", hours, versions, _mean_ms, took),
    ]


def _failed(counts: Counts) -> float:
    return counts.failures / max(1, counts.requests)


def _mean_ms(counts: Counts) -> float:
    return counts.compute_ms / max(1, counts.items)


def _plot(
    title: str,
    hours: Sequence[Hour],
    versions: tuple[str, str],
    measure: Callable[[Counts], float],
    words: Callable[[float], str],
    *,
    at_least: float = 0.0,
) -> dict[str, Any]:
    """The highest bar is of full height, if it stands for `at_least` this."""
    values = [
        [measure(hour.counts.get(version) or Counts()) for version in versions] for hour in hours
    ]
    most = max(max(pair) for pair in values)
    top = max(most, at_least) or 1
    bars = []
    for place, (hour, pair) in enumerate(zip(hours, values, strict=True)):
        for side, (version, value) in enumerate(zip(versions, pair, strict=True)):
            height = round(_HEIGHT * value / top)
            bars.append(
                {
                    "x": place * _HOUR_WIDTH + side * (_BAR_WIDTH + 1),
                    "y": _HEIGHT - height,
                    "height": height,
                    "is_new": side == 1,
                    "title": f"{hour.since:%H:%M}, version {version}: {words(value)}",
                }
            )
    return {
        "title": title,
        "bars": bars,
        "width": len(hours) * _HOUR_WIDTH,
        "bar_width": _BAR_WIDTH,
        "height": _HEIGHT,
        "most": words(most),
        "first": f"{hours[0].since:%H:%M}",
        "last": f"{hours[-1].since:%H:%M}",
    }
