"""What a child answers for each job: its result, or whose doing it was that there is none."""

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from inference.engine.arrays import to_tensor
from inference.engine.child.author_errors import message_of
from inference.engine.child.encode import encode, store
from inference.engine.child.out_of_memory import is_out_of_memory
from inference.engine.child.outbox import Outbox
from inference.engine.errors import (
    InvalidInput,
    JobFailure,
    ModelFailed,
    OutOfMemory,
    ParamsRefused,
)
from inference.engine.limits import ERROR_MESSAGE_LENGTH
from inference.engine.messages import ChildTiming, Computed, NamedTensor, Phase, Succeeded
from inference.engine.model import Array, InvalidParams, InvalidTensors, JobCanceled, Note, Output
from inference.engine.phase_record import PhaseWriter
from inference.engine.to_child import ImageItem, TensorItem
from inference.engine.wire import WireError
from strictjson.values import plain_text

logger = logging.getLogger(__name__)


class Answers:
    """Sends the answers, and notes what is begun with.

    `canceled` is filled by another thread with the serials to give up.
    """

    def __init__(self, outbox: Outbox, phases: PhaseWriter, canceled: set[int]) -> None:
        self.outbox = outbox
        self.canceled = canceled
        self._phases = phases
        phases.next_batch()

    def begin(self, phase: Phase, *serials: int) -> None:
        """Note that this phase of these jobs begins; what has waited to be sent waits no longer."""
        self._phases.begin(phase, serials)
        self.outbox.send_old()

    def end_batch(self) -> None:
        """Say that all jobs of the batch are answered."""
        # Before: then the worker hands over the next one.
        self._phases.next_batch()
        self.outbox.send({"type": "batch_done"})

    def picture(self, serial: int, thumbhash: str) -> None:
        """Say that an image has its thumbnail, whose ThumbHash this is."""
        self.outbox.hold({"type": "thumbnail", "serial": serial, "thumbhash": thumbhash})

    def gives_up(self, serial: int) -> bool:
        """Whether a job was called off; then it is answered."""
        if serial not in self.canceled:
            return False
        self.outbox.hold({"type": "canceled", "serial": serial})
        return True

    def fail(self, serial: int, error: Exception, timing: ChildTiming | None = None) -> None:
        """Answer with what went wrong, at once: a crash over the next job spares it."""
        if isinstance(error, JobCanceled) and self.gives_up(serial):
            return
        failure = _failure(error)
        self.outbox.send(
            {
                "type": "failed",
                "serial": serial,
                "code": failure.code,
                "message": plain_text(failure.message, ERROR_MESSAGE_LENGTH),
                "kind": failure.kind.value,
                "timing": timing,
            }
        )

    def show(
        self,
        item: ImageItem,
        output: Output,
        kind: str,
        timing: ChildTiming,
        *,
        notes: Sequence[Note],
    ) -> None:
        """Encode an image's output with its notes, store it where that is wanted, and answer with
        it.

        Raises:
            Exception: it cannot be encoded or sent.
        """
        started = time.monotonic_ns()
        encoded = encode(output, kind, notes)
        file, content = None, encoded.content
        if content is not None and encoded.file is not None and item["results"] is not None:
            self.begin("store", item["serial"])
            store(content, encoded.file, Path(item["results"]))
            file, content = encoded.file, None
        answer: Succeeded = {
            "type": "succeeded",
            "serial": item["serial"],
            "output": encoded.output,
            "output_file": file,
            "output_bytes": content,
            "timing": {**timing, "encode_ns": time.monotonic_ns() - started},
        }
        self.outbox.hold(answer)

    def return_tensors(
        self,
        item: TensorItem,
        outputs: Mapping[str, Array],
        datatypes: Mapping[str, str],
        timing: ChildTiming,
    ) -> None:
        """Answer with the outputs that are wanted.

        Raises:
            Exception: they cannot be encoded or sent.
        """
        started = time.monotonic_ns()
        wanted = [_named(name, outputs[name], datatypes[name]) for name in item["outputs"]]
        answer: Computed = {
            "type": "computed",
            "serial": item["serial"],
            "outputs": wanted,
            "timing": {**timing, "encode_ns": time.monotonic_ns() - started},
        }
        self.outbox.hold(answer)


def _named(name: str, array: Array, datatype: str) -> NamedTensor:
    tensor = to_tensor(array, datatype)
    return {
        "name": name,
        "datatype": datatype,
        "shape": list(tensor.shape),
        "data": tensor.data,
    }


def _failure(error: Exception) -> JobFailure:
    if is_out_of_memory(error):
        return OutOfMemory()
    match error:
        case JobFailure():
            return error
        case InvalidParams():
            return ParamsRefused(message_of(error))
        case InvalidTensors():
            return InvalidInput(message_of(error))
        case WireError():
            return ModelFailed("The model's output is too large to be sent.")
        case _:
            logger.error("The model raised an exception.", exc_info=error)
            return ModelFailed()
