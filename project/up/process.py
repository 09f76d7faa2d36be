"""One supervised process: started on a leash, its output labelled, started again when it dies."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from project.up import leash
from project.up.console import Console, lines
from project.up.errors import StartError

_NO_SECRETS: Final = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ")


@dataclass(frozen=True)
class Program:
    """What to run: its label, its command line, what to add to the environment, what to inherit.

    `is_ours`: whether it gets our own environment, which holds secrets.
    """

    label: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    descriptors: tuple[int, ...] = ()
    is_ours: bool = True

    def whole_environment(self) -> dict[str, str]:
        """What it is started with."""
        ours = os.environ  # noqa: TID251  # handed on to the program, not read here
        kept = ours if self.is_ours else {name: ours[name] for name in _NO_SECRETS if name in ours}
        return {**kept, **self.environment}


@dataclass(frozen=True)
class Backoff:
    """How long to wait, in seconds, before a process that died is started again."""

    first: float = 0.5
    longest: float = 30.0
    healthy_after: float = 30.0
    """A process that lived this long begins again with the first wait."""

    def next(self, previous: float | None, lifetime: float) -> float:
        """The wait after a life of `lifetime` seconds, `previous` being the wait before it."""
        if previous is None or lifetime >= self.healthy_after:
            return self.first
        return min(previous * 2, self.longest)


class Process:
    """Runs one program: again and again until it is told to stop, or once to its end."""

    def __init__(
        self, program: Program, console: Console, *, lifeline: int, backoff: Backoff
    ) -> None:
        """Prepares `program`; `lifeline` is the read end of the pipe that its leash watches."""
        self.program = program
        self._console = console
        self._lifeline = lifeline
        self._backoff = backoff
        self._leash: asyncio.subprocess.Process | None = None
        self._is_stopping = asyncio.Event()
        self._task: asyncio.Task[Any] | None = None

    def start(self) -> None:
        """Starts the program, and starts it again whenever it dies."""
        self._task = asyncio.create_task(self._keep_running(), name=self.program.label)

    async def succeeded(self) -> None:
        """Runs the program once, to its end.

        Raises:
            StartError: it failed, and has said why.
        """
        once = asyncio.create_task(self._run_once(), name=self.program.label)
        self._task = once
        # Who waits here may be called off; the program is ended in order all the same.
        if await asyncio.shield(once):
            label = self.program.label
            raise StartError(f"{label}_failed", f"The {label} failed: the lines above say why.")

    def terminate(self) -> None:
        """Asks the program to end (SIGTERM); it is not started again."""
        self._is_stopping.set()
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the program and its process group at once; it is not started again."""
        self._is_stopping.set()
        self._signal(signal.SIGQUIT)

    async def ended(self) -> None:
        """Waits until a stopped program is gone."""
        if self._task is not None:
            await self._task

    def _signal(self, number: int) -> None:
        if self._leash is not None and self._leash.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._leash.send_signal(number)

    async def _keep_running(self) -> None:
        wait: float | None = None
        while not self._is_stopping.is_set():
            started = time.monotonic()
            status = await self._run_once()
            if self._is_stopping.is_set():
                return
            wait = self._backoff.next(wait, time.monotonic() - started)
            self._console.line(
                self.program.label, f"ended with status {status}; starts again in {wait:g} s"
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_stopping.wait(), wait)

    async def _run_once(self) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-S", str(Path(leash.__file__)), str(self._lifeline)),
            *self.program.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self.program.whole_environment(),
            pass_fds=(self._lifeline, *self.program.descriptors),
            start_new_session=True,
        )
        self._leash = process
        if self._is_stopping.is_set():
            self._signal(signal.SIGTERM)
        assert process.stdout is not None  # noqa: S101  # asked for above
        async for line in lines(process.stdout):
            self._console.line(self.program.label, line)
        return await process.wait()
