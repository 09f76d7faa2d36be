"""The terminal: every process's lines under its aligned, colored label."""

import sys
from collections.abc import AsyncIterator, Sequence
from typing import Protocol, TextIO

COLORS = ("36", "33", "35", "32", "34", "31")
MAX_LINE_BYTES = 64 * 1024


class ByteStream(Protocol):
    """What a process's output is read from."""

    async def read(self, limit: int, /) -> bytes:
        """Up to `limit` bytes; none at the end."""


class Console:
    """Writes labelled lines; colors only where a person looks."""

    def __init__(self, labels: Sequence[str], output: TextIO | None = None) -> None:
        """Prepares for `labels`; writes to `output` (standard output where there is none)."""
        self._output = output or sys.stdout
        self._width = max((len(label) for label in labels), default=0)
        self._colors = dict(zip(labels, COLORS * len(labels), strict=False))
        self._is_colored = self._output.isatty()
        self._is_open = True

    def line(self, label: str, text: str) -> None:
        """Writes one line of the process `label`."""
        head = f"{label:<{self._width}} |"
        if self._is_colored:
            head = f"\x1b[{self._colors.get(label, '37')}m{head}\x1b[0m"
        self.write(f"{head} {text}")

    def write(self, text: str) -> None:
        """Writes `text` as it is, and a line end."""
        if not self._is_open:
            return
        try:
            self._output.write(f"{text}\n")
            self._output.flush()
        except BrokenPipeError:
            # Nobody reads any more (`make run | head`); the servers go on.
            self._is_open = False


async def lines(stream: ByteStream) -> AsyncIterator[str]:
    """The lines of `stream`, without their ends; a line above 64 KiB comes in pieces."""
    rest = b""
    while chunk := await stream.read(MAX_LINE_BYTES):
        *complete, rest = (rest + chunk).split(b"\n")
        for line in complete:
            yield _decoded(line)
        if len(rest) >= MAX_LINE_BYTES:
            yield _decoded(rest)
            rest = b""
    if rest:
        yield _decoded(rest)


def _decoded(line: bytes) -> str:
    return line.rstrip(b"\r").decode("utf-8", "replace")
