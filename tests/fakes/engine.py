"""An engine without processes: its outcomes are decided by the test."""

import asyncio
from collections.abc import Callable

from inference.engine.types import (
    Canceled,
    GivenBack,
    ImageJob,
    Outcome,
    Progress,
    Succeeded,
    Timing,
)

Script = Callable[[ImageJob], Outcome]
THUMBHASH = "HfgJFZAROllTd4eAiJh4ZBN5ILH6"
"""Of some picture."""


def succeed(job: ImageJob) -> Outcome:
    """An empty text."""
    return Succeeded(
        job=job,
        output={"kind": "text", "text": "", "language": None, "regions": []},
        output_file=None,
        output_bytes=None,
        timing=Timing(
            wait_ns=0, decode_ns=1_000_000, compute_ns=1_000_000, encode_ns=1_000_000, batch_size=1
        ),
        provenance={"model_sha256": "0" * 64, "device": "cpu"},
    )


class FakeEngine:
    """Takes `slots` jobs at a time of any model, and ends each by `script`.

    While `hold` is set, jobs stay running: until `release`, `cancel` or `stop`.
    """

    def __init__(
        self,
        script: Script = succeed,
        *,
        slots: int = 4,
        reserved: int = 0,
        hold: bool = False,
        instances: int = 1,
    ) -> None:
        self.script = script
        self.slots = slots
        self.instances = instances
        """How many are loaded."""
        self.reserved = reserved
        """Slots more, for people of whom nothing is running."""
        self.jobs: list[ImageJob] = []
        """Every job it was ever given, in order."""
        self.running: dict[int, ImageJob] = {}
        self._outcomes: dict[int, asyncio.Future[Outcome]] = {}
        self._reports: dict[int, Callable[[Progress], None]] = {}
        self._hold = hold
        self._takes_work = False

    async def start(self) -> None:
        """Begin to take work."""
        self._takes_work = True

    def capacity(self, model: str, version: str, *, reserved: bool = False) -> int:
        """How many more jobs it would take now."""
        slots = self.slots + (self.reserved if reserved else 0)
        return slots - len(self.running) if self._takes_work else 0

    def loaded(self, model: str, version: str) -> int:
        """How many instances are loaded."""
        return self.instances

    async def start_instance(self, model: str, version: str) -> None:
        """Have one loaded, if none is."""
        self.instances = max(1, self.instances)

    async def predict(self, job: ImageJob, report: Callable[[Progress], None]) -> Outcome:
        """The scripted outcome."""
        if not self._takes_work:
            return GivenBack(job)
        self.jobs.append(job)
        self.running[job.id] = job
        self._reports[job.id] = report
        self._outcomes[job.id] = asyncio.get_running_loop().create_future()
        try:
            if not self._hold:
                self._end(job, self.script(job))
            return await self._outcomes[job.id]
        finally:
            del self.running[job.id], self._outcomes[job.id], self._reports[job.id]

    def advance(self, job_id: int, stage: str, fraction: float) -> None:
        """Report progress of a running job."""
        attempt = self.running[job_id].attempt
        self._reports[job_id](Progress(job_id, attempt, stage, fraction, None))

    def release(self) -> None:
        """Let go of every job, and hold none from now on."""
        self._hold = False
        for job in list(self.running.values()):
            self._end(job, self.script(job))

    def end(self, job_id: int) -> None:
        """Let go of one job."""
        job = self.running[job_id]
        self._end(job, self.script(job))

    def cancel(self, job_id: int, attempt: int) -> None:
        """Call off a running attempt."""
        job = self.running.get(job_id)
        if job and job.attempt == attempt:
            self._end(job, Canceled(job))

    async def stop(self, grace_seconds: float) -> None:
        """Take no more work, wait for what runs, and give back what is left."""
        self._takes_work = False
        waiting = list(self._outcomes.values())
        if waiting and grace_seconds > 0:
            await asyncio.wait(waiting, timeout=grace_seconds)
        for job in list(self.running.values()):
            self._end(job, GivenBack(job))

    def _end(self, job: ImageJob, outcome: Outcome) -> None:
        future = self._outcomes[job.id]
        if not future.done():
            future.set_result(outcome)
