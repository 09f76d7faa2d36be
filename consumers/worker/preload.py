"""Models that are loaded when the worker starts, so that their first image need not wait."""

import logging
from collections.abc import Iterable

from inference.engine.engine import Engine
from inference.engine.errors import ModelNotFound

logger = logging.getLogger("darkroom.worker")


def preload(engine: Engine, names: Iterable[str]) -> None:
    """Begins to load these models; what is not there or unloaded is left as it is."""
    for name in names:
        try:
            engine.preload(name)
        except ModelNotFound as error:
            logger.warning("model not preloaded", extra={"reason": error.message})
