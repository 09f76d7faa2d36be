"""Starts everything in order, and stops it in order."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from project.up.console import Console
from project.up.errors import StartError
from project.up.process import Backoff, Process, Program

Step = Callable[[], Awaitable[None]]


async def _at_once() -> None:
    """The step of what needs no waiting."""


@dataclass(frozen=True)
class Plan:
    """What to run: services (stopped last) and beside them the set-up, then servers, then the
    announcement."""

    services: Sequence[Program]
    servers: Sequence[Program]
    setup: Sequence[Program] = ()
    """What runs to its end before the servers start, and keeps them from it where it fails."""
    services_answer: Step = _at_once
    """Returns when the servers may start; raises StartError where they never will."""
    announce: Step = _at_once
    """Runs beside the servers once they are started."""
    stop_accepting: Callable[[], None] = lambda: None
    """Called when the stop begins: what comes in from now on would find nobody."""

    @property
    def labels(self) -> list[str]:
        """The label of every process, in the order they start."""
        return [program.label for program in (*self.services, *self.setup, *self.servers)]


@dataclass(frozen=True)
class Timeouts:
    """How long, in seconds, processes may take to end before they are killed."""

    servers: float = 30.0
    services: float = 5.0
    backoff: Backoff = field(default_factory=Backoff)


class Supervisor:
    """Keeps the processes of a plan running until it is told to stop.

    The first SIGINT or SIGTERM stops everything in order, the second tells the servers to hurry,
    the third kills them.
    """

    def __init__(self, plan: Plan, console: Console, timeouts: Timeouts | None = None) -> None:
        self._plan = plan
        self._console = console
        self._timeouts = timeouts or Timeouts()
        self._interrupts = 0
        self._interrupted = asyncio.Event()
        self._services: list[Process] = []
        self._setup: list[Process] = []
        self._servers: list[Process] = []

    async def run(self) -> None:
        """Runs until interrupted; raises the StartError that kept the servers from starting."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.interrupt)
        with _lifeline() as lifeline:
            self._services = self._prepared(self._plan.services, lifeline)
            self._setup = self._prepared(self._plan.setup, lifeline)
            self._servers = self._prepared(self._plan.servers, lifeline)
            try:
                await self._until_interrupted()
            finally:
                await _end([*self._setup, *self._servers], self._timeouts.servers)
                await _end(self._services, self._timeouts.services)

    def interrupt(self) -> None:
        """One request to stop; each further one is more urgent."""
        self._interrupts += 1
        if self._interrupts == 1:
            self._console.write("Stopping. Ctrl-C again makes the workers give back their work.")
            self._plan.stop_accepting()
        elif self._interrupts == 2:
            for process in self._servers:
                process.terminate()
        else:
            for process in self._servers:
                process.kill()
        self._interrupted.set()

    def _prepared(self, programs: Sequence[Program], lifeline: int) -> list[Process]:
        return [
            Process(program, self._console, lifeline=lifeline, backoff=self._timeouts.backoff)
            for program in programs
        ]

    async def _until_interrupted(self) -> None:
        starting = asyncio.create_task(self._start())
        interrupted = asyncio.create_task(self._interrupted.wait())
        try:
            await asyncio.wait({starting, interrupted}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await interrupted
        finally:
            for task in (starting, interrupted):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, StartError):
                await starting

    async def _start(self) -> None:
        for process in self._services:
            process.start()
        await asyncio.gather(
            self._plan.services_answer(), *(process.succeeded() for process in self._setup)
        )
        for process in self._servers:
            process.start()
        await self._plan.announce()


async def _end(processes: Sequence[Process], timeout: float) -> None:
    for process in processes:
        process.terminate()
    ends = [asyncio.ensure_future(process.ended()) for process in processes]
    if not ends:
        return
    _, late = await asyncio.wait(ends, timeout=timeout)
    if late:
        for process in processes:
            process.kill()
        await asyncio.wait(late)


@contextlib.contextmanager
def _lifeline() -> Iterator[int]:
    """The read end of a pipe that ends when this process does, however it does."""
    read_end, write_end = os.pipe()
    try:
        yield read_end
    finally:
        os.close(read_end)
        os.close(write_end)
