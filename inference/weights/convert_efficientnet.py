"""Brings EfficientNet-Lite0 from a checkpoint of PyTorch to ONNX.

The network is EfficientNet-B0 (Tan and Le, "EfficientNet: Rethinking Model Scaling for
Convolutional Neural Networks", 2019) without squeeze and excitation and with ReLU6, as TensorFlow's
"lite" variant has it. It pads as TensorFlow does: one more at the far side.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from inference.weights.torch_checkpoint import read_checkpoint

Weights = Mapping[str, npt.NDArray[Any]]

OPSET: Final = 17
IR_VERSION: Final = 8
SIDE: Final = 224
EPSILON: Final = 1e-3
"""Of the batch normalizations, as it was trained."""
HALVING_BLOCKS: Final = frozenset({1, 3, 5, 11})
"""Those of the 16 blocks that halve width and height."""


def convert(checkpoint: bytes) -> bytes:
    """The network as ONNX: `image` (N, 3, 224, 224) RGB, less 127 and over 128, to `scores`
    (N, 1000) before the softmax, FP32.

    Raises:
        ValueError: it is no checkpoint of this network.
    """
    graph = _Graph(read_checkpoint(checkpoint))
    last = graph.convolution("image", "_conv_stem", "_bn0", stride=2)
    for number in range(16):
        last = graph.block(last, f"_blocks.{number}.", 2 if number in HALVING_BLOCKS else 1)
    last = graph.convolution(last, "_conv_head", "_bn1")
    last = graph.node("GlobalAveragePool", [last], "pooled")
    last = graph.node("Flatten", [last], "features")
    fully_connected = [last, graph.constant("_fc.weight"), graph.constant("_fc.bias")]
    graph.node("Gemm", fully_connected, "scores", transB=1)
    return graph.model()


class _Graph:
    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[NodeProto] = []
        self._values: dict[str, npt.NDArray[np.float32]] = {
            "0": np.asarray(0, np.float32),
            "6": np.asarray(6, np.float32),
        }

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, name: str) -> str:
        """A weight as it is."""
        self._values[name] = self._weight(name)
        return name

    def convolution(
        self, given: str, name: str, normalization: str, stride: int = 1, *, is_linear: bool = False
    ) -> str:
        """A convolution with its batch normalization, which is part of its weights, and ReLU6."""
        kernel = self._weight(f"{name}.weight")
        mean, variance = (
            self._weight(f"{normalization}.running_{one}").astype(np.float64)
            for one in ("mean", "var")
        )
        factor = self._weight(f"{normalization}.weight") / np.sqrt(variance + EPSILON)
        bias = self._weight(f"{normalization}.bias") - mean * factor
        self._values[f"{name}.weight"] = np.asarray(
            kernel * factor[:, None, None, None], np.float32
        )
        self._values[f"{name}.bias"] = np.asarray(bias, np.float32)
        inputs = [given, f"{name}.weight", f"{name}.bias"]
        # One channel in for each that comes out: depthwise.
        groups = len(kernel) if kernel.shape[1] == 1 else 1
        how = {"strides": [stride, stride], "group": groups, "auto_pad": "SAME_UPPER"}
        done = self.node("Conv", inputs, name, **how)
        return done if is_linear else self.node("Clip", [done, "0", "6"], f"{name}.relu6")

    def block(self, given: str, name: str, stride: int) -> str:
        """A mobile inverted bottleneck."""
        last = given
        if f"{name}_expand_conv.weight" in self._weights:
            last = self.convolution(last, f"{name}_expand_conv", f"{name}_bn0")
        last = self.convolution(last, f"{name}_depthwise_conv", f"{name}_bn1", stride)
        last = self.convolution(last, f"{name}_project_conv", f"{name}_bn2", is_linear=True)
        narrow = self._weight(f"{name}_project_conv.weight").shape[0]
        wide = self._weight(f"{name}_depthwise_conv.weight").shape[0]
        expands = self._weights.get(f"{name}_expand_conv.weight")
        came = wide if expands is None else expands.shape[1]
        if stride == 1 and came == narrow:
            last = self.node("Add", [last, given], f"{name}sum")
        return last

    def model(self) -> bytes:
        """All of it, checked."""
        graph = helper.make_graph(
            self._nodes,
            "efficientnet-lite0",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 1000])],
            [numpy_helper.from_array(value, name) for name, value in self._values.items()],
        )
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))

    def _weight(self, name: str) -> npt.NDArray[Any]:
        if name not in self._weights:
            raise ValueError(f"the checkpoint holds no {name}")
        return self._weights[name]
