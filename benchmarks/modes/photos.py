"""Photos: a POST until its results are on the socket; alone, many in flight, many in one POST."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from typing import Final

from benchmarks.bare import bare_photo
from benchmarks.bench import Bench
from benchmarks.darkroom import Served
from benchmarks.peers.processes import Peer
from benchmarks.uploads import POST_IMAGES, peer_call, uploads

LOADS: Final = {
    "alone": (1, 1),
    "8": (8, 1),
    "32": (32, 1),
    "20 a POST": (2, POST_IMAGES),
    "20 a POST, 8 in flight": (8, POST_IMAGES),
}
"""Requests in flight, and photos in each."""
BARE_SECONDS: Final = 2.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mode's own arguments."""
    parser.add_argument("--only", nargs="+", choices=LOADS, default=list(LOADS))
    parser.add_argument(
        "--web", nargs="+", type=int, default=[1], help="web processes, each number by itself"
    )


async def measure(bench: Bench, arguments: argparse.Namespace) -> None:
    """Measures every system in turn, so that a slow moment of the machine meets all of them."""
    with ExitStack() as stack:
        darkrooms = [one for web in arguments.web for one in bench.darkrooms(stack, web)]
        peers = bench.peers_of_photos(stack)
        for _ in range(bench.plan.runs):
            for load in arguments.only:
                await _one_run(bench, load, darkrooms, peers)
            told = await asyncio.to_thread(bare_photo, BARE_SECONDS)
            bench.results.add("bare photo", "bare", told)
    bench.show("bare photo", *(f"photos.{load}" for load in arguments.only))


async def _one_run(
    bench: Bench, load: str, darkrooms: Sequence[Served], peers: Sequence[Peer]
) -> None:
    in_flight, images = LOADS[load]
    for darkroom in darkrooms:
        async with AsyncExitStack() as stack:
            sending = await uploads(darkroom, stack)
            calls = [sending.call(images) for _ in range(in_flight)]
            await bench.run(
                f"photos.{load}", darkroom.name, calls, darkroom.processes, sending.images_ended
            )
    # None of them takes many photos in one request.
    for peer in peers if images == 1 else ():
        calls = [peer_call(peer.host, peer.port) for _ in range(in_flight)]
        await bench.run(f"photos.{load}", peer.name, calls, peer.processes)
