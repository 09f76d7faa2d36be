"""The jobs of a request, from the engine's door to their answers."""

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from inference.engine.config import ModelConfig
from inference.engine.repository import ModelVersion
from inference.engine.statistics import Statistics
from inference.engine.status import VersionStatus
from inference.engine.types import (
    Canceled,
    Computed,
    Failed,
    GivenBack,
    Job,
    Outcome,
    Progress,
    Succeeded,
)
from inference.oip.errors import STOPPING, ProtocolError, Status, of_failure
from inference.oip.face import Answer

Report = Callable[[int, Progress], None]
"""Called with the number of a job and its progress."""

_TRIES: Final = 3
_PERHAPS_A_MATES_DOING: Final = frozenset({"model_crashed", "out_of_memory", "timeout"})


class Engine(Protocol):
    """The part of the engine that the data plane needs."""

    @property
    def statistics(self) -> Statistics:
        """What was computed so far."""

    def new_id(self) -> int:
        """An id for a job that has no row."""

    def resolve(self, name: str, version_or_label: str = "") -> ModelVersion:
        """The version that is meant; raises ModelNotFound or ModelUnavailable."""

    def index(self) -> list[VersionStatus]:
        """How each version of each model stands."""

    async def predict(self, job: Job, report: Callable[[Progress], None]) -> Outcome:
        """What becomes of a job."""


async def compute(
    engine: Engine,
    config: ModelConfig,
    jobs: Sequence[Job],
    place: Callable[[int], str],
    report: Report,
) -> list[Answer]:
    """The answers to the jobs, in their order; `place` names a job by its number.

    At most as many are in the engine at once as keep its instances busy, so that a request of many
    images takes turns with others and fits into a short queue.

    Raises:
        ProtocolError: a job failed; the rest is called off.
    """
    room = asyncio.Semaphore(min(_window(config), config.batching.max_queue_size))

    async def one(number: int, job: Job) -> Answer:
        async with room:
            try:
                return await _answer(engine, config, job, lambda step: report(number, step))
            except ProtocolError as error:
                raise ProtocolError(error.status, place(number) + error.message) from None

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(number, job)) for number, job in enumerate(jobs)]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


def _window(config: ModelConfig) -> int:
    """What keeps every instance busy; batching models keep a second batch ready."""
    return config.instances.count * (1 if config.max_batch_size <= 1 else 2 * config.max_batch_size)


async def _answer(
    engine: Engine, config: ModelConfig, job: Job, report: Callable[[Progress], None]
) -> Answer:
    shares = config.max_batch_size > 1
    given_back = 0
    while given_back < _TRIES:
        match await engine.predict(job, report):
            case Succeeded() | Computed() as answer:
                return answer
            case GivenBack():
                given_back += 1
            case Failed() as failure if (
                shares and not job.alone and failure.code in _PERHAPS_A_MATES_DOING
            ):
                # Alone it ends by its own doing.
                job = dataclasses.replace(job, alone=True)
            case Failed() as failure:
                raise of_failure(failure)
            case Canceled():
                raise ProtocolError(Status.CANCELLED, "The request was called off.")
    raise ProtocolError(Status.UNAVAILABLE, STOPPING)
