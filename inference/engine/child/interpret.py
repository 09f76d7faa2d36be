"""A network's output becomes what a person is shown, as `[interpretation]` says: in the child."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from inference.engine.errors import ModelFailed
from inference.engine.image_config import Interpretation
from inference.engine.model import Array, ImageOutput, LabelsOutput, LoadError, Output, RawOutput
from inference.engine.tensor_config import TensorConfig

USUAL_LABELS_FILE: Final = "labels.txt"


class Interpreter:
    """Interprets the outputs of one network."""

    def __init__(self, how: Interpretation, outputs: Sequence[TensorConfig], labels: Sequence[str]):
        """`labels` names the scores in their order; empty: they go by their numbers.

        Raises:
            LoadError: there are more or fewer labels than scores.
        """
        self._how = how
        self._labels = labels
        self._output = how.output or outputs[0].name
        shape = next((tensor.shape for tensor in outputs if tensor.name == self._output), ())
        scores = math.prod(shape)
        if labels and -1 not in shape and scores != len(labels):
            raise LoadError(
                f"interpretation.labels_file: {how.labels_file} has {len(labels)} names for"
                f" {scores} scores."
            )

    def interpret(self, outputs: Mapping[str, Array]) -> Output:
        """What one image's outputs (each without the batch) mean.

        Raises:
            ModelFailed: they cannot mean it.
        """
        match self._how.kind:
            case "labels":
                return self._best(outputs[self._output])
            case "image":
                return ImageOutput(self._pixels(outputs[self._output]))
            case "raw":
                return RawOutput(outputs)

    def _best(self, output: Array) -> LabelsOutput:
        if output.size != max(output.shape, default=1):
            raise ModelFailed(f"There is no score for each label in {list(output.shape)}.")
        scores = _activated(output.reshape(-1).astype(np.float64), self._how.activation)
        if self._labels and len(self._labels) != len(scores):
            raise ModelFailed(f"There are {len(self._labels)} labels for {len(scores)} scores.")
        best = np.argsort(-scores, kind="stable")[: self._how.top_k]
        return LabelsOutput([(self._name(int(index)), float(scores[index])) for index in best])

    def _name(self, index: int) -> str:
        return self._labels[index] if self._labels else str(index)

    def _pixels(self, output: Array) -> Array:
        pixels = output.transpose(1, 2, 0) if self._how.layout == "NCHW" else output
        if pixels.ndim != 3 or pixels.shape[2] not in {1, 3, 4}:
            raise ModelFailed(f"An output of shape {list(output.shape)} is no image.")
        if pixels.shape[2] == 1:
            pixels = np.repeat(pixels, 3, axis=2)
        if pixels.dtype == np.uint8:
            return pixels
        values = pixels.astype(np.float32) * self._how.scale + self._how.offset
        if not np.isfinite(values).all():
            raise ModelFailed("The model gave pixels that are not finite numbers.")
        return np.asarray(np.rint(np.clip(values, 0, 255)), np.uint8)


def read_labels(how: Interpretation, places: Sequence[Path]) -> list[str]:
    """The names in the labels file of the first of these folders that has one; empty: none has.

    Raises:
        LoadError: it cannot be read, or is named in the configuration and missing.
    """
    if how.kind != "labels":
        return []
    file = next(
        (place / how.labels_file for place in places if (place / how.labels_file).is_file()), None
    )
    if file is None:
        if how.labels_file == USUAL_LABELS_FILE:
            return []
        raise LoadError(f"interpretation.labels_file: there is no {how.labels_file}.")
    try:
        return [line.strip() for line in file.read_text(encoding="utf-8").strip().splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise LoadError(f"interpretation.labels_file: {how.labels_file}: {error}.") from error


def _activated(values: Array, activation: str) -> Array:
    match activation:
        case "softmax":
            # With the largest taken away, no exponential overflows.
            with np.errstate(invalid="ignore"):  # what comes of it is refused
                exponentials = np.exp(values - values.max())
            return np.asarray(exponentials / exponentials.sum())
        case "sigmoid":
            return np.asarray(0.5 * (1 + np.tanh(values / 2)))
        case _:
            return values
