"""How the style network that a package carries becomes the shipped one, on a small network."""

from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from inference.engine.confinement import ROOT

SCRIPT = ROOT / "inference" / "models" / "style-transfer" / "making" / "convert.py"
WEIGHTS = np.array([[3, -2, 1], [1, 4, -1], [-3, 2, 2]], np.int8)
SCALE = np.float32(0.25)
EPSILON = np.float32(1e-3)

Floats = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def converted() -> ModelProto:
    spec = spec_from_file_location("stylize_conversion", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    model: ModelProto = module.converted(rounded())
    return model


def rounded() -> ModelProto:
    """A network of one size that mixes colors, normalises them, and rounds on its way."""
    constants = {
        "weights": WEIGHTS[..., None, None],
        "scale": SCALE,
        "zero": np.int8(0),
        "coarse": np.float32(0.1),
        "epsilon": EPSILON,
    }
    nodes = [
        helper.make_node("Transpose", ["photo"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("QuantizeLinear", ["planes", "coarse", "zero"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "coarse", "zero"], ["planes2"]),
        helper.make_node("DequantizeLinear", ["weights", "scale", "zero"], ["kernel"]),
        helper.make_node("Conv", ["planes2", "kernel"], ["mixed"]),
        helper.make_node("GlobalAveragePool", ["mixed"], ["mean"]),
        helper.make_node("Sub", ["mixed", "mean"], ["centered"]),
        helper.make_node("Mul", ["centered", "centered"], ["squares"]),
        helper.make_node("GlobalAveragePool", ["squares"], ["variance"]),
        helper.make_node("Add", ["variance", "epsilon"], ["sum"]),
        helper.make_node("Sqrt", ["sum"], ["deviation"]),
        helper.make_node("Div", ["centered", "deviation"], ["even"]),
        helper.make_node("Transpose", ["even"], ["out"], perm=[0, 2, 3, 1]),
    ]
    shape = [1, 8, 8, 3]
    graph = helper.make_graph(
        nodes,
        "rounded",
        [
            helper.make_tensor_value_info("photo", TensorProto.FLOAT, shape),
            helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, 1, 1, 100]),
        ],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(np.asarray(v), name) for name, v in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)])


def run(model: ModelProto, picture: Floats, statistics: Floats | None = None) -> Any:
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    given = np.zeros((1, 0, 1, 1), np.float32) if statistics is None else statistics
    return session.run(
        ["painting", "measured"],
        {
            "picture": picture,
            "style": np.zeros((1, 1, 1, 100), np.float32),
            "statistics": given,
            "given": np.array([statistics is not None]),
        },
    )


def photo(height: int, width: int) -> Floats:
    return np.random.default_rng(7).random((1, height, width, 3), dtype=np.float32)


def expected(picture: Floats) -> tuple[Floats, Floats]:
    """What the network would be without rounding: the painting, and its means and variances."""
    mixed = picture @ (WEIGHTS.T * SCALE)
    mean, variance = mixed.mean((0, 1, 2)), mixed.var((0, 1, 2))
    return (mixed - mean) / np.sqrt(variance + EPSILON), np.concatenate([mean, variance])


@pytest.mark.parametrize("size", [(8, 8), (12, 20)])
def test_nothing_is_rounded_and_any_size_is_taken(
    converted: ModelProto, size: tuple[int, int]
) -> None:
    painting, measured = run(converted, photo(*size))
    wanted, statistics = expected(photo(*size))
    np.testing.assert_allclose(painting, wanted, atol=1e-4)
    np.testing.assert_allclose(measured.ravel(), statistics, atol=1e-5)


def test_a_part_with_the_statistics_of_the_whole_is_that_part_of_the_whole(
    converted: ModelProto,
) -> None:
    whole = photo(16, 16)
    painting, measured = run(converted, whole)
    part, told = run(converted, whole[:, 4:12, :8], measured)
    np.testing.assert_allclose(part, painting[:, 4:12, :8], atol=1e-6)
    np.testing.assert_array_equal(told, measured)


def test_no_node_that_rounds_is_left(converted: ModelProto) -> None:
    assert not {node.op_type for node in converted.graph.node} & {
        "QuantizeLinear",
        "DequantizeLinear",
    }
