"""The same network in every format, in real child processes: the same numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inference.engine.arrays import to_tensor
from inference.engine.types import (
    Computed,
    Failed,
    Outcome,
    Succeeded,
    Tensor,
    TensorJob,
)
from tests import networks

pytestmark = pytest.mark.slow

RANDOM = np.random.default_rng(3)


def request(model: str, pixels: networks.Array, number: int = 1) -> TensorJob:
    return TensorJob(
        id=-number,
        attempt=1,
        model=model,
        version="1",
        inputs={"pixels": Tensor("FP32", pixels.shape, pixels.astype("<f4").tobytes())},
        outputs=("scores",),
        items=len(pixels),
    )


def scores(outcome: Outcome) -> networks.Array:
    assert isinstance(outcome, Computed), outcome
    tensor = outcome.outputs["scores"]
    assert tensor.datatype == "FP32"
    return np.frombuffer(tensor.data, "<f4").reshape(tensor.shape)


def network_input(path: Path) -> networks.Array:
    """The preprocessing of `networks.CONFIG`, written down a second time."""
    with Image.open(path) as image:
        picture = image.convert("RGB")
    ratio = 36 / min(picture.size)
    size = (int(picture.width * ratio), int(picture.height * ratio))
    left, top = round((size[0] - 32) / 2), round((size[1] - 32) / 2)
    small = picture.resize(size, Image.Resampling.BILINEAR)
    pixels = np.asarray(small.crop((left, top, left + 32, top + 32)), np.float32) / 255
    normal = (pixels - np.array([0.5, 0.4, 0.3])) / np.array([0.2, 0.25, 0.3])
    return np.ascontiguousarray(normal.transpose(2, 0, 1)[None], np.float32)


@pytest.mark.parametrize("backend", networks.BACKENDS)
async def test_every_format_gives_the_numbers_of_the_bare_network(
    bench: Any, repository: Path, tmp_path: Path, backend: str
) -> None:
    networks.export(repository, backend, "small", warm_up={"count": 1, "batch_size": 4})
    engine = await bench()
    photo = tmp_path / "photo.png"
    Image.fromarray(RANDOM.integers(0, 255, (90, 120, 3), np.uint8)).save(photo)
    for count in (1, 3):
        pixels = RANDOM.normal(size=(count, 3, 32, 32)).astype(np.float32)
        outcome = await engine.predict(request("small", pixels))
        assert np.abs(scores(outcome) - networks.expected(pixels)).max() < 1e-4
        assert outcome.provenance["device"] == "cpu"
        assert outcome.timing.batch_size == count
    shown = await engine.predict(engine.job("small", source=photo))
    assert isinstance(shown, Succeeded), shown
    values = networks.expected(network_input(photo))[0].astype(np.float64)
    shares = np.exp(values) / np.exp(values).sum()
    best = sorted(zip(shares, networks.LABELS, strict=True), reverse=True)[:3]
    assert [entry["label"] for entry in shown.output["labels"]] == [label for _, label in best]
    for entry, (share, _) in zip(shown.output["labels"], best, strict=True):
        assert entry["score"] == pytest.approx(share, abs=1e-4)


def write_endless(repository: Path, backend: str) -> None:
    """A network that gives as many zeros as it is asked for."""
    version = repository / "endless" / "1"
    version.mkdir(parents=True)
    if backend == "onnx":
        import onnx
        from onnx import TensorProto, helper

        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            [helper.make_node("ConstantOfShape", ["length"], ["zeros"])],
            "endless",
            [value("length", TensorProto.INT64, [1])],
            [value("zeros", TensorProto.FLOAT, ["n"])],
        )
        opset = [helper.make_opsetid("", 17)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=10)
        onnx.save(model, version / "model.onnx")
    else:
        import torch

        from tests.unit.engine.modules import Zeros

        torch.jit.script(Zeros()).save(version / "model.pt")  # type: ignore[no-untyped-call]
    config = {
        "backend": backend,
        "max_batch_size": 0,
        "inputs": [{"name": "length", "datatype": "INT64", "shape": [1]}],
        "outputs": [{"name": "zeros", "datatype": "FP32", "shape": [-1]}],
    }
    (repository / "endless" / "model.toml").write_text(networks.toml(config))


@pytest.mark.parametrize("backend", ["onnx", "torchscript"])
async def test_memory_that_is_not_there_fails_one_request_and_not_the_next(
    bench: Any, repository: Path, backend: str
) -> None:
    write_endless(repository, backend)
    engine = await bench()

    def asking_for(length: int) -> TensorJob:
        given = Tensor("INT64", (1,), np.array([length], "<i8").tobytes())
        return TensorJob(
            id=-1,
            attempt=1,
            model="endless",
            version="1",
            inputs={"length": given},
            outputs=("zeros",),
            items=1,
        )

    outcome = await engine.predict(asking_for(2**50))
    assert isinstance(outcome, Failed), outcome
    assert outcome.code == "out_of_memory"
    outcome = await engine.predict(asking_for(3))
    assert isinstance(outcome, Computed), outcome
    assert outcome.outputs["zeros"] == Tensor("FP32", (3,), bytes(12))


async def test_text_goes_through_onnx_as_bytes(bench: Any, repository: Path) -> None:
    import onnx
    from onnx import TensorProto, helper

    version = repository / "words" / "1"
    version.mkdir(parents=True)
    infos = [helper.make_tensor_value_info(name, TensorProto.STRING, ["n", "m"]) for name in "xy"]
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])], "g", infos[:1], infos[1:]
    )
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=10), version / "model.onnx")
    config = {
        "backend": "onnx",
        "max_batch_size": 4,
        "inputs": [{"name": "x", "datatype": "BYTES", "shape": [-1]}],
        "outputs": [{"name": "y", "datatype": "BYTES", "shape": [-1]}],
    }
    (repository / "words" / "model.toml").write_text(networks.toml(config))
    engine = await bench()

    def saying(*words: bytes) -> TensorJob:
        tensor = to_tensor(np.array([words], object), "BYTES")
        return TensorJob(
            id=-1,
            attempt=1,
            model="words",
            version="1",
            inputs={"x": tensor},
            outputs=("y",),
            items=1,
        )

    job = saying("é".encode(), b"")
    outcome = await engine.predict(job)
    assert isinstance(outcome, Computed), outcome
    assert outcome.outputs["y"] == job.inputs["x"]
    outcome = await engine.predict(saying(b"\xff"))
    assert isinstance(outcome, Failed), outcome
    assert outcome.code == "invalid_input"
    assert outcome.message == "The input x is not text in UTF-8."


async def test_requests_that_are_large_together_share_a_batch(bench: Any, repository: Path) -> None:
    version = repository / "adder" / "1"
    version.mkdir(parents=True)
    config = {
        "max_batch_size": 2,
        "batching": {"max_queue_delay_ms": 10_000},
        "inputs": [{"name": "x", "datatype": "UINT8", "shape": [-1]}],
        "outputs": [{"name": "y", "datatype": "UINT8", "shape": [-1]}],
    }
    (repository / "adder" / "model.toml").write_text(networks.toml(config))
    code = "class Model:\n    def __init__(self, context): ...\n"
    code += "    def infer(self, tensors):\n        return {'y': tensors['x'] + 1}\n"
    (version / "model.py").write_text(code)
    engine = await bench()
    length = 64 << 20

    def job(number: int) -> TensorJob:
        return TensorJob(
            id=-number,
            attempt=1,
            model="adder",
            version="1",
            inputs={"x": Tensor("UINT8", (1, length), bytes([number]) * length)},
            outputs=("y",),
            items=1,
        )

    outcomes = [await task for task in engine.submit([job(1), job(2)])]
    for number, outcome in enumerate(outcomes, start=1):
        assert isinstance(outcome, Computed), outcome
        assert outcome.timing.batch_size == 2
        assert outcome.outputs["y"].data == bytes([number + 1]) * length
