"""`python -m benchmarks MODE`: measures Darkroom, beside its peers where they are installed."""

import argparse
import asyncio
from pathlib import Path

from rich.console import Console

from benchmarks.darkroom import FOLDER
from benchmarks.measure import Plan
from benchmarks.modes import PHOTOS, TENSORS, Bench, photos, tensors_
from benchmarks.results import Results


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    modes = parser.add_subparsers(required=True, dest="mode")
    for name, description, choices in (
        ("photos", photos.__doc__, PHOTOS),
        ("tensors", tensors_.__doc__, TENSORS),
    ):
        mode = modes.add_parser(name, help=description)
        mode.add_argument("--only", nargs="+", choices=choices, default=[])
        mode.add_argument("--runs", type=int, default=3)
        mode.add_argument("--seconds", type=float, default=8)
        mode.add_argument("--warm-up", type=float, default=2, help="seconds before each window")
        mode.add_argument("--json", type=Path, default=FOLDER / f"{name}.json")
        mode.add_argument(
            "--database", nargs="+", choices=("sqlite", "postgres"), default=["sqlite"]
        )
    arguments = parser.parse_args()
    plan = Plan(arguments.seconds, arguments.warm_up, arguments.runs)
    bench = Bench(plan, Results.begin(), Console(width=150))
    if arguments.mode == "photos":
        asyncio.run(photos(bench, arguments.database, arguments.only))
    else:
        asyncio.run(tensors_(bench, arguments.only))
    bench.results.write(arguments.json, {})
    bench.console.print(f"Written to {arguments.json}.")


if __name__ == "__main__":
    main()
