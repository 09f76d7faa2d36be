"""What the client's tests drive a submission with."""

from collections.abc import Callable, Coroutine
from typing import Any

from client.backoff import Backoff
from client.display import Display
from client.session import Credentials
from client.summary import Summary

ANN = Credentials("ann", "a-good-password")
IMPATIENT = Backoff(first_s=0.01, most_s=0.05)

Submit = Callable[..., Coroutine[Any, Any, Summary]]


class NotedDisplay(Display):
    """Keeps what would be shown."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[str] = []
        self.bytes_sent = 0
        self.bytes_expected = 0

    def note(self, text: str) -> None:
        self.notes.append(text)

    def expect_bytes(self, total: int) -> None:
        self.bytes_expected = total

    def drop(self, size: int) -> None:
        self.bytes_expected -= size

    def sent(self, count: int) -> None:
        self.bytes_sent += count
