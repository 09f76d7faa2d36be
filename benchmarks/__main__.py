"""`python -m benchmarks MODE`: measures Darkroom, beside its peers where they are installed."""

import argparse
import asyncio
from pathlib import Path
from types import ModuleType
from typing import Final

from rich.console import Console

from benchmarks.bench import DATABASES, Bench
from benchmarks.darkroom import FOLDER
from benchmarks.measure import Plan
from benchmarks.modes import dominant, open_loop, others, photos, rest, tensors
from benchmarks.peers.processes import installed

MODES: Final[dict[str, ModuleType]] = {
    "photos": photos,
    "open": open_loop,
    "tensors": tensors,
    "dominant": dominant,
    "others": others,
    "rest": rest,
}


def main() -> None:
    """Measures what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, module in MODES.items():
        mode = commands.add_parser(name, help=module.__doc__)
        _add_arguments(mode, name)
        module.add_arguments(mode)
        mode.set_defaults(measure=module.measure)
    arguments = parser.parse_args()
    bench = Bench(
        Plan(arguments.seconds, arguments.warm_up, arguments.runs),
        Console(width=150),
        arguments.database,
        with_peers=installed() and not arguments.no_peers,
    )
    asyncio.run(arguments.measure(bench, arguments))
    bench.results.write(arguments.json, {})
    bench.console.print(f"Written to {arguments.json}.")


def _add_arguments(mode: argparse.ArgumentParser, name: str) -> None:
    mode.add_argument("--runs", type=int, default=3)
    mode.add_argument("--seconds", type=float, default=8, help="how long each window is")
    mode.add_argument("--warm-up", type=float, default=2, help="seconds before each window")
    mode.add_argument("--database", nargs="+", choices=DATABASES, default=["sqlite"])
    mode.add_argument("--no-peers", action="store_true", help="Darkroom alone")
    mode.add_argument("--json", type=Path, default=FOLDER / f"{name}.json")


if __name__ == "__main__":
    main()
