"""Everything, one after the other: what `make bench` runs."""

import argparse
import sys
import time
from dataclasses import replace
from types import ModuleType
from typing import Final

from benchmarks.bench import Bench
from benchmarks.modes import (
    dominant,
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

MODES: Final[tuple[ModuleType, ...]] = (
    *(photos, tensors, dominant, others, rest),
    *(open_loop, sockets, rows, soak, page),
)
ONCE: Final = (open_loop,)
"""What tells a curve and no ratio needs no second run."""
SHORT: Final[dict[ModuleType, list[str]]] = {
    sockets: ["--sockets", "100", "--listen-seconds", "5"],
    rows: ["--rows", "10000", "--rest-seconds", "5"],
    soak: ["--images", "400"],
    rest: ["--rest-seconds", "5"],
    page: ["--photos", "400"],
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mode's own arguments."""
    parser.add_argument("--short", action="store_true", help="few rows, sockets and images: a try")


async def measure(bench: Bench, arguments: argparse.Namespace) -> None:
    """Measures every mode with its default arguments, or with those of `SHORT`.

    One that fails does not keep the others from being measured; the exit status tells of it.
    """
    failed = []
    for mode in MODES:
        own = argparse.ArgumentParser()
        mode.add_arguments(own)
        given = SHORT.get(mode, []) if arguments.short else []
        began = time.monotonic()
        runs = 1 if mode in ONCE else bench.plan.runs
        plan = replace(bench.plan, runs=runs)
        name = mode.__name__.rsplit(".", maxsplit=1)[-1]
        try:
            await mode.measure(replace(bench, plan=plan), own.parse_args(given))
        except Exception:
            bench.console.print_exception()
            failed.append(name)
        bench.console.print(f"{name} took {time.monotonic() - began:.0f} s.")
    if failed:
        sys.exit(f"Not measured: {', '.join(failed)}.")
