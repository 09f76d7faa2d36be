"""What a child says is read as a whole: one that says what makes no sense is ended."""

import functools
from typing import Any

import pytest

from inference.engine import limits, wire
from inference.engine.pipe import Pipe
from inference.engine.process import ChildGone, ChildProcess

TIMING = {"decode_ns": 1, "compute_ns": 2, "encode_ns": 3, "batch_size": 4}
DONE = {
    "type": "succeeded",
    "serial": 1,
    "output": {"kind": "text", "text": "a"},
    "output_file": None,
    "output_bytes": None,
    "timing": TIMING,
}
ADVANCED = {"type": "progress", "serial": 1, "stage": "detect", "fraction": 0.5, "partial": None}
UNDONE = {
    "type": "failed",
    "serial": 1,
    "code": "model_error",
    "message": "It failed.",
    "kind": "transient",
    "timing": None,
}
TENSOR = {"name": "y", "datatype": "UINT8", "shape": [1], "data": b"a"}
COMPUTED = {"type": "computed", "serial": 1, "outputs": [TENSOR], "timing": TIMING}
PICTURED = {"type": "thumbnail", "serial": 1, "thumbhash": "HfgJFZAROllTd4eAiJh4ZBN5ILH6"}
LOAD_FAILED = {"type": "load_failed", "message": "No weights."}
DEEP: list[Any] = functools.reduce(lambda inner, _: [inner], range(100), [])


async def heard(message: Any) -> Any:
    """What the worker makes of a message."""
    pipe = Pipe()
    pipe.data_received(wire.pack(message, 1 << 27))
    nobody: Any = type("Nobody", (), {"pid": 0})()
    return await ChildProcess(nobody, pipe, nobody, nobody, nobody).receive()


@pytest.mark.parametrize("message", [DONE, ADVANCED, UNDONE, COMPUTED, LOAD_FAILED, PICTURED])
async def test_what_makes_sense_is_heard(message: Any) -> None:
    assert await heard(message) == message


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        (DONE, {"output": {"text": "a\0"}}),
        (DONE, {"output": {"\0": "a"}}),
        (DONE, {"output": {"score": float("nan")}}),
        (DONE, {"output": {"score": float("inf")}}),
        (DONE, {"output": {"text": b"a"}}),
        (DONE, {"output": {"regions": DEEP}}),
        (DONE, {"output": {"text": "a" * limits.OUTPUT_BYTES}}),
        (DONE, {"output_file": "../other.png"}),
        (DONE, {"timing": {**TIMING, "compute_ns": -1}}),
        (DONE, {"timing": {**TIMING, "compute_ns": 1 << 63}}),
        (DONE, {"timing": {**TIMING, "batch_size": 0}}),
        (ADVANCED, {"stage": "s" * (limits.STAGE_LENGTH + 1)}),
        (ADVANCED, {"stage": "a\0"}),
        (ADVANCED, {"fraction": float("nan")}),
        (ADVANCED, {"fraction": 1.1}),
        (ADVANCED, {"partial": {"text": "a\0"}}),
        (ADVANCED, {"partial": {"score": float("nan")}}),
        (ADVANCED, {"partial": {"regions": DEEP}}),
        (ADVANCED, {"partial": {"text": "a" * limits.PARTIAL_BYTES}}),
        (UNDONE, {"code": "c" * (limits.ERROR_CODE_LENGTH + 1)}),
        (UNDONE, {"code": "model_error\n"}),
        (UNDONE, {"message": "m" * (limits.ERROR_MESSAGE_LENGTH + 1)}),
        (UNDONE, {"message": "a\0"}),
        (PICTURED, {"thumbhash": "a\0"}),
        (PICTURED, {"thumbhash": "a" * 37}),
        (PICTURED, {"thumbhash": "https://example.com"}),
        (PICTURED, {"thumbhash": None}),
        (UNDONE, {"message": ""}),
        (COMPUTED, {"outputs": [{**TENSOR, "name": "y\0"}]}),
        (COMPUTED, {"outputs": [{**TENSOR, "name": "y" * (limits.TENSOR_NAME_LENGTH + 1)}]}),
        (COMPUTED, {"outputs": [{**TENSOR, "shape": [-1]}]}),
        (COMPUTED, {"outputs": [{**TENSOR, "shape": [1 << 63]}]}),
        (LOAD_FAILED, {"message": "a\0"}),
        (LOAD_FAILED, {"message": "m" * (limits.REASON_LENGTH + 1)}),
    ],
    ids=lambda value: None if "type" in value else f"{value}"[:50],
)
async def test_what_makes_none_ends_the_child(
    message: dict[str, Any], changes: dict[str, Any]
) -> None:
    with pytest.raises(ChildGone):
        await heard({**message, **changes})
