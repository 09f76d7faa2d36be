"""What a model is to a client: an adapter turns requests into jobs, and outcomes into outputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from inference.engine.types import Computed, Job, Succeeded, Tensor

NewId = Callable[[], int]
"""Gives the id of a job that has no row."""
Answer = Succeeded | Computed
"""The outcome of a job that was answered."""


@dataclass(frozen=True)
class Output:
    """One output of an answer."""

    name: str
    tensor: Tensor


class Adapter(Protocol):
    """One request in the terms of the engine."""

    @property
    def items(self) -> int:
        """How many places of a batch it takes."""

    def jobs(self, new_id: NewId, protocol: str) -> Sequence[Job]:
        """What the engine has to do for it; `protocol` is how it came."""

    def place(self, number: int) -> str:
        """How an error names the job of this number: empty, or `image[3]: `."""

    def outputs(self, answers: Sequence[Answer]) -> list[Output]:
        """The answer, from the outcomes of the jobs in their order."""
