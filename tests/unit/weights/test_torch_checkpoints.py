"""Checkpoints of PyTorch are read without running what they name, and EfficientNet is converted."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest

from inference.weights import convert_efficientnet
from inference.weights.torch_checkpoint import read_checkpoint

if TYPE_CHECKING:
    import torch

Floats = npt.NDArray[np.float32]

RANDOM = np.random.default_rng(7)


def lite0() -> dict[str, "torch.Tensor"]:
    """The names and shapes of EfficientNet-Lite0, with numbers from a seed."""
    import torch

    random = torch.Generator().manual_seed(1)
    weights: dict[str, torch.Tensor] = {}

    def convolution(name: str, norm: str, *shape: int) -> None:
        spread = (2 / (shape[1] * shape[2] * shape[3])) ** 0.5
        weights[f"{name}.weight"] = torch.randn(shape, generator=random) * spread
        for key, low in (("weight", 0.5), ("bias", 0), ("running_mean", 0), ("running_var", 0.5)):
            weights[f"{norm}.{key}"] = torch.rand(shape[0], generator=random) + low
        weights[f"{norm}.num_batches_tracked"] = torch.tensor(1)

    convolution("_conv_stem", "_bn0", 32, 3, 3, 3)
    for number, (came, wide, size, goes, _) in enumerate(BLOCKS):
        name = f"_blocks.{number}."
        if wide != came:
            convolution(f"{name}_expand_conv", f"{name}_bn0", wide, came, 1, 1)
        convolution(f"{name}_depthwise_conv", f"{name}_bn1", wide, 1, size, size)
        convolution(f"{name}_project_conv", f"{name}_bn2", goes, wide, 1, 1)
    convolution("_conv_head", "_bn1", 1280, 320, 1, 1)
    weights["_fc.weight"] = torch.randn((1000, 1280), generator=random)
    weights["_fc.bias"] = torch.randn(1000, generator=random)
    return weights


def blocks() -> Iterator[tuple[int, int, int, int, int]]:
    """The stages of the paper's table 1 with their repeats: in, within, kernel, out, stride."""
    came = 32
    for repeats, size, stride, expansion, goes in (
        (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
        (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
    ):  # fmt: skip
        for repeat in range(repeats):
            yield came, came * expansion, size, goes, stride if repeat == 0 else 1
            came = goes


BLOCKS = tuple(blocks())


def lite0_scores(weights: "dict[str, torch.Tensor]", image: Floats) -> Floats:
    """What the network gives, by PyTorch's functions."""
    import torch
    from torch.nn import functional

    def convolved(last: torch.Tensor, name: str, norm: str, stride: int = 1) -> torch.Tensor:
        kernel = weights[f"{name}.weight"]
        side, size = last.shape[-1], kernel.shape[-1]
        pad = max((-(-side // stride) - 1) * stride + size - side, 0)
        padded = functional.pad(last, (pad // 2, pad - pad // 2) * 2)
        groups = len(kernel) if kernel.shape[1] == 1 else 1
        last = functional.conv2d(padded, kernel, None, stride, groups=groups)
        mean, variance, scale, shift = (
            weights[f"{norm}.{key}"] for key in ("running_mean", "running_var", "weight", "bias")
        )
        return functional.batch_norm(last, mean, variance, scale, shift, eps=1e-3)

    with torch.inference_mode():
        relu6 = functional.relu6
        last = relu6(convolved(torch.from_numpy(image), "_conv_stem", "_bn0", 2))
        for number, (came, wide, _, goes, stride) in enumerate(BLOCKS):
            name, given = f"_blocks.{number}.", last
            if wide != came:
                last = relu6(convolved(last, f"{name}_expand_conv", f"{name}_bn0"))
            last = relu6(convolved(last, f"{name}_depthwise_conv", f"{name}_bn1", stride))
            last = convolved(last, f"{name}_project_conv", f"{name}_bn2")
            last = last + given if stride == 1 and came == goes else last
        last = relu6(convolved(last, "_conv_head", "_bn1")).mean((2, 3))
        scores = functional.linear(last, weights["_fc.weight"], weights["_fc.bias"])
    return np.asarray(scores.numpy(), np.float32)


def checkpoint(content: object) -> bytes:
    import torch

    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=False)
    return file.getvalue()


@pytest.mark.slow
def test_efficientnet_computes_the_same_as_onnx() -> None:
    weights = lite0()
    network = convert_efficientnet.convert(checkpoint(weights))
    image = RANDOM.normal(size=(2, 3, 224, 224)).astype(np.float32)
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    scores = session.run(None, {"image": image})[0]
    expected = lite0_scores(weights, image)
    assert np.abs(scores - expected).max() < 1e-3 * np.abs(expected).max()


def test_a_checkpoint_that_names_code_is_refused_and_not_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "run",)

    with pytest.raises(ValueError, match="it names"):
        read_checkpoint(checkpoint({"weight": Trap()}))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x02K\x01."])
def test_what_is_no_legacy_checkpoint_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="legacy format"):
        read_checkpoint(content)
