"""What every mode is given: how long to measure, where figures go, and what runs meanwhile."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from rich.console import Console

from benchmarks.darkroom import Served, served
from benchmarks.load import Call
from benchmarks.measure import Plan, measured
from benchmarks.peers import processes as peers
from benchmarks.results import Results
from benchmarks.tables import print_figures, print_measurement
from benchmarks.usage import Processes

DATABASES = ("sqlite", "postgres")


@dataclass
class Bench:
    """The results so far, and the servers that this run has started."""

    plan: Plan
    console: Console
    databases: Sequence[str] = ("sqlite",)
    with_peers: bool = True
    results: Results = field(default_factory=Results.begin)

    def darkrooms(self, stack: ExitStack, web: int = 1) -> list[Served]:
        """A running Darkroom on each database, with so many web processes, until the stack ends."""
        settings = {"WEB": str(web)}
        found = [stack.enter_context(served(one, settings=settings)) for one in self.databases]
        for darkroom in found if web > 1 else ():
            darkroom.name += f", {web} web"
        return found

    def peers_of_photos(self, stack: ExitStack) -> list[peers.Peer]:
        """LitServe and BentoML; none where they are not installed."""
        if not self.with_peers:
            return []
        servers = (peers.litserve(1), peers.litserve(2), peers.bentoml(2))
        return [stack.enter_context(server) for server in servers]

    def peers_of_tensors(self, stack: ExitStack) -> list[peers.Peer]:
        """Triton; none where it is not installed."""
        return [stack.enter_context(peers.triton())] if self.with_peers else []

    async def run(
        self,
        measurement: str,
        system: str,
        calls: Sequence[Call],
        processes: Processes,
        images_ended: Callable[[], int] | None = None,
    ) -> None:
        """Measures one window of closed-loop load and keeps it."""
        figures = await measured(calls, processes, self.plan, images_ended)
        self.results.add(measurement, system, figures)

    def show(self, *measurements: str) -> None:
        """Prints the medians so far."""
        for measurement in measurements:
            if measurement in self.results.runs:
                print_measurement(self.console, self.results, measurement)

    def show_figures(self, *measurements: str) -> None:
        """Prints the medians so far of what is not load."""
        for measurement in measurements:
            if measurement in self.results.runs:
                print_figures(self.console, self.results, measurement)
