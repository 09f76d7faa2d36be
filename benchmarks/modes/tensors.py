"""Tensors: infer requests of the Open Inference Protocol, by gRPC and by REST."""

import argparse
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from typing import Final

from benchmarks import infer
from benchmarks.bench import Bench
from benchmarks.darkroom import Served
from benchmarks.peers.processes import Peer

LOADS: Final = {"alone": 1, "16": 16}
"""Requests in flight."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mode's own arguments."""
    parser.add_argument("--only", nargs="+", choices=LOADS, default=list(LOADS))


async def measure(bench: Bench, arguments: argparse.Namespace) -> None:
    """Measures every server in turn."""
    with ExitStack() as stack:
        # Tensors never meet the database: one is enough.
        darkroom = bench.darkrooms(stack)[0]
        peers = bench.peers_of_tensors(stack)
        for _ in range(bench.plan.runs):
            for load in arguments.only:
                await _grpc(bench, load, darkroom, peers)
                await _rest(bench, load, darkroom, peers)
    bench.show(*(f"{protocol}.{load}" for protocol in ("grpc", "rest") for load in arguments.only))


async def _grpc(bench: Bench, load: str, darkroom: Served, peers: Sequence[Peer]) -> None:
    async with AsyncExitStack() as stack:
        token = f"Bearer {darkroom.account.token()}"
        call = await infer.grpc_call(darkroom.grpc_address, stack, token)
        await bench.run(f"grpc.{load}", "darkroom", [call] * LOADS[load], darkroom.processes)
        for peer in peers:
            call = await infer.grpc_call(f"{peer.host}:{peer.grpc_port}", stack)
            await bench.run(f"grpc.{load}", peer.name, [call] * LOADS[load], peer.processes)


async def _rest(bench: Bench, load: str, darkroom: Served, peers: Sequence[Peer]) -> None:
    token = darkroom.account.header()
    # By the worker's own port, and by the web, which forwards to it.
    for system, port in (("darkroom", darkroom.oip_port), ("darkroom web", darkroom.port)):
        calls = [infer.rest_call(darkroom.host, port, token) for _ in range(LOADS[load])]
        await bench.run(f"rest.{load}", system, calls, darkroom.processes)
    for peer in peers:
        calls = [infer.rest_call(peer.host, peer.port) for _ in range(LOADS[load])]
        await bench.run(f"rest.{load}", peer.name, calls, peer.processes)
