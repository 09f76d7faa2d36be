"""The classes with the highest values, instead of the values themselves."""

from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from inference.engine.arrays import to_numpy
from inference.engine.model_version import ModelVersion
from inference.engine.types import Tensor
from inference.oip.contents import strings
from inference.oip.errors import invalid
from inference.oip.limits import MAX_STRINGS

_REMEMBERED_FILES: Final = 64


def classified(version: ModelVersion, output: str, tensor: Tensor, classes: int) -> Tensor:
    """`value:index`, or `value:index:label`, of the highest values of each item, highest first.

    The result is BYTES of the shape (batch, n), or (n) where the model does not batch, n being
    `classes` or as many as there are. Where an item has several dimensions it counts as one flat
    row. The labels are those of the model's interpretation, if it is of this output.

    Raises:
        ProtocolError: INVALID_ARGUMENT: the output has no numbers, or the answer would have too
            many elements.
    """
    if tensor.datatype in {"BOOL", "BYTES"}:
        raise invalid(f"classification: '{output}' is {tensor.datatype}, which has no classes.")
    batches = version.config.batches
    values = to_numpy(tensor)
    if not values.size:
        raise invalid(f"classification: '{output}' is empty.")
    rows = values.reshape(tensor.shape[0] if batches else 1, -1)
    count = min(classes, rows.shape[1])
    if len(rows) * count > MAX_STRINGS:
        raise invalid(f"classification: more than {MAX_STRINGS} classes in all.")
    labels = _labels(version, output)
    elements = [
        _text(row[index], int(index), labels) for row in rows for index in _highest(row, count)
    ]
    shape = (rows.shape[0], count) if batches else (count,)
    return strings(elements, shape)


def _highest(row: np.ndarray, count: int) -> np.ndarray:
    """The indices of the highest values, highest first; of equal ones the lower index is first."""
    if row.dtype.kind == "f":
        # NaN comes last.
        row = np.where(np.isnan(row), -np.inf, row)
    least = np.partition(row, len(row) - count)[len(row) - count]
    above = np.flatnonzero(row > least)
    as_high = np.flatnonzero(row == least)[: count - len(above)]
    # Turned around twice, so that a stable sort leaves equal ones in their order.
    order = np.argsort(row[above][::-1], kind="stable")
    return np.concatenate([above[::-1][order][::-1], as_high])


def _text(value: np.generic, index: int, labels: tuple[str, ...]) -> bytes:
    number = f"{value:f}" if value.dtype.kind == "f" else f"{value}"
    label = f":{labels[index]}" if index < len(labels) else ""
    return f"{number}:{index}{label}".encode()


def _labels(version: ModelVersion, output: str) -> tuple[str, ...]:
    """The names of the classes of an output; empty: it has none."""
    shown = version.config.interpretation
    if shown is None or shown.kind != "labels":
        return ()
    if output != (shown.output or version.config.outputs[0].name):
        return ()
    name = shown.labels_file
    return _read(version.own_folder / name, version.folder / name, version.sha256)


@lru_cache(_REMEMBERED_FILES)
def _read(own: Path, shared: Path, _sha256: str) -> tuple[str, ...]:
    """One name a line, of the version's own file or else of the model's; none: no names."""
    for file in (own, shared):
        if file.is_file():
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            return tuple(line.strip() for line in lines)
    return ()
