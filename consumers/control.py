"""Load and unload commands: the desired state is written, and every worker applies it."""

import asyncio
import time
from collections.abc import Collection
from typing import Final

from consumers.database import in_database
from uploads import bus
from uploads.catalog import desired, holdings
from uploads.catalog.desired import Desired, ObservedState
from uploads.errors import ModelNotFound
from uploads.events import Actor

LOAD_SECONDS: Final = 130.0
"""A model's own time-out for loading, as it is by default, and a little for the way there."""
_LONGEST_PAUSE_SECONDS: Final = 0.5


class CommandFailed(Exception):
    """Base of what can become of a command; `message` is one sentence. Do not raise directly."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class LoadFailed(CommandFailed):
    """A worker could not load the model; it keeps what it had."""


class Unfinished(CommandFailed):
    """Not every worker was done in time; they go on."""


class NoWorkers(CommandFailed):
    """No worker lives that could do it; those that start will apply it."""


async def load(name: str, actor: Actor, *, timeout: float = LOAD_SECONDS) -> None:
    """Has every worker read a model's folder anew and serve it; returns when all have.

    What is in flight finishes on what was loaded before, and nothing is refused meanwhile.

    Raises:
        ModelNotFound: no worker has such a model.
        LoadFailed: a worker could not.
        Unfinished: not all were done within `timeout` seconds.
        NoWorkers: there is none.
    """
    await _command(name, Desired.LOADED, actor, timeout)


async def unload(name: str, actor: Actor, *, timeout: float = LOAD_SECONDS) -> None:
    """Has every worker finish what is in flight for a model and let go of it.

    Raises:
        ModelNotFound: no worker has such a model.
        Unfinished: not all were done within `timeout` seconds.
        NoWorkers: there is none.
    """
    await _command(name, Desired.UNLOADED, actor, timeout)


async def _command(name: str, state: Desired, actor: Actor, timeout: float) -> None:
    generation = await in_database(desired.set_desired, name, state, actor)
    await bus.ask_to_reconcile()
    deadline = time.monotonic() + timeout
    pause = 0.05
    while True:
        answers = await in_database(_answers, name)
        if not answers:
            raise NoWorkers("No worker runs now. The next one that starts will do it.")
        if all(answer.generation >= generation for answer in answers):
            try:
                return _judge(name, answers)
            except ModelNotFound:
                await in_database(desired.withdraw, name, generation)
                raise
        if time.monotonic() + pause > deadline:
            raise Unfinished(f"Not every worker was done with '{name}' within {timeout:.0f} s.")
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)


def _answers(name: str) -> Collection[ObservedState]:
    return desired.observed(name, holdings.live_workers().filter(draining=False)).values()


def _judge(name: str, answers: Collection[ObservedState]) -> None:
    problems = {answer.problem for answer in answers}
    if problems == {"model_not_found"}:
        raise ModelNotFound(f"There is no model named '{name}'.")
    for answer in answers:
        if answer.problem == "load_failed":
            raise LoadFailed(answer.reason)
