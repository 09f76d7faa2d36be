"""Requests over gRPC that are wrong in every way: each has its status, and the server serves on."""

import itertools
from typing import Any

import grpc
import pytest

from inference.oip.messages import ModelInferRequest, message
from tests.conformance.asking_grpc import (
    ONES,
    Line,
    adding,
    also,
    changed,
    on_first,
    raw,
    seeing,
    status_of,
    without,
)
from tests.photos import tiny

pytestmark = pytest.mark.slow

Code = grpc.StatusCode

MALFORMED: list[tuple[str, Any, grpc.StatusCode, str]] = [
    ("unknown model", changed(also(model_name="nobody")), Code.NOT_FOUND, "nobody"),
    ("no model", changed(without("model_name")), Code.NOT_FOUND, "no model"),
    ("unknown version", changed(also(model_version="9")), Code.NOT_FOUND, "version 9"),
    ("unknown label", changed(also(model_version="canary")), Code.NOT_FOUND, "canary"),
    ("odd version", changed(also(model_version="../1")), Code.NOT_FOUND, "version ../1"),
    ("no inputs", ModelInferRequest(model_name="adder"), Code.INVALID_ARGUMENT, "'a' is missing"),
    (
        "missing input",
        changed(without("inputs", 1), without("raw_input_contents", 1)),
        Code.INVALID_ARGUMENT,
        "'b' is missing",
    ),
    (
        "extra input",
        changed(
            also(
                inputs=[{"name": "c", "datatype": "FP32", "shape": [1, 4]}],
                raw_input_contents=[ONES],
            )
        ),
        Code.INVALID_ARGUMENT,
        "no input 'c'",
    ),
    ("input twice", changed(on_first(name="b")), Code.INVALID_ARGUMENT, "'b' stands there twice"),
    ("nameless input", changed(on_first(name="")), Code.INVALID_ARGUMENT, "no input ''"),
    (
        "wrong datatype",
        changed(on_first(datatype="INT32")),
        Code.INVALID_ARGUMENT,
        "INT32, not FP32",
    ),
    ("no datatype", changed(on_first(datatype="")), Code.INVALID_ARGUMENT, "unknown datatype"),
    ("odd datatype", changed(on_first(datatype="fp32")), Code.INVALID_ARGUMENT, "unknown datatype"),
    ("wrong rank", changed(on_first(shape=[4])), Code.INVALID_ARGUMENT, "takes [-1, 4]"),
    ("wrong size", changed(on_first(shape=[2, 2])), Code.INVALID_ARGUMENT, "takes [-1, 4]"),
    ("no shape", changed(on_first(shape=[])), Code.INVALID_ARGUMENT, "takes 4 bytes"),
    ("negative", changed(on_first(shape=[-1, 4])), Code.INVALID_ARGUMENT, "negative"),
    ("empty batch", changed(on_first(shape=[0, 4]), raw(b"")), Code.INVALID_ARGUMENT, "[0, 4]"),
    (
        "enormous",
        changed(on_first(shape=[2**62] * 16)),
        Code.INVALID_ARGUMENT,
        "shape of more than",
    ),
    (
        "empty and enormous",
        changed(on_first(shape=[0, 2**63 - 1]), raw(b"")),
        Code.INVALID_ARGUMENT,
        "shape of more than",
    ),
    (
        "enormous and empty",
        changed(on_first(shape=[2**63 - 1, 0], datatype="BYTES"), raw(b"")),
        Code.INVALID_ARGUMENT,
        "shape of more than",
    ),
    ("many dimensions", changed(on_first(shape=[1] * 9999)), Code.INVALID_ARGUMENT, "dimensions"),
    (
        "batches of two sizes",
        changed(on_first(shape=[2, 4]), raw(ONES * 2)),
        Code.INVALID_ARGUMENT,
        "different sizes",
    ),
    (
        "batch too large",
        changed(on_first(shape=[9, 4]), raw(ONES * 9), without("inputs", 1)),
        Code.INVALID_ARGUMENT,
        "2 raw_input_contents for 1 inputs",
    ),
    ("truncated", changed(raw(ONES[:-1])), Code.INVALID_ARGUMENT, "16 bytes, not 15"),
    ("too long", changed(raw(ONES + b"\0")), Code.INVALID_ARGUMENT, "16 bytes, not 17"),
    ("empty", changed(raw(b"")), Code.INVALID_ARGUMENT, "16 bytes, not 0"),
    (
        "too few raw",
        changed(without("raw_input_contents", 1)),
        Code.INVALID_ARGUMENT,
        "1 raw_input_contents for 2 inputs",
    ),
    (
        "too many raw",
        changed(also(raw_input_contents=[ONES])),
        Code.INVALID_ARGUMENT,
        "3 raw_input_contents for 2 inputs",
    ),
    ("no contents", changed(without("raw_input_contents")), Code.INVALID_ARGUMENT, "0 elements"),
    (
        "both contents",
        changed(lambda request: request.inputs[0].contents.fp32_contents.append(1)),
        Code.INVALID_ARGUMENT,
        "one of the two",
    ),
    (
        "contents of another type",
        changed(
            without("raw_input_contents"),
            lambda request: request.inputs[0].contents.int_contents.extend([1] * 4),
        ),
        Code.INVALID_ARGUMENT,
        "fp32_contents alone",
    ),
    (
        "shared memory",
        changed(
            lambda request: (
                request.inputs[0]
                .parameters["shared_memory_region"]
                .MergeFrom(message("InferParameter")(string_param="region"))
            )
        ),
        Code.UNIMPLEMENTED,
        "shared memory",
    ),
    ("no such output", changed(also(outputs=[{"name": "c"}])), Code.INVALID_ARGUMENT, "'c'"),
    (
        "output twice",
        changed(also(outputs=[{"name": "sum"}, {"name": "sum"}])),
        Code.INVALID_ARGUMENT,
        "twice",
    ),
    (
        "no classes",
        changed(
            also(outputs=[{"name": "sum", "parameters": {"classification": {"int64_param": 0}}}])
        ),
        Code.INVALID_ARGUMENT,
        "at least 1 class",
    ),
    (
        "classes in words",
        changed(
            also(outputs=[{"name": "sum", "parameters": {"classification": {"string_param": "3"}}}])
        ),
        Code.INVALID_ARGUMENT,
        "whole number",
    ),
    (
        "timeout in words",
        changed(also(parameters={"timeout": {"string_param": "soon"}})),
        Code.INVALID_ARGUMENT,
        "whole number",
    ),
    (
        "negative timeout",
        changed(also(parameters={"timeout": {"int64_param": -1}})),
        Code.INVALID_ARGUMENT,
        "not negative",
    ),
    ("base64 unsaid", seeing(b"/9j/4AAQ"), Code.INVALID_ARGUMENT, "content_type 'base64'"),
    ("no image", seeing(b"no image"), Code.INVALID_ARGUMENT, "image[0]: "),
    ("empty image", seeing(b""), Code.INVALID_ARGUMENT, "image[0]: "),
    ("half an image", seeing(tiny()[:40]), Code.INVALID_ARGUMENT, "image[0]: "),
    ("no params", seeing(tiny(), b""), Code.INVALID_ARGUMENT, "params[0] is not a JSON"),
    ("NaN in params", seeing(tiny(), b'{"gain": NaN}'), Code.INVALID_ARGUMENT, "params[0]"),
    ("deep params", seeing(tiny(), b"[" * 500_000), Code.INVALID_ARGUMENT, "params[0]"),
    (
        "nested params",
        seeing(tiny(), b'{"gain": ' + b"[" * 700 + b"]" * 700 + b"}"),
        Code.INVALID_ARGUMENT,
        "params[0] holds more than 64 levels",
    ),
    ("params refused", seeing(tiny(), b'{"gain": -1}'), Code.INVALID_ARGUMENT, "image[0]: gain"),
    (
        "huge number",
        seeing(tiny(), b'{"gain": 1' + b"0" * 400 + b"}"),
        Code.INVALID_ARGUMENT,
        "params[0]",
    ),
]


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [case[1:] for case in MALFORMED],
    ids=[case[0] for case in MALFORMED],
)
async def test_a_malformed_request_has_its_status(
    line: Line, request_: Any, code: grpc.StatusCode, words: str
) -> None:
    told, details = await status_of(line.infer(request_))
    assert (told, details) == (code, details)
    assert words in details
    assert "Traceback" not in details


async def test_a_batch_above_the_models_is_refused(line: Line) -> None:
    request = adding()
    for place in range(2):
        request.inputs[place].shape[0] = 9
        request.raw_input_contents[place] = ONES * 9
    code, details = await status_of(line.infer(request))
    assert code is Code.INVALID_ARGUMENT
    assert details == "The batch has 9 items, where the model takes at most 8."


def test_no_case_stands_there_twice() -> None:
    names = [name for name, *_ in MALFORMED]
    assert [name for name, group in itertools.groupby(sorted(names)) if len(list(group)) > 1] == []
