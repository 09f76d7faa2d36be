"""What can compute a model, by the name in its `backend` key. Used in child processes only."""

from collections.abc import Callable, Mapping
from pathlib import Path

from inference.engine.backends import python
from inference.engine.model import ImageModel, LoadContext

BACKENDS: Mapping[str, Callable[[Path, LoadContext], ImageModel]] = {"python": python.load}
"""Each takes the model's folder and the context, and gives the loaded model."""
