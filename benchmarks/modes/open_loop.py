"""Open loop: photos at fixed rates, latency from the moment at which each was due."""

import argparse
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from functools import partial

from benchmarks.bench import Bench
from benchmarks.load import Call, open_loop
from benchmarks.measure import Used
from benchmarks.statistics import figures
from benchmarks.uploads import peer_call, uploads
from benchmarks.usage import Processes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mode's own arguments."""
    parser.add_argument("--rates", nargs="+", type=float, default=[5, 10, 20])


async def measure(bench: Bench, arguments: argparse.Namespace) -> None:
    """Measures every system at every rate."""
    with ExitStack() as stack:
        darkrooms, peers = bench.darkrooms(stack), bench.peers_of_photos(stack)
        for _ in range(bench.plan.runs):
            for rate in arguments.rates:
                for darkroom in darkrooms:
                    async with AsyncExitStack() as sockets:
                        sending = await uploads(darkroom, sockets)
                        await _window(
                            bench, rate, darkroom.name, partial(sending.call, 1), darkroom.processes
                        )
                for peer in peers:
                    await _window(
                        bench,
                        rate,
                        peer.name,
                        partial(peer_call, peer.host, peer.port),
                        peer.processes,
                    )
    bench.show(*(f"open.{rate:g}" for rate in arguments.rates))


async def _window(
    bench: Bench, rate: float, system: str, make_call: Callable[[], Call], processes: Processes
) -> None:
    used = Used(processes)
    used.begin()
    window = await open_loop(make_call, rate, bench.plan.seconds)
    used.end()
    told = figures(window, used.seconds, len(window.latencies))
    bench.results.add(f"open.{rate:g}", system, told)
