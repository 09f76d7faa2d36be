"""The engine: takes jobs, gives outcomes. Models compute in child processes of their own."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Mapping, Sequence
from contextvars import Context
from pathlib import Path
from typing import Final

from inference.engine import confinement, temporary_folder
from inference.engine.confinement import MODEL_ALONE, Reach
from inference.engine.errors import JobFailure, LoadFailed, ModelNotFound
from inference.engine.launch import Launcher
from inference.engine.model_version import ModelVersion
from inference.engine.observer import Observer, Several
from inference.engine.pending_job import PendingJob
from inference.engine.placed_jobs import PlacedJob, PlacedJobs
from inference.engine.remote import NoRemote, Remote
from inference.engine.repository import Repository
from inference.engine.served_model import ServedModel
from inference.engine.statistics import Statistics
from inference.engine.status import VersionStatus
from inference.engine.types import DecodeLimits, Failed, GivenBack, Job, Outcome, Progress
from inference.engine.version_scheduler import VersionScheduler

CANCEL_SECONDS: Final = 5.0
MAX_QUEUED_BYTES: Final = 512 << 20
MORE_ATTEMPTS: Final = 2

logger = logging.getLogger(__name__)


class Engine:
    """Every model of a list of roots, each loaded when its first job comes.

    To be used on one event loop, that of the main thread. `reach` is what children can reach of the
    file system beside their model: where the images of jobs lie, and their results go. `remote`
    asks the servers that compute models for others.
    `cancel_seconds` is how long a running
    job may take to let go when it is called off, before its child process is ended.
    `max_queued_bytes` is how much the jobs that are here may hold together of their own data.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        limits: DecodeLimits,
        *,
        reach: Reach = MODEL_ALONE,
        remote: Remote | None = None,
        observer: Observer | None = None,
        cancel_seconds: float = CANCEL_SECONDS,
        max_queued_bytes: int = MAX_QUEUED_BYTES,
    ) -> None:
        self.statistics = Statistics()
        self._roots = roots
        self._launcher = Launcher(limits, reach, remote or NoRemote())
        self._observer = Several(self.statistics, *([observer] if observer else []))
        self._cancel_seconds = cancel_seconds
        self._jobs = PlacedJobs(max_queued_bytes, self._observer)
        self._repository = Repository(())
        self._served: dict[str, ServedModel] = {}
        self._ids = itertools.count(-1, -1)
        self._takes_work = False
        self._meanings: Mapping[tuple[str, str], str] = {}

    @property
    def repository(self) -> Repository:
        """What was read of the roots; empty before the start."""
        return self._repository

    async def start(self) -> None:
        """Read the roots, and begin to take work."""
        for sentence in confinement.lacks().values():
            logger.warning(sentence)
        await asyncio.to_thread(temporary_folder.remove_left_over)
        self._repository = await asyncio.to_thread(Repository, self._roots)
        for name, model in self._repository.models.items():
            self._served_model(name).serve(model)
        for name, problem in self._repository.problems.items():
            self._served_model(name).refuse(problem)
        self._takes_work = True

    def new_id(self) -> int:
        """An id for a job that has no row: negative, and never the same."""
        return next(self._ids)

    def capacity(self, model: str, version: str, *, reserved: bool = False) -> int:
        """How many more jobs with a row it would take now for this model; 0: none.

        `reserved`: of people of whom nothing of this model is running, for whom it has a place more
        while its instances are slow.
        """
        try:
            scheduler = self._scheduler(model, version)
        except JobFailure:
            return 0
        return scheduler.capacity(reserved=reserved) if self._takes_work else 0

    def loaded(self, model: str, version: str) -> int:
        """How many instances of this model are loaded; 0: none, or there is no such model."""
        try:
            return self._scheduler(model, version).instances
        except JobFailure:
            return 0

    async def start_instance(self, model: str, version: str) -> None:
        """Have an instance of this model loaded, if none is and it can be: no job waits for it."""
        with contextlib.suppress(JobFailure, LoadFailed):  # its scheduler has noted it
            if self._takes_work:
                await self._scheduler(model, version).load(1)

    def resolve(self, name: str, version_or_label: str = "") -> ModelVersion:
        """The version of a model that is meant; empty: the highest that is served.

        Raises:
            ModelNotFound: there is no such model or version.
            ModelUnavailable: the model is unloaded, or not valid.
        """
        number = self._meanings.get((name, version_or_label))
        if number is not None:
            with contextlib.suppress(ModelNotFound):
                return self._scheduler(name, number).version
        return self._scheduler(name, version_or_label).version

    def have_mean(self, numbers: Mapping[tuple[str, str], str]) -> None:
        """Have `resolve` take labels, or no version, of these models for these numbers.

        By model and label, or an empty text; a number that is not served changes nothing.
        """
        self._meanings = numbers

    async def predict(self, job: Job, report: Callable[[Progress], None]) -> Outcome:
        """The outcome of this job; never raises for the job's trouble.

        `report` is called on the event loop with each step of its progress. Canceling the caller
        cancels the job. Work without a row that is given back is tried again: nobody would.
        """
        outcome = await self._attempt(job, report)
        for _ in range(0 if job.id > 0 else MORE_ATTEMPTS):
            if not isinstance(outcome, GivenBack):
                break
            outcome = await self._attempt(job, report)
        return outcome

    def cancel(self, job_id: int, attempt: int) -> None:
        """Call off this attempt of a job, if it is here.

        One that waits is canceled at once. One that runs lets go between two steps of its model; if
        it does not, its child process is ended, and its batch mates are given back.
        """
        self._jobs.cancel(job_id, attempt)

    def preload(self, name: str) -> None:
        """Begin to start a model's default version: its first job need not wait for that.

        Raises:
            ModelNotFound: there is no such model.
        """
        if name not in self._served:
            raise ModelNotFound(f"There is no model {name}.")
        self._served[name].preload()

    async def load(self, name: str) -> None:
        """Read a model's folder anew, start instances of what is there, and then serve it.

        Nothing is refused meanwhile: what is here finishes on the instances it came for.

        Raises:
            LoadFailed: it cannot be loaded; what was served before still is.
            ModelNotFound: there never was such a model, and there is no folder for it.
        """
        known = name in self._served
        if not known and not await asyncio.to_thread(self._repository.has, name):
            raise ModelNotFound(f"There is no model {name}.")
        model = await self._served_model(name).load(lambda: self._repository.read(name))
        self._repository.keep(model)

    async def unload(self, name: str) -> None:
        """Take no more requests for a model, finish those that are here, and end its children.

        Raises:
            ModelNotFound: there is no such model.
        """
        if name not in self._served:
            raise ModelNotFound(f"There is no model {name}.")
        await self._served[name].unload()

    def index(self) -> list[VersionStatus]:
        """How each version of each model stands, in the order of their names and numbers."""
        served_models = sorted(self._served.items())
        return [status for _, served in served_models for status in served.statuses()]

    async def stop(self, grace_seconds: float) -> None:
        """Take no more work, let running batches finish within the grace, and end every child.

        What waits is given back at once, what did not finish at the end of the grace. May be called
        again with less grace while it runs.
        """
        self._takes_work = False
        await asyncio.gather(*(served.stop(grace_seconds) for served in self._served.values()))

    async def _attempt(self, job: Job, report: Callable[[Progress], None]) -> Outcome:
        if not self._takes_work:
            return GivenBack(job)
        try:
            scheduler = self._scheduler(job.model, job.version)
        except JobFailure as failure:
            return Failed(job, failure.code, failure.message, failure.kind)
        placed = PlacedJob(PendingJob(job, report), scheduler)
        # In a context of its own: what is begun for this job serves others after it.
        Context().run(self._jobs.place, placed)
        try:
            return await placed.pending.settled()
        except asyncio.CancelledError:
            scheduler.cancel(placed.pending)
            raise

    def _served_model(self, name: str) -> ServedModel:
        return self._served.setdefault(name, ServedModel(name, self._new_scheduler))

    def _new_scheduler(self, version: ModelVersion) -> VersionScheduler:
        return VersionScheduler(
            version, self._launcher, self._observer, cancel_seconds=self._cancel_seconds
        )

    def _scheduler(self, model: str, version: str) -> VersionScheduler:
        if model not in self._served:
            raise ModelNotFound(f"There is no model {model}.")
        return self._served[model].scheduler(version)
