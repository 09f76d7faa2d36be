"""The network that reads one printed syllable by its parts, and its ONNX file."""

from itertools import pairwise
from typing import Any, Final, cast

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import fuse_conv_bn_eval

SIDE: Final = 36
"""Width and height in pixels of what it sees."""
PARTS: Final = (19, 21, 28)
"""How many initials, vowels and finals there are."""


class Syllables(nn.Module):
    """Scores (N, 69) of ink (N, 1, 36, 36) in 0 to 1.

    They are of 19 initials, 21 vowels and 28 finals, the first of which is none, and of its being a
    syllable at all.
    """

    def __init__(self) -> None:
        super().__init__()
        widths = (1, 24, 48, 96)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(widths)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in widths[1:])
        self.hidden = nn.Linear(96 * 25, 144)
        self.scores = nn.Linear(144, sum(PARTS) + 1)

    def forward(self, values: Tensor) -> Tensor:
        """Three convolutions, each at half the size of the one before."""
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            values = functional.relu(norm(convolution(values)))
            values = functional.max_pool2d(values, 2, ceil_mode=True)
        return self.scores(functional.relu(self.hidden(values.flatten(1))))  # type: ignore[no-any-return]


def exported(network: Syllables) -> onnx.ModelProto:
    """The network as ONNX, its norms in its convolutions, its weights in half precision."""
    file = _File()
    at = "glyphs"
    for number, (layer, norm) in enumerate(zip(network.convolutions, network.norms, strict=True)):
        fused = fuse_conv_bn_eval(cast(nn.Conv2d, layer), cast(nn.BatchNorm2d, norm))
        names = file.store(f"convolution{number}", fused.weight, cast(Tensor, fused.bias))
        at = file.add("Conv", [at, *names], f"c{number}", pads=[1, 1, 1, 1])
        at = file.add("Relu", [at], f"r{number}")
        at = file.add(
            "MaxPool", [at], f"p{number}", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1
        )
    hidden = file.store("hidden", network.hidden.weight, network.hidden.bias)
    last = file.store("last", network.scores.weight, network.scores.bias)
    at = file.add("Flatten", [at], "flat")
    at = file.add("Gemm", [at, *hidden], "h", transB=1)
    at = file.add("Relu", [at], "r")
    file.add("Gemm", [at, *last], "scores", transB=1)
    return file.model()


class _File:
    """An ONNX model on its way."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._values: list[onnx.TensorProto] = []

    def add(self, kind: str, given: list[str], gives: str, **attributes: Any) -> str:
        """Add an operator and return what its result is called."""
        self._nodes.append(helper.make_node(kind, given, [gives], **attributes))
        return gives

    def store(self, name: str, weight: Tensor, bias: Tensor) -> tuple[str, str]:
        """Add a weight in half precision and a bias, and return what they are called."""
        half = weight.detach().numpy().astype(np.float16)
        self._values.append(numpy_helper.from_array(half, f"{name}.half"))
        self._values.append(numpy_helper.from_array(bias.detach().numpy(), f"{name}.bias"))
        whole = self.add("Cast", [f"{name}.half"], f"{name}.weight", to=TensorProto.FLOAT)
        return whole, f"{name}.bias"

    def model(self) -> onnx.ModelProto:
        """The whole, checked."""
        graph = helper.make_graph(
            self._nodes,
            "syllables",
            [helper.make_tensor_value_info("glyphs", TensorProto.FLOAT, ["N", 1, SIDE, SIDE])],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", sum(PARTS) + 1])],
            self._values,
        )
        opset = helper.make_opsetid("", 17)
        made = helper.make_model(graph, opset_imports=[opset], ir_version=9)
        onnx.checker.check_model(made)
        return made
