"""What `[preprocessing]` and `[interpretation]` may say about a network."""

from typing import Any

import pytest
from pydantic import ValidationError

from inference.engine.config import ModelConfig
from tests import networks

PIXELS = {"name": "pixels", "datatype": "FP32", "shape": [3, 32, 32]}
SCORES = {"name": "scores", "datatype": "FP32", "shape": [5]}


def config(
    *,
    tensors: dict[str, Any] | None = None,
    preprocessing: dict[str, Any] | None = None,
    interpretation: dict[str, Any] | None = None,
) -> ModelConfig:
    """The network's configuration with some keys changed."""
    kind = (interpretation or {}).get("kind", "labels")
    values = {"name": "small", "backend": "onnx", **networks.CONFIG, "output_kind": kind}
    values["preprocessing"] = {**networks.CONFIG["preprocessing"], **(preprocessing or {})}
    values["interpretation"] = {**networks.CONFIG["interpretation"], **(interpretation or {})}
    return ModelConfig.model_validate(values | (tensors or {}))


def test_a_network_of_images_takes_both_images_and_tensors() -> None:
    both = config()
    assert both.takes_images
    assert both.takes_tensors


def test_the_order_of_colors_is_also_read_by_its_former_key() -> None:
    one = {"mean": [0.5], "std": [0.5], "layout": "NCHW"}
    pixels = [{**PIXELS, "shape": [1, 32, 32]}]
    old = config(preprocessing={**one, "colour": "GRAY"}, tensors={"inputs": pixels})
    assert old == config(preprocessing={**one, "color": "GRAY"}, tensors={"inputs": pixels})


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"fit": "none"}, "preprocessing.width: "),
        ({"width": None}, "preprocessing.height: "),
        ({"fit": "stretch", "resize": 40}, "preprocessing.resize: goes with the fit crop"),
        ({"resize": 31}, "preprocessing.resize: smaller than what is cut out"),
        ({"mean": [0.1, 0.2]}, "preprocessing.mean: one value, or one for each"),
        ({"color": "GRAY"}, "preprocessing.mean: one value, or one for each"),
        ({"std": [0.0]}, "preprocessing.std: nothing can be divided by 0"),
        ({"layout": "NHWC"}, "preprocessing: gives "),
        ({"width": 33}, "preprocessing: gives "),
        ({"input": "image"}, "preprocessing.input: there is no 'image'"),
        ({"scale": float("nan")}, "finite"),
        ({"fill": 256}, "fill"),
        ({"flip": True}, "flip"),
    ],
)
def test_a_preprocessing_that_does_not_fit_is_refused(keys: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        config(preprocessing=keys)


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ([{**PIXELS, "datatype": "INT64"}], "preprocessing.input: cannot give INT64"),
        ([{**PIXELS, "datatype": "UINT8"}], "preprocessing.scale: UINT8 takes pixels as they are"),
        ([PIXELS, {**PIXELS, "name": "mask"}], "preprocessing.input: a model of images has one"),
        ([{**PIXELS, "shape": [32, 32]}], "preprocessing: gives "),
    ],
)
def test_an_input_that_no_image_can_be_is_refused(inputs: Any, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        config(tensors={"inputs": inputs})


@pytest.mark.parametrize(
    ("keys", "output", "reason"),
    [
        ({"output": "labels"}, SCORES, "interpretation.output: there is no 'labels'"),
        ({}, {**SCORES, "datatype": "BYTES"}, "interpretation.output: BYTES are neither"),
        ({}, {**SCORES, "shape": [5, 2]}, "interpretation.output: labels are scored along one"),
        ({"kind": "image"}, SCORES, "interpretation.output: an image has three dimensions"),
        (
            {"kind": "image"},
            {**SCORES, "shape": [2, 32, 32]},
            "interpretation.layout: an image cannot have 2 channels",
        ),
        (
            {"kind": "image"},
            {"name": "scores", "datatype": "UINT8", "shape": [3, 32, 32]},
            "interpretation.scale: UINT8 are pixels as they are",
        ),
        ({"labels_file": "../labels.txt"}, SCORES, "labels_file"),
        ({"top_k": 0}, SCORES, "top_k"),
    ],
)
def test_an_interpretation_that_does_not_fit_is_refused(
    keys: dict[str, Any], output: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason):
        config(tensors={"outputs": [output]}, interpretation=keys)


def test_raw_outputs_may_be_anything() -> None:
    outputs = [{**SCORES, "datatype": "BYTES"}, {**SCORES, "name": "more", "shape": [2, 2]}]
    assert config(tensors={"outputs": outputs}, interpretation={"kind": "raw"}).takes_images
