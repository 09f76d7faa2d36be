"""Figures as tables, on the terminal."""

from rich.console import Console
from rich.table import Table

from benchmarks.results import Results
from benchmarks.statistics import Figures

SHOWN = {"per_second": "/s", "p50_ms": "p50 ms", "p99_ms": "p99 ms", "errors": "errors"}


def print_measurement(console: Console, results: Results, measurement: str) -> None:
    """Prints the medians of one measurement, a row for each system, with CPU ms an image."""
    rows = {system: results.median(measurement, system) for system in results.runs[measurement]}
    roles = sorted({name for row in rows.values() for name in row if name.startswith("cpu_")})
    served = [role for role in roles if role != "cpu_generator_ms"]
    titles = [role.removeprefix("cpu_").removesuffix("_ms") for role in roles]
    table = Table("", *SHOWN.values(), "CPU ms", *titles, title=measurement, title_justify="left")
    for system, row in rows.items():
        table.add_row(
            system,
            *(_number(row, name) for name in SHOWN),
            f"{sum(row.get(role, 0.0) for role in served):.1f}",
            *(_number(row, role) for role in roles),
        )
    console.print(table)


def _number(row: Figures, name: str) -> str:
    value = row.get(name)
    return "" if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"
