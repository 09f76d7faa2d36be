"""How much requests that are being answered, and their answers, may hold of memory in all."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from inference.oip.errors import ProtocolError, Status

ADMITTED_BYTES: Final = 512 * 1024 * 1024
"""Of all requests of a worker that are being answered, as they were sent; as much of answers."""


class Admission:
    """Lets requests in, or answers out, while their bytes fit into a budget."""

    def __init__(self, budget: int = ADMITTED_BYTES, *, of: str = "requests") -> None:
        self._left = budget
        self._of = of

    @contextmanager
    def admitted(self, size: int) -> Iterator[None]:
        """Holds `size` bytes of the budget for as long as the block runs.

        Raises:
            ProtocolError: RESOURCE_EXHAUSTED: so much is not left.
        """
        self.take(size)
        try:
            yield
        finally:
            self.give_back(size)

    def take(self, size: int) -> None:
        """Hold `size` bytes of the budget until they are given back.

        Raises:
            ProtocolError: RESOURCE_EXHAUSTED: so much is not left.
        """
        if size > self._left:
            raise ProtocolError(
                Status.RESOURCE_EXHAUSTED,
                f"The server has too many {self._of} that are this large: try again.",
            )
        self._left -= size

    def give_back(self, size: int) -> None:
        """Hold so much less."""
        self._left += size
