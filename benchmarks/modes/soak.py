"""A soak: memory of every process while 10,000 images go through."""

import argparse
import asyncio
from contextlib import AsyncExitStack
from typing import Final

from benchmarks.bench import Bench
from benchmarks.darkroom import served
from benchmarks.statistics import Figures
from benchmarks.uploads import POST_IMAGES, Uploads, uploads

IN_FLIGHT: Final = 2
WATCHED: Final = ("web", "worker", "child", "supervisor", "redis")
"""Not PostgreSQL, whose memory grows to the size that it was given."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mode's own arguments."""
    parser.add_argument("--images", type=int, default=10_000)


async def measure(bench: Bench, arguments: argparse.Namespace) -> None:
    """Sends all images, 20 a POST, and looks at the memory after a fifth of them and at the end."""
    for database in bench.databases[:1]:
        with served(database) as darkroom:
            async with AsyncExitStack() as stack:
                sending = await uploads(darkroom, stack)
                told: Figures = {}
                totals = []
                for images in (arguments.images // 5, arguments.images):
                    await _until(sending, images)
                    memory = darkroom.processes.memory_mib()
                    totals.append(sum(memory[role]["rss"] for role in WATCHED))
                    for role in WATCHED:
                        told[f"rss_{role}_after_{images}_mib"] = memory[role]["rss"]
                told["growth_percent"] = 100 * (totals[1] / totals[0] - 1)
            bench.results.add("soak", darkroom.name, told)
    bench.show_figures("soak")


async def _until(sending: Uploads, images: int) -> None:
    async def lane() -> None:
        call = sending.call(POST_IMAGES)
        while sending.images_ended() < images:
            await call()

    await asyncio.gather(*(lane() for _ in range(IN_FLIGHT)))
