"""The modes of `python -m benchmarks`: what each measures, and on which systems."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Final

from rich.console import Console

from benchmarks import tensors
from benchmarks.darkroom import Served, served
from benchmarks.load import Call
from benchmarks.measure import Plan, measured
from benchmarks.photos import POST_IMAGES, uploads
from benchmarks.results import Results
from benchmarks.tables import print_measurement

PHOTOS: Final = {"alone": (1, 1), "8": (8, 1), "32": (32, 1), "20 a POST": (2, POST_IMAGES)}
"""What is sent: requests in flight, and photos in each."""
TENSORS: Final = {"alone": 1, "16": 16}


class Bench:
    """Where measurements go: the results, and the terminal."""

    def __init__(self, plan: Plan, results: Results, console: Console) -> None:
        self.plan = plan
        self.results = results
        self.console = console

    async def run(
        self,
        measurement: str,
        system: str,
        calls: Sequence[Call],
        on: Served,
        images_ended: Callable[[], int] | None = None,
    ) -> None:
        """Measures one window and keeps it."""
        figures = await measured(calls, on.processes, self.plan, images_ended)
        self.results.add(measurement, system, figures)

    def show(self, measurement: str) -> None:
        """Prints the medians so far."""
        print_measurement(self.console, self.results, measurement)


async def photos(bench: Bench, databases: Sequence[str], only: Sequence[str]) -> None:
    """Photo POSTs until the result is on the socket."""
    for database in databases:
        with served(database) as darkroom:
            async with AsyncExitStack() as stack:
                sending = await uploads(darkroom, stack)
                for _ in range(bench.plan.runs):
                    for name in only or PHOTOS:
                        in_flight, images = PHOTOS[name]
                        calls = [sending.call(images) for _ in range(in_flight)]
                        system = f"{darkroom.name} {database}"
                        await bench.run(
                            f"photos.{name}", system, calls, darkroom, sending.images_ended
                        )
    for name in only or PHOTOS:
        bench.show(f"photos.{name}")


async def tensors_(bench: Bench, only: Sequence[str]) -> None:
    """Tensors by gRPC and by REST."""
    with served() as darkroom:
        for _ in range(bench.plan.runs):
            for name in only or TENSORS:
                async with AsyncExitStack() as stack:
                    token = f"Bearer {darkroom.account.token()}".encode()
                    one = await tensors.grpc_call(darkroom.grpc_address, stack, token)
                    calls = [one] * TENSORS[name]
                    await bench.run(f"grpc.{name}", darkroom.name, calls, darkroom)
                header = darkroom.account.header()
                calls = [
                    tensors.rest_call(darkroom.host, darkroom.port, header)
                    for _ in range(TENSORS[name])
                ]
                await bench.run(f"rest.{name}", darkroom.name, calls, darkroom)
    for kind in ("grpc", "rest"):
        for name in only or TENSORS:
            bench.show(f"{kind}.{name}")
