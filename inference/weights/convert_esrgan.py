"""Brings the ESRGAN networks of UpscalerJS from the layers format of TensorFlow.js to ONNX.

The format: https://www.tensorflow.org/js/guide/save_load. The kinds of layers are those that a
residual dense network (Zhang et al., "Residual Dense Network for Image Super-Resolution", 2018) is
made of; another kind is refused.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

Weights = Mapping[str, npt.NDArray[np.float32]]

OPSET: Final = 17
IR_VERSION: Final = 8


def convert(model_json: bytes, shard: bytes) -> bytes:
    """The network as ONNX: `image` (N, 3, H, W) to `larger` (N, 3, S·H, S·W), from 0 to 1, FP32.

    `model_json` is the topology, `shard` the weights.

    Raises:
        ValueError: it holds a layer that is not known here.
    """
    described = json.loads(model_json)
    weights = _weights(described["weightsManifest"], shard)
    network = described["modelTopology"]["model_config"]["config"]
    nodes = [helper.make_node("Mul", ["image", "255"], [network["input_layers"][0][0]])]
    for layer in network["layers"]:
        nodes += _nodes(layer, weights)
    nodes.append(helper.make_node("Mul", [network["output_layers"][0][0], "1/255"], ["larger"]))
    values = {**_constants(network["layers"]), **_kernels(weights)}
    graph = helper.make_graph(
        nodes,
        "esrgan",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("larger", TensorProto.FLOAT, ["n", 3, "sh", "sw"])],
        [numpy_helper.from_array(value, name) for name, value in values.items()],
    )
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _weights(manifest: list[dict[str, Any]], shard: bytes) -> Weights:
    """The tensors in the order in which they lie in the file."""
    weights, start = {}, 0
    for entry in (entry for group in manifest for entry in group["weights"]):
        if entry["dtype"] != "float32" or "quantization" in entry:
            raise ValueError(f"{entry['name']}: only weights in float32 are known")
        size = 4 * int(np.prod(entry["shape"]))
        flat = np.frombuffer(shard[start : start + size], "<f4")
        weights[entry["name"]] = flat.reshape(entry["shape"])
        start += size
    return weights


def _constants(layers: list[dict[str, Any]]) -> Weights:
    """What is multiplied with: from and to pixels of 0 to 255, and the size that comes out."""
    [size] = [layer["config"]["size"] for layer in layers if layer["class_name"] == "UpSampling2D"]
    values = {"255": 255, "1/255": 1 / 255, "enlarge": [1, 1, *size]}
    return {name: np.asarray(value, np.float32) for name, value in values.items()}


def _kernels(weights: Weights) -> Weights:
    """Kernels lie as height, width, in, out there, and as out, in, height, width in ONNX."""
    return {
        name: np.ascontiguousarray(value.transpose(3, 2, 0, 1)) if value.ndim == 4 else value
        for name, value in weights.items()
    }


def _nodes(layer: Mapping[str, Any], weights: Weights) -> list[NodeProto]:
    kind, config, name = layer["class_name"], layer["config"], layer["name"]
    if kind == "InputLayer":
        return []
    if kind not in _KINDS:
        raise ValueError(f"{name}: a layer of the kind {kind} is not known")
    inputs = [inbound[0] for inbound in layer["inbound_nodes"][0]]
    if kind == "Conv2D":
        inputs += [f"{name}/kernel", f"{name}/bias"]
    return [_KINDS[kind](config, inputs, name)]


def _convolution(config: Mapping[str, Any], inputs: list[str], name: str) -> NodeProto:
    plain = {"strides": [1, 1], "dilation_rate": [1, 1], "activation": "linear", "use_bias": True}
    if any(config[key] != value for key, value in plain.items()):
        raise ValueError(f"{name}: only plain convolutions are known")
    height, width = config["kernel_size"] if config["padding"] == "same" else (1, 1)
    pads = [height // 2, width // 2] * 2
    return helper.make_node("Conv", inputs, [name], pads=pads)


def _activation(config: Mapping[str, Any], inputs: list[str], name: str) -> NodeProto:
    if config["activation"] != "relu":
        raise ValueError(f"{name}: the activation {config['activation']} is not known")
    return helper.make_node("Relu", inputs, [name])


def _concatenate(config: Mapping[str, Any], inputs: list[str], name: str) -> NodeProto:
    del config
    return helper.make_node("Concat", inputs, [name], axis=1)


def _add(config: Mapping[str, Any], inputs: list[str], name: str) -> NodeProto:
    del config
    return helper.make_node("Add", inputs, [name])


def _enlarge(config: Mapping[str, Any], inputs: list[str], name: str) -> NodeProto:
    """Each pixel becomes `size` pixels: in ONNX a Resize with the nearest, told by its factors."""
    if config["interpolation"] != "nearest":
        raise ValueError(f"{name}: the interpolation {config['interpolation']} is not known")
    how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric"}
    return helper.make_node("Resize", [*inputs, "", "enlarge"], [name], nearest_mode="floor", **how)


_KINDS: Final[Mapping[str, Callable[[Mapping[str, Any], list[str], str], NodeProto]]] = {
    "Conv2D": _convolution,
    "Activation": _activation,
    "Concatenate": _concatenate,
    "Add": _add,
    "UpSampling2D": _enlarge,
}
