"""From a claim to its ending: claims go to the engine, outcomes to the database."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from consumers.database import in_database
from consumers.metrics import failures
from consumers.worker import claiming
from consumers.worker.claiming import VersionKey
from consumers.worker.deferred_suspects import DeferredSuspects, StartsInstances
from consumers.worker.ending_writer import EndingWriter
from consumers.worker.files import Files, NotThereYet
from consumers.worker.hints import Hints
from consumers.worker.jobs import job_of
from consumers.worker.outcomes import ending_of
from consumers.worker.reporter import Reporter
from consumers.worker.thumbnails import WrittenThumbnails
from consumers.worker.work import Work
from inference.engine.types import ImageJob, Outcome, Progress
from tracing import spans
from tracing.traceparent import log_fields
from uploads import bus
from uploads.errors import StorageUnavailable
from uploads.queue.endings import Cancellation, Ending, Failure, Success
from uploads.queue.held import Attempt, Claim, Held, Tick
from uploads.queue.leases import Who
from uploads.queue.retry import Blame

logger = logging.getLogger("darkroom.pipeline")

Note = Callable[[Claim, Outcome], None]
"""Called with what became of each claim."""


class Predicts(StartsInstances, Protocol):
    """The part of the engine that the pipeline needs."""

    async def predict(self, job: ImageJob, report: Any) -> Outcome:
        """What becomes of a job."""

    def cancel(self, job_id: int, attempt: int) -> None:
        """Calls one attempt of a job off."""


class Pipeline:
    """Everything that one worker holds at the moment."""

    def __init__(
        self,
        worker: str,
        name: str,
        engine: Predicts,
        versions: Sequence[VersionKey],
        *,
        note: Note | None = None,
        files: Files | None = None,
    ) -> None:
        self.worker = worker
        """This worker's id, which owns its leases."""
        self.name = name
        """`host:pid`, as results tell it."""
        self.engine = engine
        self.versions = list(versions)
        """What may be claimed for."""
        self._note = note
        self._files = files
        self.reporter = Reporter(bus.progress)
        self.thumbnails = WrittenThumbnails(files)
        self.room = asyncio.Event()
        """Set when more may be claimed: there is room again where there was none, or something was
        put back into the queue."""
        self.may_be_more = False
        self.is_resting = False
        """Whether nothing is claimed, whatever room there is."""
        self._is_short = False
        """Whether something was not looked for, for want of room."""
        self._fetching: Counter[VersionKey] = Counter()
        """Claims whose files are being brought back: the engine does not know of them yet."""
        self._deferred = DeferredSuspects(engine, self.room.set)
        self._hints = Hints()
        self._work: dict[Attempt, Work] = {}
        self._writer = EndingWriter(self._note_written, self._forget, self._told)

    async def claim_round(self) -> int:
        """Claims for every version that has room and something waiting; returns how many.

        Afterwards `may_be_more` says whether to look again at once.
        """
        is_unready = self._files is not None and not await self._files.is_ready()
        if self.is_resting or is_unready:
            self.may_be_more = False
            return 0
        suspects = Counter(
            (work.claim.model, work.claim.model_version)
            for work in self._work.values()
            if work.claim.suspect
        )
        rooms = claiming.rooms(self.engine, self.versions, self._fetching, suspects)
        served = sum(room.who is Who.ANYBODY for room in rooms)
        self._is_short = served < len(self.versions)
        taken = await in_database(claiming.claim, self.worker, rooms)
        if taken.problem:
            logger.error("claiming nothing", extra={"reason": taken.problem})
        self.may_be_more = taken.may_be_more
        self._deferred.learn(taken.deferred)
        for claim in taken.claims:
            self._begin(claim)
        if taken.claims:
            # Lets each reach the engine, which counts it: the next round asks for room again.
            await asyncio.sleep(0)
            self._hints.soon(taken.seqs)
        return len(taken.claims)

    def rest(self, is_asked: bool | None) -> bool:  # noqa: FBT001  # it is what is learned
        """Claims nothing while that is asked; None: as before. Returns whether it has changed."""
        if is_asked is None or is_asked == self.is_resting:
            return False
        self.is_resting = is_asked
        self.room.set()
        return True

    def held(self) -> list[Held]:
        """What this worker holds, and how far each is."""
        return [
            Held(w.claim.id, w.claim.attempt, w.stage, w.progress)
            for w in self._work.values()
            if not w.lost
        ]

    def apply(self, tick: Tick) -> None:
        """Drops what was lost and stops what was called off."""
        for attempt in tick.lost | tick.canceled:
            work = self._work.get(attempt)
            if work is not None:
                work.lost = attempt in tick.lost
                work.canceled = attempt in tick.canceled
                failures.LEASES_LOST.inc(work.lost)
                self.engine.cancel(*attempt)

    async def write_endings(self) -> None:
        """Writes outcomes as they come (`EndingWriter.run`). Never returns."""
        await self._writer.run()

    async def _note_written(self, endings: Sequence[Ending], seqs: Mapping[int, int]) -> None:
        for ending in endings:
            # Held until now: its lease must not run out while the database is away.
            work = self._forget((ending.id, ending.attempt))
            if work is not None and work.traced is not None:
                work.traced.written(ending)
        if self._deferred or not all(isinstance(ending, Success) for ending in endings):
            self.room.set()
        self._hints.told(seqs)

    def _forget(self, attempt: Attempt) -> Work | None:
        return self._work.pop(attempt, None)

    def _told(self, attempt: Attempt) -> dict[str, Any]:
        """What log lines say of an attempt."""
        work = self._work.get(attempt)
        traceparent = None if work is None else work.claim.traceparent
        return {"prediction": attempt[0], **log_fields(traceparent)}

    async def settle(self) -> None:
        """Waits until everything held has ended and is written."""
        while self._work or self._writer.has_some:
            tasks = [w.task for w in self._work.values() if w.task and not w.task.done()]
            if tasks:
                await asyncio.wait(tasks)
            await self._writer.until_written()

    def _begin(self, claim: Claim) -> None:
        work = Work(claim)
        self._work[claim.id, claim.attempt] = work
        work.task = asyncio.create_task(self._process(work))

    async def _prepared(self, work: Work) -> Ending | None:
        """Brings back what the claim needs; how it ends if it is not to be computed now."""
        if self._files is None:
            return None
        claim = work.claim
        version = (claim.model, claim.model_version)
        self._fetching[version] += 1
        try:
            await self._files.fetch(claim)
        except StorageUnavailable as error:
            blame = Blame.STORAGE if isinstance(error, NotThereYet) else self._files.blame
            return Failure(claim.id, claim.attempt, blame, error.code, error.message)
        finally:
            self._fetching[version] -= 1
        # Lost or called off meanwhile: the engine would know nothing of it.
        return Cancellation(claim.id, claim.attempt) if work.lost or work.canceled else None

    async def _process(self, work: Work) -> None:
        with spans.within(work.traced.traceparent if work.traced else work.claim.traceparent):
            await self._attempt(work)

    async def _attempt(self, work: Work) -> None:
        claim = work.claim
        self.reporter.begin(claim)
        try:
            ending = await self._prepared(work) or await self._computed(work)
        except Exception:
            # A defect of ours; without an ending the image would be held for ever.
            logger.exception("attempt failed", extra={"prediction": claim.id})
            message = "Something went wrong on the server."
            ending = Failure(claim.id, claim.attempt, Blame.CHANCE, "server_error", message)
        finally:
            if self._files is not None:
                self._files.release(claim)
        self.reporter.end(claim)
        self.thumbnails.ended(claim)
        if self._is_short:
            self.room.set()
        if work.lost:
            del self._work[claim.id, claim.attempt]
            if work.traced is not None:
                work.traced.lost()
            return
        self._writer.add(ending)

    async def _computed(self, work: Work) -> Ending:
        """Has the engine compute a claim, and its files where others find them."""
        claim = work.claim

        def report(progress: Progress) -> None:
            work.stage, work.progress = progress.stage, progress.fraction
            self.reporter.report(claim, progress)

        job = job_of(claim, partial(self.thumbnails.written, claim))
        asked_ns = time.time_ns()
        outcome = await self.engine.predict(job, report)
        if work.traced is not None:
            work.traced.computed(outcome, asked_ns)
        ending = ending_of(claim, outcome, claimed_at=work.claimed_at, worker=self.name)
        if self._note is not None:
            self._note(claim, outcome)
        if self._files is None:
            return ending
        return await self._files.deliver(claim, ending, lambda: not (work.lost or work.canceled))
