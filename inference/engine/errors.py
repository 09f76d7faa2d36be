"""What can go wrong in the engine, by its fact: a stable code, one sentence, and whose doing."""

from typing import ClassVar

from inference.engine.limits import REASON_LENGTH
from inference.engine.types import FailureKind
from strictjson.values import plain_text


class JobFailure(Exception):
    """Base of what ends one job. Do not raise directly.

    The subclass's docstring is its default message.
    """

    code: ClassVar[str]
    kind: ClassVar[FailureKind]

    def __init__(self, message: str = "") -> None:
        self.message = message or (self.__doc__ or "").strip().splitlines()[0]
        super().__init__(self.message)


class UnreadableImage(JobFailure):
    """The image cannot be decoded."""

    code = "unreadable_image"
    kind = FailureKind.PERMANENT


class SourceGone(JobFailure):
    """The original image is no longer stored."""

    code = "source_gone"
    kind = FailureKind.PERMANENT


class SourceUnavailable(JobFailure):
    """The original image could not be read from storage."""

    code = "source_unavailable"
    kind = FailureKind.INFRASTRUCTURE


class ResultsUnwritable(JobFailure):
    """The result could not be written to storage."""

    code = "results_unwritable"
    kind = FailureKind.INFRASTRUCTURE


class ParamsRefused(JobFailure):
    """The parameters do not fit the model."""

    code = "invalid_params"
    kind = FailureKind.PERMANENT


class ModelNotFound(JobFailure):
    """There is no such model or version."""

    code = "model_not_found"
    # Another version may have replaced it since the job was sent; whoever sent it can tell.
    kind = FailureKind.INFRASTRUCTURE


class ModelUnavailable(JobFailure):
    """The model cannot be started at the moment."""

    code = "model_unavailable"
    kind = FailureKind.INFRASTRUCTURE


class ModelFailed(JobFailure):
    """The model failed on this input."""

    code = "model_error"
    kind = FailureKind.TRANSIENT


class InvalidOutput(JobFailure):
    """The model's output cannot be stored."""

    code = "invalid_output"
    kind = FailureKind.PERMANENT


class OutOfMemory(JobFailure):
    """The model ran out of memory on this input."""

    code = "out_of_memory"
    kind = FailureKind.TRANSIENT


class ModelCrashed(JobFailure):
    """The model's process ended while it worked on this input."""

    code = "model_crashed"
    kind = FailureKind.TRANSIENT


class TimedOut(JobFailure):
    """The model took too long over this input."""

    code = "timeout"
    kind = FailureKind.TIMEOUT


class DecodingTimedOut(JobFailure):
    """The file takes too long to decode."""

    code = "timeout"
    kind = FailureKind.PERMANENT


class InvalidInput(JobFailure):
    """The input does not fit the model."""

    code = "invalid_input"
    kind = FailureKind.PERMANENT


class QueueFull(JobFailure):
    """Too many requests wait already; try again later."""

    code = "queue_full"
    kind = FailureKind.TRANSIENT


class QueueTimeout(JobFailure):
    """The request waited too long for its turn."""

    code = "queue_timeout"
    kind = FailureKind.TRANSIENT


class LoadFailed(Exception):
    """A model was not loaded; `reason` tells its operator why, and may name files."""

    def __init__(self, reason: str) -> None:
        self.reason = plain_text(reason, REASON_LENGTH)
        super().__init__(self.reason)


class LoadError(Exception):
    """Raise it when the model cannot be loaded, with one clear sentence for its operator."""
