"""How the versions of the models stand."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """In the protocol's words."""

    UNKNOWN = "UNKNOWN"
    READY = "READY"
    """A request will be answered: its child may still have to be started for it."""
    UNAVAILABLE = "UNAVAILABLE"
    LOADING = "LOADING"
    UNLOADING = "UNLOADING"


@dataclass(frozen=True)
class VersionStatus:
    """How one version stands at the moment."""

    model: str
    version: str
    """Empty where the model's folder was never valid."""
    state: State
    reason: str = ""
    """Why it is unavailable; where it is ready, why the last load failed. For operators."""
    sha256: str = ""
    labels: tuple[str, ...] = ()
    instances: int = 0
    """Child processes that are alive and loaded."""
    memory_bytes: int = 0
    """What they use, resident."""
