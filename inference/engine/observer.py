"""What the engine tells whoever counts: for metrics, statistics and usage."""

from typing import Protocol

from inference.engine.model_version import ModelVersion
from inference.engine.types import Outcome


class Observer(Protocol):
    """Called on the engine's event loop; must be quick and must not raise."""

    def settled(self, version: ModelVersion, outcome: Outcome) -> None:
        """A job that reached this version has its outcome."""

    def computed(self, version: ModelVersion, items: int) -> None:
        """A batch of so many items went through the model."""

    def loaded(self, version: ModelVersion, seconds: float, reason: str | None) -> None:
        """An instance took so long to start and load; `reason`: why it did not, None: it did."""

    def ended(self, version: ModelVersion, how: str) -> None:
        """An instance's child ended: idle, unload, crash, timeout, memory, cancel, server (that
        of a remote model cannot be used) or stop."""


class Several:
    """Observers that are all told."""

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def settled(self, version: ModelVersion, outcome: Outcome) -> None:
        """Tells all."""
        for observer in self._observers:
            observer.settled(version, outcome)

    def computed(self, version: ModelVersion, items: int) -> None:
        """Tells all."""
        for observer in self._observers:
            observer.computed(version, items)

    def loaded(self, version: ModelVersion, seconds: float, reason: str | None) -> None:
        """Tells all."""
        for observer in self._observers:
            observer.loaded(version, seconds, reason)

    def ended(self, version: ModelVersion, how: str) -> None:
        """Tells all."""
        for observer in self._observers:
            observer.ended(version, how)
