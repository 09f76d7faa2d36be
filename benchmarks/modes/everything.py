"""Everything, one after the other: what `make bench` runs."""

import argparse
import time
from dataclasses import replace
from types import ModuleType
from typing import Final

from benchmarks.bench import Bench
from benchmarks.modes import dominant, open_loop, others, photos, rest, rows, soak, sockets, tensors

MODES: Final[tuple[ModuleType, ...]] = (
    *(photos, tensors, dominant, others, rest),
    *(open_loop, sockets, rows, soak),
)
ONCE: Final = (open_loop,)
"""What tells a curve and no ratio needs no second run."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mode has no arguments of its own."""


async def measure(bench: Bench, arguments: argparse.Namespace) -> None:
    """Measures every mode with its default arguments."""
    for mode in MODES:
        own = argparse.ArgumentParser()
        mode.add_arguments(own)
        began = time.monotonic()
        runs = 1 if mode in ONCE else bench.plan.runs
        plan = replace(bench.plan, runs=runs)
        await mode.measure(replace(bench, plan=plan), own.parse_args([]))
        name = mode.__name__.rsplit(".", maxsplit=1)[-1]
        bench.console.print(f"{name} took {time.monotonic() - began:.0f} s.")
