"""A batch while its child computes it: the child's messages become outcomes and progress."""

from collections.abc import Callable, Sequence
from enum import Enum, auto

from inference.engine import messages
from inference.engine.datatypes import check
from inference.engine.errors import (
    DecodingTimedOut,
    InvalidInput,
    JobFailure,
    ModelCrashed,
    OutOfMemory,
    SourceUnavailable,
    TimedOut,
)
from inference.engine.process import ChildGone, ChildProcess
from inference.engine.repository import ModelVersion
from inference.engine.ticket import Ticket
from inference.engine.types import (
    Canceled,
    Computed,
    Failed,
    FailureKind,
    GivenBack,
    ImageJob,
    Progress,
    Succeeded,
    Tensor,
    TensorJob,
)
from inference.engine.wire import WireError


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
        self._phase: messages.Phase | None = None
        self._at_hand: list[Ticket] = []
        """What the child is at in this phase."""

    @property
    def is_touched(self) -> bool:
        """Whether the child has begun with any of its jobs."""
        return any(ticket.touched for ticket in self._tickets.values())

    async def compute(self, child: ChildProcess, begun: Callable[[], None]) -> None:
        """Hand the batch to the child and listen until it has answered for every job.

        `begun` is called whenever it begins with a phase of some jobs.

        Raises:
            ChildGone: it ended, or said what made no sense.
        """
        waiting = [ticket for ticket in self._tickets.values() if not ticket.is_settled]
        sent = [ticket for ticket in waiting if _send(ticket, child)]
        if not sent:
            return
        child.send({"type": "compute"})
        self._child = child
        while True:
            message = await child.receive()
            if message["type"] == "batch_done":
                return
            if message["type"] == "ready" or message["type"] == "load_failed":
                raise ChildGone("The child answered out of turn.")
            if message["type"] == "begun":
                self._phase = message["phase"]
                self._at_hand = [self._addressee(serial) for serial in message["serials"]]
                for ticket in self._at_hand:
                    ticket.touched = True
                begun()
            else:
                self._take(self._addressee(message["serial"]), message, self._provenance(child))

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

    def settle_rest(self, end: End) -> None:
        """Settle what the child left unanswered, by what ended it.

        What it had begun with may have been the cause, of a time-out only what it was at; the rest
        is given back. If it had begun with nothing, any of them may have been.
        """
        rest = [ticket for ticket in self._tickets.values() if not ticket.is_settled]
        begun = [ticket for ticket in rest if ticket.touched]
        if end is End.TIMEOUT:
            begun = [ticket for ticket in self._at_hand if not ticket.is_settled]
        blamed = begun or rest
        failure = self._failure(end)
        if failure:
            for ticket in blamed:
                ticket.fail(failure, shared=len(blamed) > 1)
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
                return self._time_out()
            case End.ASLEEP | End.CANCEL | End.STOP:
                return None

    def _time_out(self) -> JobFailure:
        seconds = f"{self._version.config.timeout_seconds:g} seconds"
        match self._phase:
            case "read":
                return SourceUnavailable()
            case "decode":
                return DecodingTimedOut(f"The file takes too long to decode: more than {seconds}.")
            case _:
                return TimedOut(f"The model took longer than {seconds}.")

    def _addressee(self, serial: int) -> Ticket:
        if serial not in self._tickets:
            raise ChildGone("The child answered for a job it was not given.")
        return self._tickets[serial]

    def _take(self, ticket: Ticket, message: messages.AboutJob, provenance: dict[str, str]) -> None:
        job = ticket.job
        match message["type"]:
            case "progress":
                stage, fraction = message["stage"], message["fraction"]
                ticket.advance(Progress(job.id, job.attempt, stage, fraction, message["partial"]))
            case "thumbnail":
                ticket.thumbnail_written = True
            case "canceled":
                ticket.settle(Canceled(job))
            case "failed":
                ticket.settle(_failed(ticket, message))
            case "succeeded":
                ticket.settle(_succeeded(ticket, message, provenance))
            case "computed":
                ticket.settle(_computed(ticket, message, provenance))

    def _provenance(self, child: ChildProcess) -> dict[str, str]:
        return {"model_sha256": self._version.sha256, "device": child.device}


def _send(ticket: Ticket, child: ChildProcess) -> bool:
    """Hand a ticket's job to the child; False: it cannot be, and the ticket is settled."""
    ticket.begin()
    try:
        child.send(_item(ticket))
    except WireError:
        ticket.fail(InvalidInput("The input is too large."))
        return False
    return True


def _item(ticket: Ticket) -> messages.Item:
    job = ticket.job
    if isinstance(job, TensorJob):
        return {
            "type": "tensors",
            "serial": ticket.serial,
            "inputs": [
                {
                    "name": name,
                    "datatype": tensor.datatype,
                    "shape": list(tensor.shape),
                    "data": tensor.data,
                }
                for name, tensor in job.inputs.items()
            ],
            "outputs": list(job.outputs),
        }
    return {
        "type": "image",
        "serial": ticket.serial,
        "source": job.source if isinstance(job.source, bytes) else str(job.source),
        "params": dict(job.params),
        "image_type": job.image_type,
        "results": str(job.results) if job.results else None,
        "thumbnail": str(job.thumbnail) if job.thumbnail else None,
    }


def _failed(ticket: Ticket, message: messages.Undone) -> Failed:
    timing = message["timing"]
    return Failed(
        ticket.job,
        message["code"],
        message["message"],
        FailureKind(message["kind"]),
        ticket.timing(timing) if timing else None,
    )


def _succeeded(ticket: Ticket, message: messages.Done, provenance: dict[str, str]) -> Succeeded:
    if not isinstance(ticket.job, ImageJob):
        raise ChildGone("The child answered tensors with an image's result.")
    return Succeeded(
        job=ticket.job,
        output=message["output"],
        output_file=message["output_file"],
        output_bytes=message["output_bytes"],
        timing=ticket.timing(message["timing"]),
        provenance=provenance,
        thumbnail_written=ticket.thumbnail_written,
    )


def _computed(ticket: Ticket, message: messages.Computed, provenance: dict[str, str]) -> Computed:
    job = ticket.job
    names = tuple(tensor["name"] for tensor in message["outputs"])
    if not isinstance(job, TensorJob) or names != job.outputs:
        raise ChildGone("The child answered with other outputs than were wanted.")
    outputs = {
        one["name"]: Tensor(one["datatype"], tuple(one["shape"]), one["data"])
        for one in message["outputs"]
    }
    try:
        for tensor in outputs.values():
            check(tensor)
    except InvalidInput as broken:
        raise ChildGone("The child sent a broken tensor.") from broken
    return Computed(job, outputs, ticket.timing(message["timing"]), provenance)
