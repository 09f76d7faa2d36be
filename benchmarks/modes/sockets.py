"""Many sockets: from an event to every client that listens, and memory for each of them."""

import argparse
import asyncio
import json
import resource
import time
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from benchmarks.bench import Bench
from benchmarks.darkroom import Served, served
from benchmarks.statistics import Figures, percentile
from benchmarks.uploads import upload_one
from tests.darkroom import Person

PEOPLE: Final = 20
OPENING: Final = 32
"""So many handshakes at once."""
UPLOADS_A_SECOND: Final = 1.0
SETTLE_SECONDS: Final = 5.0
ACK_EVERY: Final = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mode's own arguments."""
    parser.add_argument("--sockets", nargs="+", type=int, default=[1000, 5000])
    parser.add_argument("--listen-seconds", type=float, default=15)


async def measure(bench: Bench, arguments: argparse.Namespace) -> None:
    """Opens the sockets of twenty people, uploads for one after the other, and listens."""
    _allow_files(max(arguments.sockets) + 1000)
    for count in arguments.sockets:
        settings = {
            "MAX_SOCKETS_PER_USER": str(count),
            "MAX_CONNECTIONS_PER_ADDRESS": str(2 * count),
        }
        with served(bench.databases[0], settings=settings) as darkroom:
            people = [darkroom.darkroom.person(f"person-{number}") for number in range(PEOPLE)]
            told = await _listening(darkroom, people, count, arguments.listen_seconds)
            bench.results.add(f"sockets.{count}", darkroom.name, told)
        bench.show_figures(f"sockets.{count}")


async def _listening(darkroom: Served, people: list[Person], count: int, seconds: float) -> Figures:
    before = darkroom.processes.memory_mib()["web"]["rss"]
    delays: list[float] = []
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        opening = asyncio.Semaphore(OPENING)

        async def one(person: Person) -> None:
            async with opening:
                wire = await _opened(darkroom, person)
            stack.push_async_callback(wire.close)
            listening.append(asyncio.create_task(_listen(wire, delays)))

        listening: list[asyncio.Task[None]] = []
        await asyncio.gather(*(one(people[number % PEOPLE]) for number in range(count)))
        told = {"open_seconds": time.monotonic() - began}
        after = darkroom.processes.memory_mib()["web"]["rss"]
        told["kib_a_socket"] = 1024 * (after - before) / count
        # The first of each person tells what is only ever done once.
        for person in people:
            await upload_one(darkroom, person)
        await asyncio.sleep(SETTLE_SECONDS)
        delays.clear()
        for number in range(int(seconds * UPLOADS_A_SECOND)):
            await upload_one(darkroom, people[number % PEOPLE])
            await asyncio.sleep(1 / UPLOADS_A_SECOND)
        for task in listening:
            task.cancel()
    told |= {"deliveries": len(delays), "p50_ms": 1000 * percentile(delays, 0.5)}
    return told | {"p99_ms": 1000 * percentile(delays, 0.99)}


async def _opened(darkroom: Served, person: Person) -> ClientConnection:
    wire = await connect(
        darkroom.url.replace("http", "ws", 1) + "/ws/progress/",
        subprotocols=[Subprotocol("darkroom.v1")],
        compression=None,
        open_timeout=60,
        ping_interval=None,
    )
    token = person.tokens["access"]
    await wire.send(json.dumps({"type": "hello", "token": token, "epoch": None, "after": None}))
    while json.loads(await wire.recv())["type"] != "ready":
        pass
    return wire


async def _listen(wire: ClientConnection, delays: list[float]) -> None:
    try:
        async for text in wire:
            now = time.time()
            message = json.loads(text)
            if message["type"] != "event":
                continue
            if message["kind"] == "prediction.succeeded":
                # When the event was noted: its commit and everything after are in the delay.
                delays.append(now - datetime.fromisoformat(message["at"]).timestamp())
            if message["seq"] % ACK_EVERY == 0:
                await wire.send(json.dumps({"type": "ack", "seq": message["seq"]}))
    except ConnectionClosed:
        pass


def _allow_files(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(2 * count, hard), hard))
