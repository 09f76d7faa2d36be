"""What came of a command: one row for each image, and the exit code they add up to."""

from dataclasses import asdict, dataclass, field
from typing import Any

from client.contract import Fault, State
from client.files import printable
from client.find import LeftOut


@dataclass(frozen=True)
class Row:
    """One image. `state` is None for a file that was never accepted or has not ended yet."""

    path: str
    state: State | None
    error: Fault | None = None
    upload: int | None = None
    prediction: int | None = None
    result: str | None = None


@dataclass(frozen=True)
class Summary:
    """All rows of one command."""

    rows: list[Row] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    """What a folder held beside its images: told, and no failure."""

    @property
    def failures(self) -> list[Row]:
        """The rows that have an error."""
        return [row for row in self.rows if row.error is not None]

    @property
    def succeeded(self) -> int:
        """How many images have a result."""
        return sum(row.state == "succeeded" for row in self.rows)

    @property
    def unfinished(self) -> int:
        """How many images are still on their way."""
        return sum(row.state is None and row.error is None for row in self.rows)

    @property
    def exit_code(self) -> int:
        """0 when every image succeeded, else 1."""
        return 0 if self.succeeded == len(self.rows) else 1

    def as_json(self) -> dict[str, Any]:
        """The summary for programs."""
        return {
            "images": [asdict(row) for row in self.rows],
            "succeeded": self.succeeded,
            "failed": len(self.failures),
            "unfinished": self.unfinished,
            "left_out": [
                {"path": printable(str(one.path)), "reason": one.reason} for one in self.left_out
            ],
        }
