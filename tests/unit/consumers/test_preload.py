"""Models that a worker loads when it starts."""

from typing import cast

from consumers.worker.preload import preload
from inference.engine.engine import Engine
from inference.engine.errors import ModelNotFound


class Models:
    """The part of the engine that loads beforehand."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.preloaded: list[str] = []

    def preload(self, name: str) -> None:
        if name not in self.names:
            raise ModelNotFound(f"There is no model {name}.")
        self.preloaded.append(name)


def test_a_name_that_no_model_has_keeps_no_other_from_being_preloaded() -> None:
    models = Models("ocr", "digits")
    preload(cast(Engine, models), ["no-such-model", "digits"])
    assert models.preloaded == ["digits"]
