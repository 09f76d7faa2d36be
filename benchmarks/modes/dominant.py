"""Where the model takes the time: 20 ms an image, 20 a POST, as a share of the bare model."""

import argparse
import asyncio
from contextlib import AsyncExitStack, ExitStack
from typing import Final

from benchmarks.bare import bare
from benchmarks.bench import Bench
from benchmarks.network import DOMINANT
from benchmarks.uploads import POST_IMAGES, uploads

IN_FLIGHT: Final = 3
"""POSTs: one that is computed, one that waits, one that is sent."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mode has no arguments of its own."""


async def measure(bench: Bench, arguments: argparse.Namespace) -> None:
    """Measures Darkroom and the bare model by turns."""
    with ExitStack() as stack:
        darkrooms = bench.darkrooms(stack)
        for _ in range(bench.plan.runs):
            for darkroom in darkrooms:
                async with AsyncExitStack() as sockets:
                    sending = await uploads(darkroom, sockets, DOMINANT.name)
                    calls = [sending.call(POST_IMAGES) for _ in range(IN_FLIGHT)]
                    await bench.run(
                        "dominant", darkroom.name, calls, darkroom.processes, sending.images_ended
                    )
            # In a thread, since it takes its core for itself, and nothing else runs.
            told = await asyncio.to_thread(bare, DOMINANT, bench.plan.seconds)
            bench.results.add("dominant", "bare", told)
    bench.show("dominant")
