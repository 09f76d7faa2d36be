"""The networks that every system serves, made from a seed, as model folders and as plain files."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LABELS: Final = tuple(f"class-{number}" for number in range(10))
MEAN: Final = 0.5
STD: Final = 0.25

BROKEN: Final = "broken"
"""A model whose network is none: what is queued for it waits, and nobody works it off."""


@dataclass(frozen=True)
class Network:
    """A stack of convolutions over `side` by `side` pixels, each halving it, then ten scores."""

    name: str
    side: int
    channels: tuple[int, ...]
    max_batch_size: int
    threads: int
    extra_instances: int | None = None
    """How many more of its processes may help out. None: as many as Darkroom thinks fit."""


SMALL: Final = Network("small", 96, (32, 64, 128), max_batch_size=32, threads=1)
"""So small that what a server does around it is what takes the time."""
DOMINANT: Final = Network(
    "dominant", 224, (64, 200, 240), max_batch_size=8, threads=1, extra_instances=0
)
"""About 20 ms an image on one core: here the model takes the time."""


def onnx_bytes(network: Network) -> bytes:
    """The network as an ONNX file: `pixels` (n, 3, side, side) FP32, `scores` (n, 10) FP32."""
    random = np.random.default_rng(7)
    nodes: list[Any] = []
    weights: list[Any] = []

    def weight(name: str, shape: Sequence[int]) -> str:
        fan_in = math.prod(shape[1:]) or 1
        array = (random.normal(size=shape) * math.sqrt(2 / fan_in)).astype(np.float32)
        weights.append(numpy_helper.from_array(array, name))
        return name

    flow, channels = "pixels", 3
    for position, wider in enumerate(network.channels):
        kernel = weight(f"kernel{position}", (wider, channels, 3, 3))
        nodes.append(
            helper.make_node("Conv", [flow, kernel], [f"c{position}"], pads=[1] * 4, strides=[2, 2])
        )
        nodes.append(helper.make_node("Relu", [f"c{position}"], [f"r{position}"]))
        flow, channels = f"r{position}", wider
    nodes.append(helper.make_node("GlobalAveragePool", [flow], ["pooled"]))
    nodes.append(helper.make_node("Flatten", ["pooled"], ["flat"]))
    dense = weight("dense", (len(LABELS), channels))
    nodes.append(helper.make_node("Gemm", ["flat", dense], ["scores"], transB=1))
    side = network.side
    graph = helper.make_graph(
        nodes,
        network.name,
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, side, side])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", len(LABELS)])],
        weights,
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=10)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def write_model(repository: Path, network: Network, *, preload: bool = True) -> None:
    """Writes the network as a model folder of Darkroom, which takes photos and tensors."""
    folder = repository / network.name
    (folder / "1").mkdir(parents=True, exist_ok=True)
    (folder / "1" / "model.onnx").write_bytes(onnx_bytes(network))
    (folder / "labels.txt").write_text("\n".join(LABELS) + "\n")
    side = network.side
    extra = "" if network.extra_instances is None else f"extra = {network.extra_instances}"
    (folder / "model.toml").write_text(
        f"""
title = "Benchmark: {network.name}"
backend = "onnx"
output_kind = "labels"
max_batch_size = {network.max_batch_size}
inputs = [{{ name = "pixels", datatype = "FP32", shape = [3, {side}, {side}] }}]
outputs = [{{ name = "scores", datatype = "FP32", shape = [{len(LABELS)}] }}]

[instances]
threads = {network.threads}
{extra}
idle_seconds = 0
preload = {str(preload).lower()}

[preprocessing]
fit = "stretch"
width = {side}
height = {side}
mean = [{MEAN}, {MEAN}, {MEAN}]
std = [{STD}, {STD}, {STD}]

[interpretation]
kind = "labels"
activation = "softmax"
top_k = 1
"""
    )


def write_broken_model(repository: Path) -> None:
    """Writes a model that is offered but never loads."""
    write_model(repository, replace(SMALL, name=BROKEN), preload=False)
    (repository / BROKEN / "1" / "model.onnx").write_bytes(b"no network")
