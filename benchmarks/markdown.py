"""The tables of docs/performance.md, written from results."""

import math
from collections.abc import Sequence

from benchmarks.bars import Bar, bars
from benchmarks.results import Results
from benchmarks.tables import SHOWN, cpu_ms
from benchmarks.usage import DARKROOM_ROLES

PHOTOS = "photos."
PEAK = 3
"""How many times as much comes in the busiest hour as in a mean one."""
MARKS = {True: "yes", False: "**no**", None: ""}


def report(results: Results) -> str:
    """Every table: where it was measured, the bars, each measurement."""
    about = results.about
    changed = " with changes" if about["changed"] else ""
    lines = [
        f"Measured {about['at'][:10]} at {about['commit']}{changed}: "
        f"{about['cores']} cores ({about['processor']}), Python {about['python']}, "
        f"load {about['load_before']} before.",
        "",
        *_table(["", "reach", "measured", "reached"], [_bar_row(bar, results) for bar in bars()]),
    ]
    lines += ["", "**What an image costs**", "", *_table(*costs(results))]
    lines += ["", "**Cores by images a day**", "", *_table(*cores_by_day(results))]
    for measurement in results.runs:
        lines += ["", f"**{measurement}**", "", *_measurement(results, measurement)]
    return "\n".join(lines) + "\n"


def costs(results: Results) -> tuple[list[str], list[list[str]]]:
    """Processor time an image, and images in an hour of one core, by load and system."""
    rows = []
    for measurement in results.runs:
        if measurement.startswith(PHOTOS):
            for system in results.runs[measurement]:
                spent = cpu_ms(results.median(measurement, system))
                load = measurement.removeprefix(PHOTOS)
                hour = number(3_600_000 / spent) if spent else ""
                rows.append([f"{load}: {system}", number(spent or math.nan), hour])
    return ["", "CPU ms an image", "images a core-hour"], rows


def cores_by_day(results: Results) -> tuple[list[str], list[list[str]]]:
    """Cores for so many images a day in their busiest hour, model included, by load and system.

    Images a second in the busiest hour are those a day * PEAK / 86,400; cores are that times the
    CPU seconds of an image.
    """
    spent = {
        f"{measurement.removeprefix(PHOTOS)}: {system}": cpu_ms(results.median(measurement, system))
        for measurement in ("photos.8", "photos.20 a POST")
        for system in results.runs.get(measurement, {})
        if system.startswith("darkroom")
    }
    rows = []
    for images in (1_000, 10_000, 100_000, 1_000_000, 10_000_000):
        rate = images * PEAK / 86_400
        cores = [number(rate * each / 1000) for each in spent.values()]
        rows.append([f"{images:,}", number(rate), *cores])
    return ["images a day", "images/s in the busiest hour", *spent], rows


def _bar_row(bar: Bar, results: Results) -> list[str]:
    value = bar.value(results)
    limit = "" if bar.limit is None else f"{'≤' if bar.less_is_better else '≥'} {bar.limit:g}"
    return [bar.name, limit, number(value), MARKS[bar.is_reached(value)]]


def _measurement(results: Results, measurement: str) -> list[str]:
    rows = {system: results.median(measurement, system) for system in results.runs[measurement]}
    if not any("per_second" in row for row in rows.values()):
        names = dict.fromkeys(name for row in rows.values() for name in row)
        return _table(
            ["", *rows],
            [
                [
                    name.replace("_", " "),
                    *(number(row.get(name, math.nan)) for row in rows.values()),
                ]
                for name in names
            ],
        )
    roles = [role for role in DARKROOM_ROLES if any(f"cpu_{role}_ms" in r for r in rows.values())]
    return _table(
        ["", *SHOWN.values(), "CPU ms", *roles],
        [
            [
                system,
                *(number(row.get(name, math.nan)) for name in SHOWN),
                number(cpu_ms(row) or math.nan),
                *(number(row.get(f"cpu_{role}_ms", math.nan)) for role in roles),
            ]
            for system, row in rows.items()
        ],
    )


def number(value: float) -> str:
    """A figure with the digits that mean something; empty where there is none."""
    if math.isnan(value):
        return ""
    if value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    # Everything but the first column is a figure.
    marks = ["---", *("--:" for _ in titles[1:])]
    return [f"| {' | '.join(row)} |" for row in (titles, marks, *rows)]
