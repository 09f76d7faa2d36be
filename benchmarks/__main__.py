"""`python -m benchmarks MODE`: measures Darkroom, beside its peers where they are installed."""

import argparse
import asyncio
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

from rich.console import Console

from benchmarks.bars import bars
from benchmarks.bench import DATABASES, Bench
from benchmarks.compare import MUCH, changes
from benchmarks.darkroom import FOLDER
from benchmarks.markdown import number, report
from benchmarks.measure import Plan
from benchmarks.modes import (
    dominant,
    everything,
    open_loop,
    others,
    page,
    photos,
    rest,
    rows,
    soak,
    sockets,
    tensors,
)
from benchmarks.peers.processes import installed
from benchmarks.plot import svg
from benchmarks.results import Results

MODES: Final[dict[str, ModuleType]] = {
    "all": everything,
    "photos": photos,
    "open": open_loop,
    "tensors": tensors,
    "dominant": dominant,
    "others": others,
    "rest": rest,
    "sockets": sockets,
    "page": page,
    "rows": rows,
    "soak": soak,
}


def main() -> None:
    """Measures, compares or reports what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, module in MODES.items():
        mode = commands.add_parser(name, help=module.__doc__)
        _add_arguments(mode, name)
        module.add_arguments(mode)
        mode.set_defaults(command=_measure, measure=module.measure)
    comparing = commands.add_parser("compare", help="exit status 1 where a figure is a fifth worse")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.set_defaults(command=_compare)
    reporting = commands.add_parser("report", help="results as Markdown, and as an SVG beside them")
    reporting.add_argument("json", type=Path)
    reporting.set_defaults(command=_report)
    arguments = parser.parse_args()
    arguments.command(arguments, Console(width=150))


def _add_arguments(mode: argparse.ArgumentParser, name: str) -> None:
    mode.add_argument("--runs", type=int, default=3)
    mode.add_argument("--seconds", type=float, default=8, help="how long each window is")
    mode.add_argument("--warm-up", type=float, default=2, help="seconds before each window")
    mode.add_argument("--database", nargs="+", choices=DATABASES, default=["sqlite"])
    mode.add_argument("--no-peers", action="store_true", help="Darkroom alone")
    mode.add_argument("--json", type=Path, default=FOLDER / f"{name}.json")


def _measure(arguments: argparse.Namespace, console: Console) -> None:
    bench = Bench(
        Plan(arguments.seconds, arguments.warm_up, arguments.runs),
        console,
        arguments.database,
        with_peers=installed() and not arguments.no_peers,
    )
    try:
        asyncio.run(arguments.measure(bench, arguments))
    finally:
        bench.results.write(arguments.json, {bar.name: bar.value(bench.results) for bar in bars()})
        console.print(f"Written to {arguments.json}.")


def _compare(arguments: argparse.Namespace, console: Console) -> None:
    before, after = Results.read(arguments.before), Results.read(arguments.after)
    found = changes(before, after)
    for change in sorted(found, key=lambda one: -one.worse_by):
        mark = "WORSE" if change.is_much_worse else ""
        console.print(
            f"{change.worse_by:+8.1%} {mark:6} {change.bar.name}: "
            f"{number(change.before)} before, {number(change.after)} now"
        )
    worse = sum(change.is_much_worse for change in found)
    console.print(f"{worse} of {len(found)} figures are worse by {MUCH:.0%} or more (+ is worse).")
    sys.exit(bool(worse))


def _report(arguments: argparse.Namespace, console: Console) -> None:
    results = Results.read(arguments.json)
    picture = arguments.json.with_suffix(".svg")
    picture.write_text(svg(results))
    # For a file or a document: no borders, no wrapping.
    sys.stdout.write(report(results))
    Console(stderr=True).print(f"Drawn in {picture}.")


if __name__ == "__main__":
    main()
