"""How `model.toml` says what images are to a network: what goes in, and what its output means."""

from collections.abc import Sequence
from typing import Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, FiniteFloat

from inference.engine.tensor_config import TensorConfig


class Preprocessing(BaseModel):
    """How an image becomes an input tensor: fit, color, scale, normalize, lay out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: str = ""
    """The input that takes the image; by default the only one."""
    fit: Literal["stretch", "crop", "letterbox", "none"] = "stretch"
    """How it comes to `width` x `height`: squeezed; scaled until both are filled and the middle cut
    out; scaled until it fits and filled up with `fill`. none: it keeps its size."""
    width: int | None = Field(None, ge=1)
    height: int | None = Field(None, ge=1)
    resize: int | None = Field(None, ge=1)
    """With `crop`: the shorter side is brought to so many pixels before the middle is cut out, such
    as 256 before 224. By default to what fills both."""
    multiple: int = Field(1, ge=1)
    """With `none`: width and height are brought down to multiples of it."""
    filter: Literal["bilinear", "bicubic"] = "bilinear"
    """How pixels are weighed where the size changes; either averages what it shrinks."""
    fill: int = Field(0, ge=0, le=255)
    color: Literal["RGB", "BGR", "GRAY"] = Field(
        "RGB", validation_alias=AliasChoices("color", "colour")
    )
    scale: FiniteFloat = 1 / 255
    """Each value is multiplied with it, then the mean is taken away, then divided by `std`."""
    mean: tuple[FiniteFloat, ...] = (0.0,)
    std: tuple[FiniteFloat, ...] = (1.0,)
    """One for all channels, or one for each, in the order of `color`."""
    layout: Literal["NCHW", "NHWC"] = "NCHW"

    @property
    def channels(self) -> int:
        """How many values a pixel has."""
        return 1 if self.color == "GRAY" else 3

    def check(self, inputs: Sequence[TensorConfig]) -> None:
        """Whether it gives what the model takes.

        Raises:
            ValueError: it does not; the message begins with the key.
        """
        self._check_size()
        self._check_values()
        if len(inputs) > 1:
            raise ValueError("preprocessing.input: a model of images has one input")
        tensor = _named("preprocessing.input", self.input, inputs)
        size = (self.height or -1, self.width or -1)
        wanted = (self.channels, *size) if self.layout == "NCHW" else (*size, self.channels)
        pairs = zip(tensor.shape, wanted, strict=False)
        if len(tensor.shape) != 3 or any(a != b and -1 not in (a, b) for a, b in pairs):
            raise ValueError(f"preprocessing: gives {list(wanted)}, not {list(tensor.shape)}")
        if tensor.datatype not in {"FP16", "FP32", "FP64", "UINT8"}:
            raise ValueError(f"preprocessing.input: cannot give {tensor.datatype}")
        if tensor.datatype == "UINT8" and self._changes_values:
            raise ValueError("preprocessing.scale: UINT8 takes pixels as they are: scale = 1")

    @property
    def _changes_values(self) -> bool:
        return self.scale != 1 or any(self.mean) or any(value != 1 for value in self.std)

    def _check_size(self) -> None:
        if (self.fit == "none") != (self.width is None and self.height is None):
            raise ValueError("preprocessing.width: width and height are needed unless fit is none")
        if self.fit != "none" and (self.width is None or self.height is None):
            raise ValueError("preprocessing.height: width and height are declared together")
        if self.resize is None:
            return
        if self.fit != "crop":
            raise ValueError("preprocessing.resize: goes with the fit crop")
        if self.resize < max(self.width or 1, self.height or 1):
            raise ValueError("preprocessing.resize: smaller than what is cut out")

    def _check_values(self) -> None:
        for key, values in (("mean", self.mean), ("std", self.std)):
            if len(values) not in {1, self.channels}:
                raise ValueError(f"preprocessing.{key}: one value, or one for each channel")
        if 0 in self.std:
            raise ValueError("preprocessing.std: nothing can be divided by 0")


class Interpretation(BaseModel):
    """How an output tensor becomes what a person is shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["labels", "image", "raw"]
    output: str = ""
    """The output that is shown; by default the only one. raw shows them all."""
    labels_file: str = Field("labels.txt", pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")
    """labels: one name a line, in the version's folder or the model's; absent: numbers."""
    activation: Literal["none", "softmax", "sigmoid"] = "none"
    """labels: what makes scores of the values."""
    top_k: int = Field(5, ge=1, le=1000)
    """labels: how many with the highest scores."""
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    """image: how it is laid out; 1 channel (gray), 3 (RGB) or 4 (RGBA)."""
    scale: FiniteFloat = 255.0
    """image: each value is multiplied with it, `offset` added, and brought to 0 to 255."""
    offset: FiniteFloat = 0.0

    def check(self, outputs: Sequence[TensorConfig]) -> None:
        """Whether the model gives what is interpreted.

        Raises:
            ValueError: it does not; the message begins with the key.
        """
        if self.kind == "raw":
            return
        tensor = _named("interpretation.output", self.output, outputs)
        if tensor.datatype == "BYTES":
            raise ValueError("interpretation.output: BYTES are neither scores nor pixels")
        if self.kind == "labels" and sum(size != 1 for size in tensor.shape) > 1:
            raise ValueError("interpretation.output: labels are scored along one dimension")
        if self.kind == "image":
            self._check_image(tensor)

    def _check_image(self, tensor: TensorConfig) -> None:
        if len(tensor.shape) != 3:
            raise ValueError("interpretation.output: an image has three dimensions")
        channels = tensor.shape[0 if self.layout == "NCHW" else 2]
        if channels not in {-1, 1, 3, 4}:
            raise ValueError(f"interpretation.layout: an image cannot have {channels} channels")
        if tensor.datatype == "UINT8" and (self.scale, self.offset) != (1, 0):
            raise ValueError("interpretation.scale: UINT8 are pixels as they are: scale = 1")


def _named(key: str, name: str, tensors: Sequence[TensorConfig]) -> TensorConfig:
    if not name and len(tensors) == 1:
        return tensors[0]
    for tensor in tensors:
        if tensor.name == name:
            return tensor
    raise ValueError(f"{key}: there is no '{name}'" if name else f"{key}: which of them?")
