"""What a client of one server and one of its models can do, by whichever protocol."""

from collections.abc import Sequence
from typing import Protocol

from inference.engine.messages import NamedTensor
from inference.engine.remote import RemoteModel


class Client(Protocol):
    """Talks to one server about one of its models. Each call ends within `seconds`.

    Every call raises, of `inference.remote.trouble`:
        Away: the server is not to be used now.
        Slow: it did not answer in time.
        Refused: it answered with an error, or with what makes no sense.
    """

    async def is_ready(self, seconds: float) -> bool:
        """Whether the server says that it would answer for the model."""

    async def describe(self, seconds: float) -> RemoteModel:
        """What it says of the model."""

    async def infer(
        self, inputs: Sequence[NamedTensor], outputs: Sequence[str], seconds: float
    ) -> list[NamedTensor]:
        """What its model gives for these inputs, as it says it: nothing of it is checked but that
        each tensor's data fits its datatype and shape."""

    async def close(self) -> None:
        """Hang up."""
