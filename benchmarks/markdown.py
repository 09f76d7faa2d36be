"""The tables of docs/performance.md, written from results."""

import math
from collections.abc import Sequence

from benchmarks.bars import Bar, bars
from benchmarks.results import Results
from benchmarks.tables import SHOWN, cpu_ms
from benchmarks.usage import DARKROOM_ROLES

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
    for measurement in results.runs:
        lines += ["", f"**{measurement}**", "", *_measurement(results, measurement)]
    return "\n".join(lines) + "\n"


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
                number(cpu_ms(row)),
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
