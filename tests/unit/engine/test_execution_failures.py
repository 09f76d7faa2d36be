"""What fails in a batch: the job that is at fault, and in which words."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from inference.engine import wire
from inference.engine.errors import InvalidInput
from inference.engine.model import Array, InvalidParams, InvalidTensors, JobCanceled
from tests.unit.engine.brightness import (
    Brightness,
    Child,
    image,
    png,
    score,
    tensor_item,
    tensors,
    values,
)


def test_what_makes_the_model_raise_fails_alone() -> None:
    def infer(given: Mapping[str, Array]) -> Mapping[str, Array]:
        if (given["pixels"] == 13).any():
            raise RuntimeError("unlucky")
        if (given["pixels"] == 14).any():
            raise InvalidTensors("Fourteen makes no sense.")
        return {"mean": given["pixels"][:, 0, 0].astype(np.float32), "negative": given["pixels"]}

    model = Brightness(infer)
    answers = Child(model).answers(
        tensors(1, [10]),
        tensors(2, [13]),
        image(3, png(12)),
        tensors(4, [14]),
        tensors(5, [11, 12]),
    )
    assert values(answers[1]) == [10]
    assert (answers[2]["code"], answers[2]["kind"]) == ("model_error", "transient")
    assert answers[2]["message"] == "The model failed on this input."
    assert score(answers[3]) == 12
    assert (answers[4]["code"], answers[4]["kind"]) == ("invalid_input", "permanent")
    assert answers[4]["message"] == "Fourteen makes no sense."
    assert values(answers[5]) == [11, 12]


def test_what_cannot_be_decoded_never_reaches_the_model() -> None:
    model = Brightness()
    answers = Child(model).answers(
        tensor_item(1, "UINT8", (1, 1, 1, 1), b"too long"),
        image(2, b"no image"),
        image(3, "/absent.png"),
        tensors(4, [7]),
    )
    assert [answers[serial]["code"] for serial in (1, 2, 3)] == [
        "invalid_input",
        "unreadable_image",
        "source_gone",
    ]
    assert values(answers[4]) == [7]
    assert model.calls == [(1, 1, 1, 1)]


@pytest.mark.parametrize(
    ("outputs", "reason"),
    [
        (None, "gave NoneType, not outputs by name"),
        ({"negative": np.zeros((1, 1, 1, 1), np.uint8)}, "no output mean"),
        ({"mean": [[1.0]]}, "mean is no array: list"),
        ({"mean": np.zeros((1, 1))}, "mean is of float64; declared is FP32"),
        ({"mean": np.zeros((1, 2), np.float32)}, r"shape \[1, 2\]; it should have \[1, 1\]"),
        ({"mean": np.zeros((2, 1), np.float32)}, r"shape \[2, 1\]; it should have \[1, 1\]"),
        ({"mean": np.zeros(1, np.float32)}, r"shape \[1\]; it should have \[1, 1\]"),
    ],
)
def test_outputs_that_are_not_as_declared_are_the_models_failure(outputs: Any, reason: str) -> None:
    negative = {"negative": np.zeros((1, 1, 1, 1), np.uint8)}
    given = {**negative, **outputs} if outputs and "mean" in outputs else outputs
    answer = Child(Brightness(lambda _: given)).answers(tensors(1, [1]))[1]
    assert answer["code"] == "model_error"
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(answer["message"])


class Speechless(Exception):
    """Its author's code cannot say what it is."""

    def __str__(self) -> str:
        raise RuntimeError


class SpeechlessRefusal(Speechless, InvalidParams):
    """Parameters that do not fit, for a reason that cannot be said."""


@pytest.mark.parametrize(
    ("error", "code", "kind"),
    [
        (MemoryError(), "out_of_memory", "transient"),
        (ValueError("wrong"), "model_error", "transient"),
        (InvalidInput("Too wide."), "invalid_input", "permanent"),
        (JobCanceled(), "model_error", "transient"),
        (Speechless(), "model_error", "transient"),
        (SpeechlessRefusal(), "invalid_params", "permanent"),
    ],
)
def test_errors_are_told_apart(error: Exception, code: str, kind: str) -> None:
    def infer(_: Mapping[str, Array]) -> Any:
        raise error

    answer = Child(Brightness(infer)).answers(tensors(1, [1]))[1]
    assert (answer["type"], answer["code"], answer["kind"]) == ("failed", code, kind)
    assert answer["timing"]["batch_size"] == 1
    assert "wrong" not in answer["message"]


def test_an_output_that_is_too_large_for_a_message_fails_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "MAX_BYTES_FROM_CHILD", 10_000)
    answers = Child(Brightness()).answers(
        tensors(1, [1], size=(100, 100), wanted="negative"),
        tensors(2, [2], size=(100, 100)),
    )
    assert answers[1]["code"] == "model_error"
    assert "too large" in answers[1]["message"]
    assert values(answers[2]) == [2]
