"""One small network, exported for every backend: whole model folders that a worker can serve.

It takes `pixels` (n, 3, 32, 32) FP32 and gives `scores` (n, 5) FP32. Its weights are the same in
every file. Needs torch, and onnx for ONNX files.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch

Array = npt.NDArray[Any]

SIDE: Final = 32
LABELS: Final = ("bridge", "cat", "lantern", "river", "tower")
BACKENDS: Final = ("onnx", "torchscript", "torch-export", "safetensors", "checkpoint")
"""The last two are Python models that load their weights from such a file."""
CONFIG: Final[Mapping[str, Any]] = {
    "description": "A small network with weights from a seed.",
    "output_kind": "labels",
    "max_batch_size": 8,
    "inputs": [{"name": "pixels", "datatype": "FP32", "shape": [3, SIDE, SIDE]}],
    "outputs": [{"name": "scores", "datatype": "FP32", "shape": [len(LABELS)]}],
    "preprocessing": {
        "fit": "crop",
        "width": SIDE,
        "height": SIDE,
        "resize": 36,
        "mean": [0.5, 0.4, 0.3],
        "std": [0.2, 0.25, 0.3],
    },
    "interpretation": {"kind": "labels", "activation": "softmax", "top_k": 3},
}
TENSORS_ONLY: Final[Mapping[str, Any]] = {
    "output_kind": "tensors",
    "preprocessing": None,
    "interpretation": None,
}
"""To be given to `export` for a model without a face for images."""
CODE = """
import torch


class Model:
    def __init__(self, context):
        self.device = context.torch_device()
        weights = context.load_weights({weights!r})
        self.network = torch.nn.Sequential(
            torch.nn.Conv2d(3, 8, 3, padding=1),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(4),
            torch.nn.Flatten(),
            torch.nn.Linear(8 * 8 * 8, 5),
        ).to(self.device)
        self.network.load_state_dict(weights)

    def infer(self, tensors):
        with torch.inference_mode():
            pixels = torch.from_numpy(tensors["pixels"]).to(self.device)
            return {{"scores": self.network(pixels).cpu().numpy()}}
"""


def weights() -> dict[str, Array]:
    """The network's weights by the names of its state dict."""
    random = np.random.default_rng(20)
    shapes: dict[str, tuple[int, ...]] = {
        "0.weight": (8, 3, 3, 3),
        "0.bias": (8,),
        "4.weight": (5, 512),
        "4.bias": (5,),
    }
    return {
        name: (random.normal(size=shape) / math.sqrt(math.prod(shape[1:]))).astype(np.float32)
        for name, shape in shapes.items()
    }


def network() -> "torch.nn.Sequential":
    """The bare network."""
    import torch

    bare = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(4),
        torch.nn.Flatten(),
        torch.nn.Linear(8 * 8 * 8, len(LABELS)),
    ).eval()
    bare.load_state_dict({name: torch.from_numpy(array) for name, array in weights().items()})
    return bare


def expected(pixels: Array) -> Array:
    """What the bare network gives for (n, 3, 32, 32)."""
    import torch

    with torch.inference_mode():
        scores: Array = network()(torch.from_numpy(pixels)).numpy()
    return scores


def export(root: Path, backend: str, name: str, **config: Any) -> Path:
    """Write a model folder under `root` and return it.

    `backend` is one of `BACKENDS`; `config` are keys of model.toml in place of `CONFIG`'s, None to
    leave one out.
    """
    folder = root / name
    version = folder / "1"
    version.mkdir(parents=True)
    write = {
        "onnx": _write_onnx,
        "torchscript": _write_torchscript,
        "torch-export": _write_torch_export,
        "safetensors": _write_safetensors,
        "checkpoint": _write_checkpoint,
    }[backend]
    write(version)
    keys = {"backend": "python" if backend in {"safetensors", "checkpoint"} else backend}
    settings = {**CONFIG, **keys, **config}
    (folder / "model.toml").write_text(toml(settings))
    (folder / "labels.txt").write_text("\n".join(LABELS) + "\n")
    return folder


def toml(settings: Mapping[str, Any]) -> str:
    """These keys as a document, without those that are None."""
    return "".join(
        f"{key} = {_value(value)}\n" for key, value in settings.items() if value is not None
    )


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    return json.dumps(value)


def _write_onnx(version: Path) -> None:
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["pixels", "0.weight", "0.bias"], ["c"], pads=[1, 1, 1, 1]),
            helper.make_node("Relu", ["c"], ["r"]),
            helper.make_node("MaxPool", ["r"], ["p"], kernel_shape=[4, 4], strides=[4, 4]),
            helper.make_node("Flatten", ["p"], ["f"]),
            helper.make_node("Gemm", ["f", "4.weight", "4.bias"], ["scores"], transB=1),
        ],
        "small",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", len(LABELS)])],
        [numpy_helper.from_array(array, name) for name, array in weights().items()],
    )
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=10), version / "model.onnx")


def _write_torchscript(version: Path) -> None:
    import torch

    traced = torch.jit.trace(network(), torch.rand(2, 3, SIDE, SIDE))  # type: ignore[no-untyped-call]
    traced.save(version / "model.pt")


def _write_torch_export(version: Path) -> None:
    import torch

    program = torch.export.export(
        network(),
        (torch.rand(2, 3, SIDE, SIDE),),
        dynamic_shapes=({0: torch.export.Dim("n", min=1, max=1024)},),
    )
    torch.export.save(program, version / "model.pt2")


def _write_safetensors(version: Path) -> None:
    from safetensors.numpy import save_file

    save_file(weights(), version / "network.safetensors")
    (version / "model.py").write_text(CODE.format(weights="network.safetensors"))


def _write_checkpoint(version: Path) -> None:
    import torch

    torch.save(network().state_dict(), version / "network.pth")
    (version / "model.py").write_text(CODE.format(weights="network.pth"))
