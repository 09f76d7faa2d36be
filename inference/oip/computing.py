"""The jobs of a request, from the engine to their answers."""

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, Protocol

from inference.engine.config import ModelConfig
from inference.engine.errors import QueueTimeout
from inference.engine.model_version import ModelVersion
from inference.engine.spans import record_timing
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
from inference.oip.adapter import Answer
from inference.oip.errors import STOPPING, ProtocolError, Status, of_failure
from tracing import spans

Report = Callable[[int, Progress], None]
"""Called with the number of a job and its progress."""

_TRIES: Final = 3


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
    *,
    taken_at: float,
) -> list[Answer]:
    """The answers to the jobs, in their order; `place` names a job by its number.

    A job's `queue_timeout` counts from `taken_at`, by the monotonic clock: each try of a job has
    what is left of it then.

    At most as many are in the engine at once as keep its instances busy, so that a request of many
    images takes turns with others and fits into a short queue.

    Raises:
        ProtocolError: a job failed, or did not come to be computed in time; the rest is called off.
    """

    async def one(number: int, job: Job, room: asyncio.Semaphore | None) -> Answer:
        ends_at = None if job.queue_timeout is None else taken_at + job.queue_timeout
        try:
            if room is None:
                return await _answer(engine, job, partial(report, number), ends_at)
            async with _place_in(room, ends_at):
                return await _answer(engine, job, partial(report, number), ends_at)
        except ProtocolError as error:
            message = place(number) + error.message
            raise ProtocolError(error.status, message, error.retry_after) from None

    if len(jobs) == 1:
        # There is room for one always, and it needs no task of its own.
        return [await one(0, jobs[0], None)]
    room = asyncio.Semaphore(min(_window(config), config.batching.max_queue_size))
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(number, job, room)) for number, job in enumerate(jobs)]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


def _window(config: ModelConfig) -> int:
    """What keeps every instance busy; batching models keep a second batch ready."""
    return config.instances.count * (1 if config.max_batch_size <= 1 else 2 * config.max_batch_size)


@asynccontextmanager
async def _place_in(room: asyncio.Semaphore, ends_at: float | None) -> AsyncIterator[None]:
    left = None if ends_at is None else max(0.0, ends_at - time.monotonic())
    try:
        await asyncio.wait_for(room.acquire(), left)
    except TimeoutError:
        raise of_failure(QueueTimeout()) from None
    try:
        yield
    finally:
        room.release()


def _due(job: Job, ends_at: float | None) -> Job:
    """The job, with what is left of its time to wait."""
    if ends_at is None:
        return job
    left = ends_at - time.monotonic()
    if left <= 0:
        raise of_failure(QueueTimeout())
    return dataclasses.replace(job, queue_timeout=left)


async def _answer(
    engine: Engine,
    job: Job,
    report: Callable[[Progress], None],
    ends_at: float | None,
) -> Answer:
    given_back = 0
    while given_back < _TRIES:
        asked_ns = spans.now_ns()
        match await engine.predict(_due(job, ends_at), report):
            case Succeeded() | Computed() as answer:
                record_timing(
                    answer.timing,
                    spans.current(),
                    began_ns=asked_ns,
                    asked_ns=asked_ns,
                    ended_ns=spans.now_ns(),
                    attributes={"darkroom.model": job.model, "darkroom.model.version": job.version},
                )
                return answer
            case GivenBack():
                given_back += 1
            case Failed(shared=True) if not job.alone:
                # Perhaps it was a mate's doing; alone it ends by its own.
                job = dataclasses.replace(job, alone=True)
            case Failed() as failure:
                raise of_failure(failure)
            case Canceled():
                raise ProtocolError(Status.CANCELLED, "The request was called off.")
    raise ProtocolError(Status.UNAVAILABLE, STOPPING)
