"""Other requests: how long they take while models run and photos come in, and at rest."""

import argparse
import asyncio
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from typing import Final

from benchmarks.bench import Bench
from benchmarks.darkroom import Served
from benchmarks.load import closed_loop, open_loop
from benchmarks.network import DOMINANT
from benchmarks.requests import get_call
from benchmarks.statistics import figures
from benchmarks.uploads import POST_IMAGES, uploads

PATHS: Final = ("/api/users/me/", "/api/uploads/?page_size=20", "/api/models/")
RATE: Final = 20.0
POSTS_IN_FLIGHT: Final = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mode has no arguments of its own."""


async def measure(bench: Bench, arguments: argparse.Namespace) -> None:
    """Measures the same requests, at the same rate, idle and busy by turns."""
    with ExitStack() as stack:
        for darkroom in bench.darkrooms(stack):
            async with AsyncExitStack() as sockets:
                sending = await uploads(darkroom, sockets, DOMINANT.name)
                for _ in range(bench.plan.runs):
                    await _window(bench, "others.idle", darkroom)
                    posts = [sending.call(POST_IMAGES) for _ in range(POSTS_IN_FLIGHT)]
                    busy = asyncio.create_task(closed_loop(posts, 2 * bench.plan.seconds))
                    # Until the first of them have ended, the model is being loaded.
                    await sending.call(1)()
                    await _window(bench, "others.busy", darkroom)
                    await busy
    bench.show("others.idle", "others.busy")


async def _window(bench: Bench, measurement: str, darkroom: Served) -> None:
    make_call = partial(get_call, darkroom, PATHS)
    window = await open_loop(make_call, RATE, bench.plan.seconds)
    bench.results.add(measurement, darkroom.name, figures(window, {}, len(window.latencies)))
