"""Outputs of networks become labels, pictures and numbers."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.engine.child.encode import encode
from inference.engine.child.interpret import Interpreter, read_labels
from inference.engine.errors import InvalidOutput, ModelFailed
from inference.engine.image_config import Interpretation
from inference.engine.model import (
    Array,
    ImageOutput,
    LabelsOutput,
    LoadError,
    Note,
    Output,
    RawOutput,
    TextOutput,
)
from inference.engine.tensor_config import TensorConfig

NAMES = ["cat", "river", "tower"]


def interpreted(
    array: Array, shape: tuple[int, ...], labels: list[str] | None = None, **keys: Any
) -> Output:
    interpreter = Interpreter(
        Interpretation(**keys), [TensorConfig(name="y", datatype="FP32", shape=shape)], labels or []
    )
    return interpreter.interpret({"y": array})


def shown(output: Output, kind: str) -> Any:
    return encode(output, kind).output


def floats(*values: float) -> Array:
    return np.array(values, np.float32)


def test_labels_are_the_best_scores_by_name() -> None:
    output = interpreted(floats(0.2, 0.7, 0.1), (3,), NAMES, kind="labels", top_k=2)
    assert shown(output, "labels")["labels"] == [
        {"label": "river", "score": 0.7},
        {"label": "cat", "score": 0.2},
    ]


def test_softmax_makes_shares_also_of_large_values() -> None:
    output = interpreted(
        floats(1000, 1000 + math.log(3), -1000), (3, 1, 1), NAMES, kind="labels",
        activation="softmax",
    )  # fmt: skip
    scores = {entry["label"]: entry["score"] for entry in shown(output, "labels")["labels"]}
    assert scores == pytest.approx({"river": 0.75, "cat": 0.25, "tower": 0}, abs=1e-4)


def test_sigmoid_scores_each_for_itself_and_labels_without_names_are_numbers() -> None:
    output = interpreted(floats(-1000, 0, math.log(3)), (-1,), kind="labels", activation="sigmoid")
    assert shown(output, "labels")["labels"] == [
        {"label": "2", "score": 0.75},
        {"label": "1", "score": 0.5},
        {"label": "0", "score": 0.0},
    ]


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("activation", ["none", "softmax"])
def test_a_score_that_is_no_number_is_the_models_failure(value: float, activation: str) -> None:
    output = interpreted(floats(0.5, value), (2,), kind="labels", activation=activation)
    with pytest.raises(ModelFailed):
        shown(output, "labels")


def test_labels_that_are_not_as_many_as_scores_are_told_before_or_while_computing() -> None:
    with pytest.raises(LoadError, match=r"labels.txt has 3 names for 4 scores"):
        interpreted(floats(1, 2, 3, 4), (4,), NAMES, kind="labels")
    with pytest.raises(ModelFailed, match="3 labels for 4 scores"):
        interpreted(floats(1, 2, 3, 4), (-1,), NAMES, kind="labels")


def test_labels_are_read_from_the_versions_folder_before_the_models(tmp_path: Path) -> None:
    version = tmp_path / "1"
    version.mkdir()
    how = Interpretation(kind="labels")
    assert read_labels(how, (version, tmp_path)) == []
    (tmp_path / "labels.txt").write_text("cat\n river \n\n")
    assert read_labels(how, (version, tmp_path)) == ["cat", "river"]
    (version / "labels.txt").write_text("tower\n")
    assert read_labels(how, (version, tmp_path)) == ["tower"]
    (version / "labels.txt").write_bytes(b"\xff")
    with pytest.raises(LoadError, match=r"labels\.txt"):
        read_labels(how, (version, tmp_path))
    with pytest.raises(LoadError, match=r"no names\.txt"):
        read_labels(Interpretation(kind="labels", labels_file="names.txt"), (version, tmp_path))


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_an_image_is_scaled_clipped_and_rounded(layout: str) -> None:
    rows = np.array([[[-1.0, 0.1, 0.0], [0.5, 0.999, 2.0]]], np.float32)
    array = rows.transpose(2, 0, 1) if layout == "NCHW" else rows
    output = interpreted(array, (-1, -1, -1), kind="image", layout=layout)
    assert isinstance(output, ImageOutput)
    # Half-way lies 127.5, which is rounded to the even number.
    assert output.pixels.tolist() == [[[0, 26, 0], [128, 255, 255]]]
    shifted = interpreted(array, (-1, -1, -1), kind="image", layout=layout, scale=127, offset=127)
    assert isinstance(shifted, ImageOutput)
    assert shifted.pixels[0, 0].tolist() == [0, 140, 127]


def test_one_channel_is_gray_and_four_are_transparent() -> None:
    gray = interpreted(np.ones((1, 2, 3), np.float32), (1, 2, 3), kind="image")
    assert isinstance(gray, ImageOutput)
    assert gray.pixels.tolist() == np.full((2, 3, 3), 255).tolist()
    clear = interpreted(np.zeros((4, 2, 3), np.float32), (4, 2, 3), kind="image")
    assert isinstance(clear, ImageOutput)
    assert clear.pixels.shape == (2, 3, 4)
    with pytest.raises(ModelFailed, match="no image"):
        interpreted(np.zeros((2, 2, 3), np.float32), (-1, 2, 3), kind="image")
    with pytest.raises(ModelFailed, match="not finite"):
        interpreted(np.full((3, 2, 3), np.nan, np.float32), (3, 2, 3), kind="image")


def test_what_a_model_could_not_do_is_noted_beside_its_output() -> None:
    note = Note("script_not_readable", "This model cannot read Korean.")
    outputs: list[Output] = [
        TextOutput([], notes=[note]),
        LabelsOutput([], notes=[note]),
        RawOutput({}, notes=[note]),
        ImageOutput(np.zeros((1, 1, 3), np.uint8), notes=[note]),
    ]
    for output, kind in zip(outputs, ["text", "labels", "raw", "image"], strict=True):
        told = encode(output, kind, [Note("truncated_file", "Cut.")]).output["notes"]
        assert [one["code"] for one in told] == ["truncated_file", "script_not_readable"]
        assert told[1]["message"] == note.message


def test_a_note_that_no_database_keeps_is_an_invalid_output() -> None:
    with pytest.raises(InvalidOutput, match="NUL"):
        encode(TextOutput([], notes=[Note("odd", "\0")]), "text")


def test_raw_shows_every_output_as_it_is() -> None:
    tensors = {
        "mask": np.array([[True, False]]),
        "half": np.array([0.5], np.float16),
        "words": np.array([b"caf\xc3\xa9", "bar"], object),
        "count": np.array([[3]], np.int64),
    }
    assert shown(RawOutput(tensors), "raw") == {
        "kind": "raw",
        "tensors": {
            "mask": {"datatype": "BOOL", "shape": [1, 2], "data": [True, False]},
            "half": {"datatype": "FP16", "shape": [1], "data": [0.5]},
            "words": {"datatype": "BYTES", "shape": [2], "data": ["café", "bar"]},
            "count": {"datatype": "INT64", "shape": [1, 1], "data": [3]},
        },
        "notes": [],
    }


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.zeros(100_001, np.uint8), "100001 values"),
        (np.array([np.nan], np.float32), "not finite"),
        (np.array([b"\xff"], object), "not text"),
        (np.zeros(2, np.complex64), "complex64"),
    ],
)
def test_raw_values_that_cannot_be_shown_are_the_models_failure(array: Array, reason: str) -> None:
    with pytest.raises(ModelFailed, match=reason):
        shown(RawOutput({"y": array}), "raw")
