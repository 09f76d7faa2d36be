"""An observer for tests."""

from typing import Any

from inference.engine.model_version import ModelVersion
from inference.engine.types import Outcome


class Recorder:
    """An observer that writes everything down."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def settled(self, version: ModelVersion, outcome: Outcome) -> None:
        self.told.append(("settled", type(outcome).__name__))

    def computed(self, version: ModelVersion, items: int) -> None:
        self.told.append(("computed", items))

    def loaded(self, version: ModelVersion, seconds: float, reason: str | None) -> None:
        assert seconds > 0
        self.told.append(("loaded", reason))

    def ended(self, version: ModelVersion, how: str) -> None:
        self.told.append(("ended", how))
