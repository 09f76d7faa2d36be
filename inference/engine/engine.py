"""The engine: takes jobs, gives outcomes. Models compute in child processes of their own."""

import asyncio
from collections.abc import Callable

from inference.engine.errors import ModelNotFound, ParamsRefused
from inference.engine.lane import Lane
from inference.engine.repository import ModelVersion, Repository
from inference.engine.ticket import Ticket
from inference.engine.types import DecodeLimits, GivenBack, Job, Outcome, Progress

CANCEL_SECONDS = 5.0


class Engine:
    """Every model of a repository, each loaded when its first job comes.

    To be used on one event loop, that of the main thread. `cancel_seconds` is how long a running
    job may take to let go when it is called off, before its child process is ended.
    """

    def __init__(
        self,
        repository: Repository,
        limits: DecodeLimits,
        *,
        cancel_seconds: float = CANCEL_SECONDS,
    ) -> None:
        self.repository = repository
        self._limits = limits
        self._cancel_seconds = cancel_seconds
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._tickets: dict[int, list[Ticket]] = {}
        self._takes_work = False

    async def start(self) -> None:
        """Begin to take work."""
        self._takes_work = True

    def capacity(self, model: str, version: str) -> int:
        """How many more jobs it would take now for this model; 0: none."""
        found = self.repository.version(model, version)
        if not self._takes_work or found is None:
            return 0
        return self._lane(found).capacity

    async def predict(self, job: Job, report: Callable[[Progress], None]) -> Outcome:
        """The outcome of this job; never raises for the job's trouble.

        `report` is called on the event loop with each step of its progress. Canceling the caller
        cancels the job.
        """
        if not self._takes_work:
            return GivenBack(job)
        ticket = Ticket(job, report)
        version = self.repository.version(job.model, job.version)
        if version is None:
            ticket.fail(ModelNotFound(f"There is no model {job.model} version {job.version}."))
        elif refusal := version.config.refusal(job.params):
            ticket.fail(ParamsRefused(refusal))
        else:
            self._submit(ticket, version)
        try:
            return await asyncio.shield(ticket.outcome)
        except asyncio.CancelledError:
            self._cancel(ticket)
            raise

    def cancel(self, job_id: int, attempt: int) -> None:
        """Call off this attempt of a job, if it is here.

        One that waits is canceled at once. One that runs lets go between two steps of its model; if
        it does not, its child process is ended, and its batch mates are given back.
        """
        for ticket in list(self._tickets.get(job_id, ())):
            if ticket.job.attempt == attempt:
                self._cancel(ticket)

    async def stop(self, grace_seconds: float) -> None:
        """Take no more work, let running batches finish within the grace, and end every child.

        What waits is given back at once, what did not finish at the end of the grace. May be called
        again with less grace while it runs.
        """
        self._takes_work = False
        await asyncio.gather(*(lane.stop(grace_seconds) for lane in self._lanes.values()))

    def _submit(self, ticket: Ticket, version: ModelVersion) -> None:
        job_id = ticket.job.id
        self._tickets.setdefault(job_id, []).append(ticket)
        ticket.outcome.add_done_callback(lambda _outcome: self._forget(ticket))
        self._lane(version).submit(ticket)

    def _forget(self, ticket: Ticket) -> None:
        others = [other for other in self._tickets[ticket.job.id] if other is not ticket]
        if others:
            self._tickets[ticket.job.id] = others
        else:
            del self._tickets[ticket.job.id]

    def _cancel(self, ticket: Ticket) -> None:
        version = self.repository.version(ticket.job.model, ticket.job.version)
        if version and not ticket.is_settled:
            self._lane(version).cancel(ticket)

    def _lane(self, version: ModelVersion) -> Lane:
        key = (version.config.name, version.number)
        if key not in self._lanes:
            self._lanes[key] = Lane(version, self._limits, cancel_seconds=self._cancel_seconds)
        return self._lanes[key]
