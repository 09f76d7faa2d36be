"""Figures as tables, on the terminal."""

from rich.console import Console
from rich.table import Table

from benchmarks.results import Results
from benchmarks.statistics import Figures
from benchmarks.usage import DARKROOM_ROLES

SHOWN = {"per_second": "/s", "p50_ms": "p50 ms", "p99_ms": "p99 ms", "errors": "errors"}


def print_measurement(console: Console, results: Results, measurement: str) -> None:
    """Prints the medians of one measurement, a row for each system, with CPU ms an image."""
    rows = {system: results.median(measurement, system) for system in results.runs[measurement]}
    roles = [role for role in DARKROOM_ROLES if any(f"cpu_{role}_ms" in r for r in rows.values())]
    table = Table(title=measurement, title_justify="left")
    table.add_column(no_wrap=True)
    for title in (*SHOWN.values(), "CPU ms", *roles):
        table.add_column(title, justify="right", no_wrap=True)
    for system, row in rows.items():
        table.add_row(
            system,
            *(_number(row, name) for name in SHOWN),
            f"{cpu_ms(row):.1f}" if cpu_ms(row) else "",
            *(_number(row, f"cpu_{role}_ms") for role in roles),
        )
    console.print(table)


def print_figures(console: Console, results: Results, measurement: str) -> None:
    """Prints every figure of one measurement, a column for each system."""
    systems = {system: results.median(measurement, system) for system in results.runs[measurement]}
    table = Table("", *systems, title=measurement, title_justify="left")
    for name in dict.fromkeys(name for row in systems.values() for name in row):
        table.add_row(name, *(_number(row, name) for row in systems.values()))
    console.print(table)


def cpu_ms(row: Figures) -> float:
    """Processor time an image of everything but the generator, in ms."""
    return sum(
        value
        for name, value in row.items()
        if name.startswith("cpu_") and name.endswith("_ms") and name != "cpu_generator_ms"
    )


def _number(row: Figures, name: str) -> str:
    value = row.get(name)
    return "" if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"
