"""Brings Real-ESRGAN's compact networks from the format of ncnn to ONNX.

The format is ncnn's own: a `.param` file with a line for each layer (kind, name, numbers of inputs
and outputs, their names, and parameters as number=value), and a `.bin` file with the weights in the
order of the layers. The network is SRVGGNetCompact (Wang et al., "Real-ESRGAN", 2021): convolutions
and PReLUs, a pixel shuffle, and the picture itself enlarged, which is added. Another kind of layer
is refused.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

OPSET: Final = 17
IR_VERSION: Final = 8
MAGIC: Final = "7767517"
HALF_PRECISION: Final = 0x01306B47
"""Stands before weights that lie there as float16."""

Params = Mapping[int, str]


class _Network:
    """What is collected layer by layer."""

    def __init__(self, weights: bytes) -> None:
        self.nodes: list[NodeProto] = []
        self.values: dict[str, npt.NDArray[np.float32]] = {}
        self._weights = weights
        self._start = 0

    def take(self, count: int) -> npt.NDArray[np.float32]:
        """So many numbers of float32 from the file."""
        return self._read(count, "<f4")

    def take_flagged(self, count: int) -> npt.NDArray[np.float32]:
        """So many numbers whose precision is told before them."""
        flag = int(self._read(1, "<u4", np.uint32)[0])
        if flag not in {0, HALF_PRECISION}:
            raise ValueError(f"weights of the precision {flag:#x} are not known")
        numbers = self._read(count, "<f2" if flag else "<f4")
        self._start += -self._start % 4
        return numbers

    def _read(self, count: int, kind: str, given: type = np.float32) -> npt.NDArray[np.float32]:
        size = np.dtype(kind).itemsize * count
        found = np.frombuffer(self._weights[self._start : self._start + size], kind)
        self._start += size
        return found.astype(given)


def convert(param: bytes, weights: bytes) -> bytes:
    """The network as ONNX: `image` (N, 3, H, W) to `larger` (N, 3, 4·H, 4·W), from 0 to 1, FP32.

    Raises:
        ValueError: it holds a layer that is not known here.
    """
    magic, _, *lines = param.decode().splitlines()
    if magic.strip() != MAGIC:
        raise ValueError("not a network of ncnn")
    network = _Network(weights)
    for line in lines:
        _read_layer(line.split(), network)
    graph = helper.make_graph(
        network.nodes,
        "realesrgan",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("larger", TensorProto.FLOAT, ["n", 3, "sh", "sw"])],
        [numpy_helper.from_array(value, name) for name, value in network.values.items()],
    )
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _read_layer(words: list[str], network: _Network) -> None:
    kind, name, ins, outs = words[0], words[1], int(words[2]), int(words[3])
    inputs, outputs = words[4 : 4 + ins], words[4 + ins : 4 + ins + outs]
    params = {int(key): value for key, value in (w.split("=") for w in words[4 + ins + outs :])}
    if kind not in _KINDS:
        raise ValueError(f"{name}: a layer of the kind {kind} is not known")
    inputs = ["image" if one == "data" else one for one in inputs]
    outputs = [
        "larger" if one == "output" else "image" if one == "data" else one for one in outputs
    ]
    _KINDS[kind](network, name, inputs, outputs, params)


def _input(network: _Network, name: str, ins: list[str], outs: list[str], params: Params) -> None:
    """Nothing is computed."""


def _split(network: _Network, name: str, ins: list[str], outs: list[str], params: Params) -> None:
    network.nodes += [helper.make_node("Identity", ins, [out]) for out in outs]


def _convolution(
    network: _Network, name: str, ins: list[str], outs: list[str], params: Params
) -> None:
    """Parameters: 0 channels, 1 kernel, 4 padding, 5 whether there is a bias, 6 weights."""
    if not params.keys() <= {0, 1, 4, 5, 6} or params.get(5) != "1":
        raise ValueError(f"{name}: only plain convolutions are known")
    channels, size, padding, count = (int(params[key]) for key in (0, 1, 4, 6))
    kernel = network.take_flagged(count).reshape(channels, -1, size, size)
    network.values |= {f"{name}.kernel": kernel, f"{name}.bias": network.take(channels)}
    inputs = [*ins, f"{name}.kernel", f"{name}.bias"]
    network.nodes.append(helper.make_node("Conv", inputs, outs, pads=[padding] * 4))


def _prelu(network: _Network, name: str, ins: list[str], outs: list[str], params: Params) -> None:
    network.values[f"{name}.slope"] = network.take(int(params[0])).reshape(-1, 1, 1)
    network.nodes.append(helper.make_node("PRelu", [*ins, f"{name}.slope"], outs))


def _shuffle(network: _Network, name: str, ins: list[str], outs: list[str], params: Params) -> None:
    node = helper.make_node("DepthToSpace", ins, outs, blocksize=int(params[0]), mode="CRD")
    network.nodes.append(node)


def _enlarge(network: _Network, name: str, ins: list[str], outs: list[str], params: Params) -> None:
    """Parameters: 0 how (1: nearest), 1 and 2 how many times."""
    if params[0] != "1":
        raise ValueError(f"{name}: only enlarging by the nearest pixel is known")
    sizes = np.array([1, 1, float(params[1]), float(params[2])], np.float32)
    network.values[f"{name}.sizes"] = sizes
    how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric"}
    inputs = [*ins, "", f"{name}.sizes"]
    network.nodes.append(helper.make_node("Resize", inputs, outs, nearest_mode="floor", **how))


def _add(network: _Network, name: str, ins: list[str], outs: list[str], params: Params) -> None:
    if params.get(0, "0") != "0":
        raise ValueError(f"{name}: only sums are known")
    network.nodes.append(helper.make_node("Add", ins, outs))


_KINDS: Final[Mapping[str, Callable[[_Network, str, list[str], list[str], Params], None]]] = {
    "Input": _input,
    "Split": _split,
    "Convolution": _convolution,
    "PReLU": _prelu,
    "PixelShuffle": _shuffle,
    "Interp": _enlarge,
    "BinaryOp": _add,
}
