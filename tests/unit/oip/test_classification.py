"""Classes instead of values."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.engine.arrays import to_tensor
from inference.engine.types import Tensor
from inference.oip.classification import classified
from inference.oip.contents import strings, strings_of
from inference.oip.errors import ProtocolError
from tests.unit.oip.bench import config, version_of

LABELED: dict[str, Any] = {
    "inputs": [{"name": "x", "datatype": "FP32", "shape": [3, -1, -1]}],
    "outputs": [
        {"name": "scores", "datatype": "FP32", "shape": [4]},
        {"name": "features", "datatype": "FP32", "shape": [4]},
    ],
    "preprocessing": {"width": 8, "height": 8},
    "interpretation": {"kind": "labels", "output": "scores"},
    "output_kind": "labels",
}


def of(values: Any, count: int, dtype: Any = np.float32, **changes: Any) -> tuple[Any, list[bytes]]:
    datatype = {np.float32: "FP32", np.float16: "FP16", np.int64: "INT64"}[dtype]
    version = version_of(config(**changes))
    tensor = classified(version, "sum", to_tensor(np.array(values, dtype), datatype), count)
    return tensor.shape, strings_of(tensor)


def test_the_highest_come_first_with_their_index() -> None:
    assert of([[0.25, 0.5, 0.125], [3, 1, 2]], 2) == (
        (2, 2),
        [b"0.500000:1", b"0.250000:0", b"3.000000:0", b"2.000000:2"],
    )


def test_there_are_no_more_than_there_are() -> None:
    assert of([[1, 2]], 5, np.int64) == ((1, 2), [b"2:1", b"1:0"])


def test_of_equal_ones_the_lower_index_comes_first_and_nan_last() -> None:
    assert of([[1, float("nan"), 1, 2]], 4)[1] == [
        b"2.000000:3",
        b"1.000000:0",
        b"1.000000:2",
        b"nan:1",
    ]


@pytest.mark.parametrize("count", [1, 5, 37, 999, 1000])
def test_the_highest_of_many_are_those_of_a_full_sort(count: int) -> None:
    values = np.random.default_rng(count).integers(0, 40, 1000)
    ordered = sorted(range(1000), key=lambda index: (-values[index], index))
    told = of([values], count, np.int64)[1]
    assert [int(text.split(b":")[1]) for text in told] == ordered[:count]


def test_the_values_are_not_all_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    sorts, argsort = [], np.argsort

    def noted(values: Any, **options: Any) -> Any:
        sorts.append(len(values))
        return argsort(values, **options)

    monkeypatch.setattr(np, "argsort", noted)
    of([np.arange(10_000)], 3, np.int64)
    assert max(sorts) <= 3


def test_a_model_that_does_not_batch_gives_one_row() -> None:
    assert of([0.5, 1.5], 1, np.float16, max_batch_size=0) == ((1,), [b"1.500000:1"])


def test_an_item_of_several_dimensions_is_one_row() -> None:
    assert of([[[1, 2], [4, 3]]], 1, np.int64) == ((1, 1), [b"4:2"])


def test_labels_come_from_the_file_of_the_version_or_the_model(tmp_path: Path) -> None:
    version = version_of(config("birds", **LABELED), tmp_path)
    folder = tmp_path / "birds"
    (folder / "1").mkdir(parents=True)
    (folder / "labels.txt").write_text("crow\njay\n")
    scores = to_tensor(np.array([[1, 2, 3]], np.float32), "FP32")
    told = strings_of(classified(version, "scores", scores, 3))
    assert told == [b"3.000000:2", b"2.000000:1:jay", b"1.000000:0:crow"]
    told = strings_of(classified(version, "features", scores, 3))
    assert told == [b"3.000000:2", b"2.000000:1", b"1.000000:0"]


@pytest.mark.parametrize(
    "tensor",
    [
        strings([b"x"], (1, 1)),
        Tensor("BOOL", (1, 1), b"\1"),
        Tensor("FP32", (1, 0), b""),
    ],
)
def test_what_has_no_numbers_has_no_classes(tensor: Tensor) -> None:
    with pytest.raises(ProtocolError, match="classification: 'sum'"):
        classified(version_of(config()), "sum", tensor, 1)
