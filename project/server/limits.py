"""What one connection may cost: how large a body, how long a request."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024
SLOWEST_BYTES_PER_SECOND = 100_000
"""What a large body is given time for, beyond the time of any body."""
STALL_BYTES = 6_000
"""Less in `Deadlines.stall` seconds is nobody's upload."""
FREE_CHUNKS = 1_000
"""So many chunks of a body may be of any size."""
LEAST_CHUNK_BYTES = 64
"""The others hold as much on average: each costs the event loop as much as a large one."""


@dataclass(frozen=True)
class BodyLimits:
    """The largest request bodies accepted, in bytes, by what the path is for."""

    uploads: int
    protocol: int = 64 * MEBIBYTE
    other: int = MEBIBYTE

    def for_path(self, path: bytes) -> int:
        """The limit of a request to `path` (as it stands in the request line, without a query)."""
        if path == b"/api/uploads/":
            return self.uploads
        if path.startswith((b"/v2/models/", b"/v2/repository/")):
            return self.protocol
        return self.other


@dataclass(frozen=True)
class Deadlines:
    """How long things may take, in seconds."""

    headers: float = 30.0
    """From a request's first byte to the end of its headers."""
    idle: float = 60.0
    """Without a byte from or to the client."""
    request: float = 600.0
    """From the end of the headers to the end of the body; a large one has longer."""
    stall: float = 60.0
    """In so long at least `STALL_BYTES` of a body must come."""
    linger: float = 30.0
    """How long a refused client's bytes are read and thrown away, so that it sees the answer."""
    drain: float = 10.0
    """How long running requests may go on once the server stops."""

    def of_body(self, size: int) -> float:
        """How long a body of `size` bytes may take, in seconds."""
        return self.request + size / SLOWEST_BYTES_PER_SECOND
