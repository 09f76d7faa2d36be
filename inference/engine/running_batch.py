"""A batch while its child computes it: the child's messages become outcomes and progress."""

from collections.abc import Sequence
from enum import Enum, auto

from inference.engine.errors import JobFailure, ModelCrashed, OutOfMemory, TimedOut
from inference.engine.messages import AboutJob, BatchItem
from inference.engine.process import ChildGone, ChildProcess
from inference.engine.repository import ModelVersion
from inference.engine.ticket import Ticket
from inference.engine.types import Canceled, Failed, FailureKind, GivenBack, Progress, Succeeded


class End(Enum):
    """Why a child ended while it had work."""

    CRASH = auto()
    ASLEEP = auto()
    """It had died in its idle time, which was noticed only when the batch was sent."""
    TIMEOUT = auto()
    MEMORY = auto()
    """It used more memory than it may."""
    CANCEL = auto()
    """One of its jobs was called off, and it did not let go."""
    STOP = auto()


class RunningBatch:
    """Settles the tickets of one batch."""

    def __init__(self, tickets: Sequence[Ticket], version: ModelVersion) -> None:
        self._tickets = {ticket.serial: ticket for ticket in tickets}
        self._version = version
        self._child: ChildProcess | None = None

    @property
    def is_touched(self) -> bool:
        """Whether the child has begun with any of its jobs."""
        return any(ticket.touched for ticket in self._tickets.values())

    async def compute(self, child: ChildProcess) -> None:
        """Hand the batch to the child and listen until it has answered for every job.

        Raises:
            ChildGone: it ended, or said what made no sense.
        """
        waiting = [ticket for ticket in self._tickets.values() if not ticket.is_settled]
        if not waiting:
            return
        for ticket in waiting:
            ticket.begin()
        child.send({"type": "batch", "items": [_item(ticket) for ticket in waiting]})
        self._child = child
        while True:
            message = await child.receive()
            if message["type"] == "batch_done":
                return
            if message["type"] == "ready" or message["type"] == "load_failed":
                raise ChildGone("The child answered out of turn.")
            addressee = self._tickets.get(message["serial"])
            if addressee is None:
                raise ChildGone("The child answered for a job it was not given.")
            self._take(addressee, message)

    def cancel(self, ticket: Ticket) -> bool:
        """Call a ticket off; False: its child has to let go of it, and was told so."""
        if self._child is None:
            ticket.settle(Canceled(ticket.job))
            return True
        self._child.send({"type": "cancel", "serial": ticket.serial})
        return False

    def holds(self, ticket: Ticket) -> bool:
        """Whether this ticket is of this batch, and unsettled."""
        return ticket.serial in self._tickets and not ticket.is_settled

    def refuse(self, failure: JobFailure) -> None:
        """Settle the whole batch with this failure."""
        for ticket in self._tickets.values():
            ticket.fail(failure)

    def settle_rest(self, end: End) -> None:
        """Settle what the child left unanswered, by what ended it.

        What it had begun with may have been the cause; the rest is given back. If it had begun with
        nothing, any of them may have been.
        """
        rest = [ticket for ticket in self._tickets.values() if not ticket.is_settled]
        blamed = [ticket for ticket in rest if ticket.touched] or rest
        failure = self._failure(end)
        if failure:
            for ticket in blamed:
                ticket.fail(failure)
        for ticket in rest:
            ticket.settle(GivenBack(ticket.job))

    def _failure(self, end: End) -> JobFailure | None:
        """What the end of a child means for the jobs it had begun with; None: nothing."""
        match end:
            case End.CRASH:
                return ModelCrashed()
            case End.MEMORY:
                return OutOfMemory()
            case End.TIMEOUT:
                seconds = self._version.config.timeout_seconds
                return TimedOut(f"The model took longer than {seconds:g} seconds.")
            case End.ASLEEP | End.CANCEL | End.STOP:
                return None

    def _take(self, ticket: Ticket, message: AboutJob) -> None:
        job = ticket.job
        match message["type"]:
            case "touched":
                ticket.touched = True
            case "progress":
                ticket.advance(
                    Progress(
                        job.id,
                        job.attempt,
                        message["stage"],
                        message["fraction"],
                        message["partial"],
                    )
                )
            case "canceled":
                ticket.settle(Canceled(job))
            case "failed":
                timing = message["timing"]
                ticket.settle(
                    Failed(
                        job,
                        message["code"],
                        message["message"],
                        FailureKind(message["kind"]),
                        ticket.timing(timing) if timing else None,
                    )
                )
            case "succeeded":
                ticket.settle(
                    Succeeded(
                        job=job,
                        output=message["output"],
                        output_file=message["output_file"],
                        timing=ticket.timing(message["timing"]),
                        provenance=self._provenance(),
                        thumbnail_written=message["thumbnail_written"],
                    )
                )

    def _provenance(self) -> dict[str, str]:
        version = self._version
        return {"model_sha256": version.sha256, "device": version.config.instances.device}


def _item(ticket: Ticket) -> BatchItem:
    job = ticket.job
    return {
        "serial": ticket.serial,
        "source": str(job.source),
        "params": dict(job.params),
        "image_type": job.image_type,
        "results": str(job.results),
        "thumbnail": str(job.thumbnail) if job.thumbnail else None,
    }
