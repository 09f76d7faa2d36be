"""Flow control towards a client: how far ahead of its acknowledgements events may run."""

from dataclasses import dataclass
from typing import Final

WINDOW: Final = 256
TIMEOUT_SECONDS: Final = 60.0


@dataclass
class Window:
    """Sent and acknowledged events of one socket. Times are seconds of one steady clock."""

    sent: int = 0
    acked: int = 0
    full_since: float | None = None

    def begin(self, seq: int) -> None:
        """Starts counting from `seq`, as if all before it were acknowledged."""
        self.sent = self.acked = seq
        self.full_since = None

    @property
    def room(self) -> int:
        """How many more events may be sent now."""
        return max(0, WINDOW - (self.sent - self.acked))

    def note_sent(self, seq: int, now: float) -> None:
        """An event went out."""
        self.sent = seq
        if not self.room and self.full_since is None:
            self.full_since = now

    def note_acked(self, seq: int) -> None:
        """The client has processed everything up to `seq`; what was never sent does not count."""
        self.acked = max(self.acked, min(seq, self.sent))
        if self.room:
            self.full_since = None

    def is_out_of_timeouts(self, now: float) -> bool:
        """Whether the client has left the window full for too long."""
        return self.full_since is not None and now - self.full_since >= TIMEOUT_SECONDS
