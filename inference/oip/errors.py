"""What can be wrong with a request, in the protocol's words; its adapters translate the status."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from inference.engine.errors import JobFailure
from inference.engine.types import Failed


class Status(Enum):
    """How a request ended that was not answered."""

    INVALID_ARGUMENT = auto()
    UNAUTHENTICATED = auto()
    PERMISSION_DENIED = auto()
    NOT_FOUND = auto()
    RESOURCE_EXHAUSTED = auto()
    """Too much waits already: later it may go well."""
    UNAVAILABLE = auto()
    """Not now: another worker, or the same one later, may answer."""
    DEADLINE_EXCEEDED = auto()
    CANCELLED = auto()
    UNIMPLEMENTED = auto()
    INTERNAL = auto()


class ProtocolError(Exception):
    """A request that cannot be answered: `message` is one clear sentence for the client."""

    def __init__(self, status: Status, message: str, retry_after: int | None = None) -> None:
        """`retry_after`: in how many seconds another try makes sense, where that is known."""
        self.status, self.message, self.retry_after = status, message, retry_after
        super().__init__(message)


_STATUS_OF_CODE: Final[Mapping[str, Status]] = {
    "invalid_input": Status.INVALID_ARGUMENT,
    "invalid_params": Status.INVALID_ARGUMENT,
    "unreadable_image": Status.INVALID_ARGUMENT,
    "model_not_found": Status.NOT_FOUND,
    "model_unavailable": Status.UNAVAILABLE,
    "queue_full": Status.RESOURCE_EXHAUSTED,
    "queue_timeout": Status.DEADLINE_EXCEEDED,
    "timeout": Status.DEADLINE_EXCEEDED,
}
"""Every other code of the engine is the server's own trouble."""


UNEXPECTED: Final = ProtocolError(Status.INTERNAL, "The server failed on this request.")
"""All that a client is told of a defect; the log tells the rest."""


STOPPING: Final = "The worker is stopping: try again."
"""UNAVAILABLE: nothing was computed, and another worker may do it."""


def invalid(message: str) -> ProtocolError:
    """The request itself is wrong."""
    return ProtocolError(Status.INVALID_ARGUMENT, message)


def of_failure(failure: Failed | JobFailure) -> ProtocolError:
    """What a failure of the engine is to a client."""
    return ProtocolError(_STATUS_OF_CODE.get(failure.code, Status.INTERNAL), failure.message)
