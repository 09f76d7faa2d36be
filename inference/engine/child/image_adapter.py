"""Images for a network of tensors: what goes in, and what its output means."""

from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image

from inference.engine.child.interpret import Interpreter
from inference.engine.child.preprocess import needed_scale, preprocess
from inference.engine.image_config import Preprocessing
from inference.engine.model import Array, Output
from inference.engine.signature import Signature


@dataclass(frozen=True)
class ImageAdapter:
    """What lets a network take images, without code."""

    preprocessing: Preprocessing
    interpreter: Interpreter
    signature: Signature

    def inputs(self, picture: Image.Image) -> dict[str, Array]:
        """The network's inputs for an image in RGB: a batch of one where it batches."""
        tensor = self.signature.inputs[0]
        values = preprocess(picture, self.preprocessing, tensor.datatype)
        return {tensor.name: values[None] if self.signature.batches else values}

    def output(self, outputs: Mapping[str, Array]) -> Output:
        """What the network's outputs for one image mean.

        Raises:
            ModelFailed: they cannot mean it.
        """
        if self.signature.batches:
            outputs = {name: array[0] for name, array in outputs.items()}
        return self.interpreter.interpret(outputs)

    def needed_scale(self, size: tuple[int, int]) -> float:
        """To what fraction of its size (width, height) an image may be decoded."""
        return needed_scale(size, self.preprocessing)
