"""A million queued rows: what claims, lists, metrics and rest cost more than without them."""

import argparse
import asyncio
import time
from typing import Final

from benchmarks.bench import Bench
from benchmarks.darkroom import Served, served, start
from benchmarks.load import closed_loop
from benchmarks.measure import Used
from benchmarks.network import BROKEN, write_broken_model
from benchmarks.requests import get_call
from benchmarks.statistics import Figures, percentile
from benchmarks.uploads import upload_one

PATHS: Final = {
    "list": "/api/uploads/?page_size=20",
    "queued": "/api/uploads/?state=queued&page_size=20",
    "me": "/api/users/me/",
    "metrics": "/metrics",
    "readyz": "/readyz",
}
PEOPLE: Final = 5
SECONDS_EACH: Final = 2.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mode's own arguments."""
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rest-seconds", type=float, default=20)


async def measure(bench: Bench, arguments: argparse.Namespace) -> None:
    """Measures with a claim's worth of rows, then with all of them, once on each database."""
    for database in bench.databases:
        with served(database) as darkroom:
            for number in range(PEOPLE):
                await upload_one(darkroom, darkroom.darkroom.person(f"person-{number}"))
            write_broken_model(darkroom.darkroom.folder / "models")
            few = await _with_rows(darkroom, 64, arguments.rest_seconds)
            many = await _with_rows(darkroom, arguments.rows, arguments.rest_seconds)
        told = {f"{name}_few": value for name, value in few.items()} | many
        told["claim_more_ms"] = many["claim_ms"] - few["claim_ms"]
        told["rest_more_percent"] = many["rest_percent"] - few["rest_percent"]
        bench.results.add("rows", darkroom.name, told)
    bench.show_figures("rows")


async def _with_rows(darkroom: Served, rows: int, rest_seconds: float) -> Figures:
    darkroom.darkroom.stop()
    began = time.monotonic()
    darkroom.inside("seed", BROKEN, str(rows))
    told = {"seed_seconds": time.monotonic() - began, **darkroom.inside("claim", BROKEN)}
    again = start(darkroom.darkroom, darkroom.database)
    try:
        # What a start brings along is over then.
        await asyncio.sleep(rest_seconds / 2)
        used = Used(again.processes)
        used.begin()
        await asyncio.sleep(rest_seconds)
        used.end()
        # Not the model's process: it fails to load, now and then.
        spent = (used.seconds.get(role, 0.0) for role in ("web", "worker", "postgres"))
        told["rest_percent"] = 100 * sum(spent) / rest_seconds
        for name, path in PATHS.items():
            window = await closed_loop([get_call(again, [path])], SECONDS_EACH)
            told[f"{name}_ms"] = 1000 * percentile(window.latencies, 0.5)
    finally:
        again.darkroom.stop()
    return told
