"""Networks that another server computes: this process has the worker ask it."""

import queue
from collections.abc import Mapping
from typing import Any, Final

from inference.engine.arrays import to_numpy, to_tensor
from inference.engine.child.outbox import Outbox
from inference.engine.errors import (
    JobFailure,
    ModelCrashed,
    ModelFailed,
    ModelUnavailable,
    TimedOut,
)
from inference.engine.messages import NamedTensor
from inference.engine.model import Array
from inference.engine.signature import Signature
from inference.engine.types import Tensor

BACKEND: Final = "remote"
OF_THE_WHOLE_CALL: Final = (ModelCrashed, ModelUnavailable, TimedOut)
"""What is no better for one image alone at once."""

_FAILURES: Final[Mapping[str, type[JobFailure]]] = {
    kind.code: kind for kind in (*OF_THE_WHOLE_CALL, ModelFailed)
}


class Worker:
    """Asks the worker. `answers` is filled by another thread with what it says."""

    def __init__(self, outbox: Outbox, answers: "queue.SimpleQueue[dict[str, Any]]") -> None:
        self._outbox = outbox
        self._answers = answers

    def ask(self, inputs: list[NamedTensor]) -> list[NamedTensor]:
        """What the server gives for these.

        Raises:
            JobFailure: it gives nothing.
            WireError: the inputs are too large.
        """
        self._outbox.send({"type": "ask", "inputs": inputs})
        answer = self._answers.get()
        if answer["type"] == "refused":
            raise _FAILURES[answer["code"]](answer["message"])
        outputs: list[NamedTensor] = answer["outputs"]
        return outputs


class RemoteModel:
    """A model of tensors elsewhere."""

    def __init__(self, signature: Signature, worker: Worker) -> None:
        self._datatypes = {tensor.name: tensor.datatype for tensor in signature.inputs}
        self._worker = worker

    def infer(self, tensors: Mapping[str, Array]) -> Mapping[str, Array]:
        """The declared outputs, by name."""
        inputs = [self._named(name, array) for name, array in tensors.items()]
        return {
            one["name"]: to_numpy(Tensor(one["datatype"], tuple(one["shape"]), one["data"]))
            for one in self._worker.ask(inputs)
        }

    def _named(self, name: str, array: Array) -> NamedTensor:
        datatype = self._datatypes[name]
        tensor = to_tensor(array, datatype)
        return {
            "name": name,
            "datatype": datatype,
            "shape": list(tensor.shape),
            "data": tensor.data,
        }
