"""What a child answers for a batch of tensors and images over one network."""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.engine.child import outbox
from inference.engine.model import Array
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


def test_images_and_tensors_of_one_shape_are_one_call_and_each_gets_its_own() -> None:
    model = Brightness()
    answers = Child(model).answers(
        tensors(1, [10, 20]), image(2, png(30)), tensors(3, [40]), image(4, png(50))
    )
    assert model.calls == [(5, 1, 1, 1)]
    assert values(answers[1]) == [10, 20]
    assert score(answers[2]) == 30
    assert values(answers[3]) == [40]
    assert score(answers[4]) == 50
    assert {answer["timing"]["batch_size"] for answer in answers.values()} == {5}


def test_only_what_has_the_same_shape_is_computed_together() -> None:
    model = Brightness()
    answers = Child(model).answers(
        tensors(1, [10]), tensors(2, [20], size=(2, 3)), tensors(3, [30]), image(4, png(9, (3, 2)))
    )
    assert model.calls == [(2, 1, 1, 1), (2, 2, 3, 1)]
    assert [values(answers[serial]) for serial in (1, 2, 3)] == [[10], [20], [30]]
    assert score(answers[4]) == 9


def test_without_a_dimension_for_the_batch_each_is_computed_for_itself() -> None:
    def infer(given: Mapping[str, Array]) -> Mapping[str, Array]:
        pixels = given["pixels"]
        pixels += 1  # a model may write into what it gets
        return {"mean": pixels.mean(axis=(0, 1), dtype=np.float32), "negative": 255 - pixels}

    model = Brightness(infer)
    items = [tensor_item(serial, "UINT8", (1, 1, 1), bytes([serial])) for serial in (1, 2)]
    answers = Child(model, max_batch_size=0).answers(*items, image(3, png(3)))
    assert model.calls == [(1, 1, 1)] * 3
    assert (values(answers[1]), values(answers[2]), score(answers[3])) == ([2], [3], 4)


def test_only_the_wanted_outputs_come_back_in_the_order_asked_for() -> None:
    answers = Child(Brightness()).answers(tensors(1, [5], wanted="negative mean"))
    assert [tensor["name"] for tensor in answers[1]["outputs"]] == ["negative", "mean"]
    assert values(answers[1], "negative") == [250]


def test_a_picture_without_a_folder_for_results_comes_with_the_answer(tmp_path: Path) -> None:
    child = Child(Brightness(), kind="image")
    answers = child.answers(image(1, png(255, (4, 3))), image(2, png(0), tmp_path / "results"))
    assert answers[1]["output"] == {
        "kind": "image",
        "width": 4,
        "height": 3,
        "content_type": "image/png",
        "transparent": False,
        "notes": [],
    }
    assert answers[1]["output_file"] is None
    with Image.open(io.BytesIO(answers[1]["output_bytes"])) as picture:
        assert (picture.format, picture.size, picture.getpixel((0, 0))) == (
            "PNG",
            (4, 3),
            (0, 0, 0),
        )
    assert answers[2]["output_bytes"] is None
    assert answers[2]["output_file"] == "output.png"
    assert (tmp_path / "results" / "output.png").is_file()


def test_raw_outputs_of_an_image_are_shown_without_the_batch() -> None:
    answer = Child(Brightness(), kind="raw").answers(image(1, png(200)))[1]
    assert answer["output"] == {
        "kind": "raw",
        "tensors": {
            "mean": {"datatype": "FP32", "shape": [1], "data": [200.0]},
            "negative": {"datatype": "UINT8", "shape": [1, 1, 1], "data": [55]},
        },
        "notes": [],
    }


@pytest.mark.parametrize("kind", ["image", "labels", "raw"])
def test_what_could_not_be_read_of_a_file_is_noted_beside_every_kind_of_output(kind: str) -> None:
    whole = png(200, (64, 64))
    cut = image(1, whole[:-30])
    answer = Child(Brightness(), kind=kind).answers(cut)[1]
    assert answer["output"]["kind"] == kind
    assert [note["code"] for note in answer["output"]["notes"]] == ["truncated_file"]


def test_what_was_called_off_is_not_computed() -> None:
    model = Brightness()
    child = Child(model)
    child.canceled.add(2)
    answers = child.answers(tensors(1, [10]), tensors(2, [20]))
    assert model.calls == [(1, 1, 1, 1)]
    assert answers[2] == {"type": "canceled", "serial": 2}


def test_what_is_called_off_while_it_is_computed_gets_no_result() -> None:
    child: Child

    def infer(given: Mapping[str, Array]) -> Mapping[str, Array]:
        child.canceled.add(2)
        return {"mean": given["pixels"][:, 0, 0].astype(np.float32), "negative": given["pixels"]}

    child = Child(Brightness(infer))
    answers = child.answers(tensors(1, [10]), tensors(2, [20]))
    assert values(answers[1]) == [10]
    assert answers[2]["type"] == "canceled"


def test_a_child_tells_with_what_it_begins() -> None:
    child = Child(Brightness())
    child.answers(image(1, png(1)), tensors(2, [1]))
    said = [
        (message["phase"], message["serials"])
        if message["type"] == "begun"
        else (message["type"], message["serial"])
        for message in child.said()
    ]
    assert said == [
        ("decode", [2]),
        ("decode", [1]),
        ("progress", 1),
        ("compute", [1, 2]),
        ("encode", [1]),
        ("succeeded", 1),
        ("computed", 2),
    ]


def test_a_child_tells_when_it_waits_for_storage(tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    source.write_bytes(png(1))
    item = image(1, str(source), tmp_path / "results")
    item["thumbnail"] = str(tmp_path / "thumbnail.jpg")
    child = Child(Brightness(), kind="image")
    child.answers(item)
    phases = [message["phase"] for message in child.said() if message["type"] == "begun"]
    assert phases == ["read", "decode", "store", "compute", "encode", "store"]


@pytest.mark.parametrize(("thumbnail", "scale"), [(False, 0.05), (True, 0.2)])
def test_a_photo_is_decoded_no_smaller_than_network_and_thumbnail_need(
    tmp_path: Path, thumbnail: bool, scale: float
) -> None:
    child = Child(Brightness(), needed_scale=0.05)
    item = image(1, png(1))
    item["thumbnail"] = str(tmp_path / "thumbnail.jpg") if thumbnail else None
    assert child._execution._scale_needed(item)((1600, 800)) == scale


def test_what_is_called_off_while_others_are_computed_is_not_begun() -> None:
    child: Child

    def infer(given: Mapping[str, Array]) -> Mapping[str, Array]:
        child.canceled.add(2)
        return {"mean": given["pixels"][:, 0, 0].astype(np.float32), "negative": given["pixels"]}

    model = Brightness(infer)
    child = Child(model)
    answers = child.answers(tensors(1, [10]), tensors(2, [20], size=(2, 2)))
    assert model.calls == [(1, 1, 1, 1)]
    assert answers[2]["type"] == "canceled"


@pytest.mark.parametrize(("kind", "together"), [("labels", [2]), ("image", [1, 1])])
def test_an_answer_is_sent_before_something_is_encoded_that_may_end_the_process(
    kind: str, together: list[int]
) -> None:
    child = Child(Brightness(), kind=kind)
    child.answers(image(1, png(1)), image(2, png(2)))
    counts = (write.count(b"succeeded") for write in child.written)
    assert [count for count in counts if count] == together


def test_what_cannot_be_decoded_is_told_before_the_next_is_decoded() -> None:
    child = Child(Brightness())
    child.answers(image(1, b"no image"), image(2, png(1)))
    assert [message["type"] for message in child.said() if message["type"] != "begun"] == [
        "failed",
        "progress",
        "succeeded",
    ]
    assert sum(b"failed" in write and b"progress" not in write for write in child.written) == 1


@pytest.mark.parametrize(("held_seconds", "is_sent"), [(0.0, True), (60.0, False)])
def test_what_has_waited_to_be_sent_goes_out_with_the_next_step(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, held_seconds: float, *, is_sent: bool
) -> None:
    monkeypatch.setattr(outbox, "MAX_HELD_SECONDS", held_seconds)
    child = Child(Brightness())
    one, other = image(1, png(1)), image(2, png(2))
    one["thumbnail"] = str(tmp_path / "1.jpg")
    child.answers(one, other)
    assert any(b"thumbnail" in write and b"compute" not in write for write in child.written) is (
        is_sent
    )
