"""At rest: memory and processor time of every process, the second start, the first photo."""

import argparse
import asyncio
import time
from contextlib import AsyncExitStack
from typing import Final

from benchmarks.bench import Bench
from benchmarks.darkroom import Served, served, start
from benchmarks.measure import Used
from benchmarks.statistics import Figures
from benchmarks.uploads import uploads

SETTLE_SECONDS: Final = 10.0
PHOTOS: Final = 20
"""So many are worked on before: a server that nobody has used yet is smaller."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mode's own arguments."""
    parser.add_argument("--rest-seconds", type=float, default=30)


async def measure(bench: Bench, arguments: argparse.Namespace) -> None:
    """Measures each database's Darkroom for itself: nothing else may run beside one at rest."""
    for database in bench.databases:
        with served(database) as darkroom:
            await _photos(darkroom, PHOTOS)
            await asyncio.sleep(SETTLE_SECONDS)
            told = await _at_rest(darkroom, arguments.rest_seconds)
            bench.results.add("rest", darkroom.name, told)
        for _ in range(bench.plan.runs):
            await _starts(bench, database)
    bench.show_figures("rest", "start")


async def _starts(bench: Bench, database: str) -> None:
    with served(database, preload=False) as darkroom:
        told = {"first_photo_seconds": await _photos(darkroom, 1)}
        darkroom.darkroom.stop()
        again = start(darkroom.darkroom, darkroom.database)
        told["second_start_seconds"] = again.start_seconds
        told["first_photo_again_seconds"] = await _photos(again, 1)
        bench.results.add("start", darkroom.name, told)


async def _photos(darkroom: Served, count: int) -> float:
    async with AsyncExitStack() as stack:
        sending = await uploads(darkroom, stack)
        call = sending.call(1)
        began = time.monotonic()
        for _ in range(count):
            await call()
        return time.monotonic() - began


async def _at_rest(darkroom: Served, seconds: float) -> Figures:
    used = Used(darkroom.processes)
    used.begin()
    await asyncio.sleep(seconds)
    used.end()
    told: Figures = {}
    for role, spent in used.seconds.items():
        if role != "generator":
            told[f"cpu_{role}_percent"] = 100 * spent / seconds
    told["cpu_all_percent"] = sum(told.values())
    for role, memory in darkroom.processes.memory_mib().items():
        told |= {f"{kind}_{role}_mib": value for kind, value in memory.items()}
    return told
