"""Models that are not what they declare are not loaded; the reason says which key is wrong."""

import io
import pickle
import queue
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.engine.child.loaded_model import load_model
from inference.engine.child.loop import _reason
from inference.engine.child.outbox import Outbox
from inference.engine.child.remote import Worker
from inference.engine.config import MODEL_FILES, Backend
from inference.engine.errors import LoadFailed
from inference.engine.launch import _load_message
from inference.engine.model import LoadError
from inference.engine.repository import Repository
from tests import networks
from tests.unit.engine.conftest import LIMITS

pytestmark = pytest.mark.slow

PIXELS = {"name": "pixels", "datatype": "FP32", "shape": [3, 32, 32]}
SCORES = {"name": "scores", "datatype": "FP32", "shape": [5]}
PYTHON_CONFIG = networks.toml(
    {**networks.CONFIG, **networks.TENSORS_ONLY, "backend": "python", "outputs": [SCORES]}
)

NOBODY = Worker(Outbox(io.BytesIO()), queue.SimpleQueue())
"""Whom no model here asks."""


async def reason(bench: Any, name: str = "small") -> str:
    """Why a model was not loaded."""
    engine = await bench()
    with pytest.raises(LoadFailed) as refused:
        await engine.engine.load(name)
    return refused.value.reason.removeprefix("version 1: ")


def reason_here(repository: Path, name: str = "small") -> str:
    """The same, loaded in this process: ONNX Runtime and PyTorch take long to import."""
    model = Repository([repository]).read(name)
    version = model.versions["1"]
    with pytest.raises(LoadError) as refused:
        load_model(_load_message(version, version.config, LIMITS), NOBODY)
    return _reason(refused.value)


def write_python(repository: Path, code: str) -> Path:
    version = repository / "small" / "1"
    version.mkdir(parents=True)
    (repository / "small" / "model.toml").write_text(PYTHON_CONFIG)
    (version / "model.py").write_text(code)
    return version


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            {"inputs": [{**PIXELS, "name": "image"}]},
            "inputs.image: there is none in the file; it has pixels.",
        ),
        (
            {"outputs": [{**SCORES, "name": "labels"}]},
            "outputs.labels: there is none in the file; it has scores.",
        ),
        (
            {"inputs": [{**PIXELS, "datatype": "FP64"}]},
            "inputs.pixels: the file's is FP32, not FP64.",
        ),
        (
            {"inputs": [{**PIXELS, "shape": [3, 64, 32]}]},
            "inputs.pixels: the file's has the shape [-1, 3, 32, 32], declared is [-1, 3, 64, 32].",
        ),
        (
            {"inputs": [{**PIXELS, "shape": [3, -1, 32]}]},
            "inputs.pixels: the file's has the shape [-1, 3, 32, 32], declared is [-1, 3, -1, 32].",
        ),
        (
            {"outputs": [{**SCORES, "shape": [5, 1]}]},
            "outputs.scores: the file's has the shape [-1, 5], declared is [-1, 5, 1].",
        ),
        (
            {"max_batch_size": 0},
            "inputs.pixels: the file's has the shape [-1, 3, 32, 32], declared is [3, 32, 32].",
        ),
        (
            {"instances": {"device": "cuda:0"}},
            "instances.device: ONNX Runtime cannot use cuda:0 here.",
        ),
    ],
)
def test_an_onnx_file_must_be_what_is_declared(
    repository: Path, keys: dict[str, Any], expected: str
) -> None:
    networks.export(repository, "onnx", "small", **{**networks.TENSORS_ONLY, **keys})
    assert reason_here(repository) == expected


def test_an_exported_program_must_be_what_is_declared(repository: Path) -> None:
    wrong = {**SCORES, "shape": [7]}
    networks.export(
        repository, "torch-export", "small", **{**networks.TENSORS_ONLY, "outputs": [wrong]}
    )
    expected = "outputs.scores: the file's has the shape [-1, 5], declared is [-1, 7]."
    assert reason_here(repository) == expected


def test_torchscript_must_take_and_give_as_much_as_is_declared(repository: Path) -> None:
    keys = {"inputs": [PIXELS, {**PIXELS, "name": "mask"}]}
    networks.export(repository, "torchscript", "small", **{**networks.TENSORS_ONLY, **keys})
    assert reason_here(repository) == "inputs: the file has 1 (input), not 2."


def test_inputs_in_another_order_than_the_file_takes_them_are_noticed(repository: Path) -> None:
    import torch

    from tests.unit.engine.modules import Difference

    version = repository / "small" / "1"
    version.mkdir(parents=True)
    torch.jit.script(Difference()).save(version / "model.pt")  # type: ignore[no-untyped-call]
    inputs = [{"name": name, "datatype": "FP32", "shape": [2]} for name in ("b", "a")]
    outputs = [{"name": "y", "datatype": "FP32", "shape": [2]}]
    config = {"backend": "torchscript", "inputs": inputs, "outputs": outputs}
    (repository / "small" / "model.toml").write_text(networks.toml(config))
    assert reason_here(repository) == "inputs: the file has them in the order a, b."


@pytest.mark.parametrize("backend", ["onnx", "torchscript", "torch-export"])
async def test_a_file_that_is_none_of_the_format_is_refused(
    bench: Any, repository: Path, backend: Backend
) -> None:
    folder = networks.export(repository, backend, "small")
    next((folder / "1").iterdir()).write_bytes(b"not a network")
    file = MODEL_FILES[backend]
    assert (await reason(bench)).startswith(f"{file} cannot be read: ")


async def test_a_gpu_that_is_not_there_is_told(bench: Any, repository: Path) -> None:
    networks.export(repository, "safetensors", "small", instances={"device": "cuda:7"})
    assert await reason(bench) == "instances.device: PyTorch finds no cuda:7 here."


async def test_a_failing_warm_up_is_a_failed_load(bench: Any, repository: Path) -> None:
    scores = {**SCORES, "shape": [4]}
    keys = {"warm_up": {"count": 1}, "outputs": [scores], **networks.TENSORS_ONLY}
    networks.export(repository, "torchscript", "small", **keys)
    expected = "warm_up: The output scores has the shape [1, 5]; it should have [1, 4]."
    assert await reason(bench) == expected


async def test_a_model_of_images_is_warmed_up_with_a_gray_one(bench: Any, add_model: Any) -> None:
    config = "[warm_up]\ncount = 2\ndimension = 9"
    add_model("small", "raise ValueError(f'{request.image.shape} {request.image.mean()}')", config)
    assert await reason(bench) == "warm_up: ValueError: (9, 9, 3) 128.0"


async def test_labels_that_are_not_as_many_as_scores_are_told(bench: Any, repository: Path) -> None:
    folder = networks.export(repository, "onnx", "small")
    (folder / "labels.txt").write_text("cat\n")
    expected = "interpretation.labels_file: labels.txt has 1 names for 5 scores."
    assert await reason(bench) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 1", "model.py has no class Model."),
        (
            "class Model:\n    def predict(self, requests): ...",
            "model.py: a model that declares inputs needs Model.infer.",
        ),
        ("import nothing_like_it", "ModuleNotFoundError: No module named 'nothing_like_it'"),
        (
            "from inference.engine.model import LoadError\nraise LoadError('No weights here.')",
            "No weights here.",
        ),
    ],
)
async def test_code_that_is_no_model_is_refused(
    bench: Any, repository: Path, code: str, expected: str
) -> None:
    write_python(repository, code)
    assert await reason(bench) == expected


async def test_a_missing_pytorch_is_told_with_the_remedy(bench: Any, repository: Path) -> None:
    version = write_python(repository, networks.CODE.format(weights="network.safetensors"))
    hidden = 'raise ModuleNotFoundError("No module named torch", name="torch")'
    (version / "torch.py").write_text(hidden)
    expected = "PyTorch is not installed: pip install -r requirements/torch.txt."
    assert await reason(bench) == expected


class Trap:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
async def test_code_in_a_checkpoint_is_never_run(
    bench: Any, repository: Path, tmp_path: Path, suffix: str
) -> None:
    import torch

    version = write_python(repository, networks.CODE.format(weights=f"network.{suffix}"))
    trap = tmp_path / "sprung"
    (version / f"network.{suffix}").write_bytes(pickle.dumps({"0.weight": Trap(trap)}))
    told = await reason(bench)
    assert told.startswith(f"network.{suffix}: not a ")
    torch.save({"0.weight": Trap(trap)}, version / f"network.{suffix}")
    assert (await reason(bench)).startswith(f"network.{suffix}: not a ")
    assert not trap.exists()


async def test_a_checkpoint_of_something_else_than_tensors_is_refused(
    bench: Any, repository: Path
) -> None:
    import torch

    version = write_python(repository, networks.CODE.format(weights="network.pth"))
    torch.save({"epoch": 3, "weights": torch.zeros(2)}, version / "network.pth")
    assert await reason(bench) == "network.pth: holds no state dict: tensors by their names."


async def test_a_network_made_for_one_image_serves_single_images_only(
    bench: Any, repository: Path
) -> None:
    import onnx
    from onnx import TensorProto, helper

    folder = networks.export(
        repository, "onnx", "small", inputs=[{"name": "x", "datatype": "FP32", "shape": [2]}],
        outputs=[{"name": "y", "datatype": "FP32", "shape": [2]}], **networks.TENSORS_ONLY,
    )  # fmt: skip
    fixed = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", fixed[:1], fixed[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.save(model, folder / "1" / "model.onnx")
    assert await reason(bench) == (
        "inputs.x: the file is made for batches of 1 only, which does not fit max_batch_size 8."
    )
    config = (folder / "model.toml").read_text()
    (folder / "model.toml").write_text(config.replace("max_batch_size = 8", "max_batch_size = 1"))
    engine = await bench()
    await engine.engine.load("small")
    assert np.isfinite(engine.engine.index()[0].memory_bytes)
