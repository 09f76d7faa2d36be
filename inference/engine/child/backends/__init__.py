"""What can compute a model, by the name in its `backend` key. Used in child processes only.

A backend's libraries are imported when one of its models is loaded, not before.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from inference.engine.model import ImageModel, LoadContext, TensorModel
from inference.engine.signature import Signature

MODULES: Mapping[str, str] = {
    "python": "inference.engine.child.backends.python",
    "onnx": "inference.engine.child.backends.onnx",
    "torchscript": "inference.engine.child.backends.torchscript",
    "torch-export": "inference.engine.child.backends.torch_export",
}


def load_images(backend: str, places: Sequence[Path], context: LoadContext) -> ImageModel:
    """The loaded model of images; its files are in the first of these folders that has them.

    Raises:
        LoadError: it is no model of images.
        Exception: whatever its author's code raises.
    """
    model: ImageModel = import_module(MODULES[backend]).load(places, context, None)
    return model


def load_tensors(
    backend: str, places: Sequence[Path], context: LoadContext, signature: Signature
) -> TensorModel:
    """The loaded model of tensors; its files are in the first of these folders that has them.

    Raises:
        LoadError: it is no model of these tensors.
        Exception: whatever its library or its author's code raises.
    """
    model: TensorModel = import_module(MODULES[backend]).load(places, context, signature)
    return model
