"""Requests that are wrong in every way: each has its status, and the server serves on."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import numpy as np
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference.engine.datatypes import to_tensor
from inference.oip.contents import strings
from inference.oip.limits import MAX_REQUEST_BYTES
from inference.oip.messages import SERVICE, ModelInferRequest, message
from tests.conformance.conftest import Served
from tests.photos import tiny

pytestmark = pytest.mark.slow

Code = grpc.StatusCode
Change = Callable[[Any], None]
ONES = to_tensor(np.ones((1, 4), np.float32), "FP32").data


def adding() -> Any:
    """A request that is answered."""
    request = ModelInferRequest(model_name="adder")
    for name in "ab":
        request.inputs.add(name=name, datatype="FP32", shape=[1, 4])
        request.raw_input_contents.append(ONES)
    return request


def seeing(image: bytes, params: bytes | None = None) -> Any:
    """A request of one image."""
    request = ModelInferRequest(model_name="brightness")
    for name, content in (("image", image), ("params", params)):
        if content is not None:
            request.inputs.add(name=name, datatype="BYTES", shape=[1])
            request.raw_input_contents.append(strings([content], (1,)).data)
    return request


class Line:
    """A channel that sends whatever it is given."""

    def __init__(self, served: Served) -> None:
        options = [("grpc.max_send_message_length", -1)]
        self.channel = grpc.aio.insecure_channel(served.grpc_url, options)
        self._metadata = tuple(served.headers.items())

    async def send(self, name: str, body: bytes) -> Any:
        call = self.channel.unary_unary(
            f"/{SERVICE}/{name}", _as_it_is, message(f"{name}Response").FromString
        )
        return await call(body, metadata=self._metadata, timeout=60)

    async def infer(self, request: Any) -> Any:
        return await self.send("ModelInfer", request.SerializeToString())

    async def serves_well(self) -> None:
        answer = await self.infer(adding())
        # The highest version doubles.
        assert np.frombuffer(answer.raw_output_contents[0], np.float32).tolist() == [4.0] * 4


def _as_it_is(body: bytes) -> bytes:
    return body


@pytest_asyncio.fixture
async def line(served: Served) -> AsyncIterator[Line]:
    one = Line(served)
    yield one
    await one.serves_well()
    await one.channel.close(None)


async def status_of(call: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    return raised.value.code(), raised.value.details() or ""


def changed(*changes: Change) -> Any:
    request = adding()
    for change in changes:
        change(request)
    return request


def on_first(**fields: Any) -> Change:
    def change(request: Any) -> None:
        for name, value in fields.items():
            if name == "shape":
                del request.inputs[0].shape[:]
                request.inputs[0].shape.extend(value)
            else:
                setattr(request.inputs[0], name, value)

    return change


def raw(first: bytes) -> Change:
    def change(request: Any) -> None:
        request.raw_input_contents[0] = first

    return change


def also(**fields: Any) -> Change:
    return lambda request: request.MergeFrom(ModelInferRequest(**fields))


def without(field: str, place: int | None = None) -> Change:
    def change(request: Any) -> None:
        if place is None:
            request.ClearField(field)
        else:
            del getattr(request, field)[place]

    return change


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
        "image[0]: gain",
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


@pytest.mark.parametrize("name", ["ModelInfer", "ModelReady", "ModelConfig", "RepositoryIndex"])
async def test_bytes_that_are_no_message_are_an_invalid_argument(line: Line, name: str) -> None:
    code, _ = await status_of(line.send(name, b"\xff\xfe\xfd\x00\x01"))
    assert code is Code.INVALID_ARGUMENT


async def test_a_message_cut_short_is_an_invalid_argument(line: Line) -> None:
    body = adding().SerializeToString()
    code, _ = await status_of(line.send("ModelInfer", body[:-3]))
    assert code is Code.INVALID_ARGUMENT


async def test_a_request_above_the_limit_is_refused(line: Line) -> None:
    request = changed(raw(bytes(MAX_REQUEST_BYTES + (4 << 20))))
    code, _ = await status_of(line.infer(request))
    assert code is Code.RESOURCE_EXHAUSTED


async def test_a_batch_above_the_models_is_refused(line: Line) -> None:
    request = adding()
    for place in range(2):
        request.inputs[place].shape[0] = 9
        request.raw_input_contents[place] = ONES * 9
    code, details = await status_of(line.infer(request))
    assert code is Code.INVALID_ARGUMENT
    assert details == "The batch has 9 items, where the model takes at most 8."


def fragile(value: float) -> Any:
    request = ModelInferRequest(model_name="fragile")
    request.inputs.add(name="x", datatype="FP32", shape=[1, 1])
    request.raw_input_contents.append(np.float32(value).tobytes())
    return request


@pytest.mark.parametrize("bad", [-1.0, -200.0])
async def test_a_bad_request_never_takes_its_batch_mates_along(line: Line, bad: float) -> None:
    """-1 raises in the model, -200 ends its process."""
    values = [1.0, 2.0, bad, 3.0, 4.0, 5.0]
    outcomes = await asyncio.gather(
        *(line.infer(fragile(value)) for value in values), return_exceptions=True
    )
    for value, outcome in zip(values, outcomes, strict=True):
        if value == bad:
            assert isinstance(outcome, grpc.aio.AioRpcError)
            assert outcome.code() is Code.INTERNAL
        else:
            assert not isinstance(outcome, BaseException), outcome
            assert np.frombuffer(outcome.raw_output_contents[0], np.float32)[0] == value


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_comes_is_answered_or_refused(served: Served, data: st.DataObject) -> None:
    """Requests in which any byte may be another."""
    body = bytearray(adding().SerializeToString())
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))

    async def ask() -> grpc.StatusCode:
        line = Line(served)
        try:
            await line.send("ModelInfer", bytes(body))
        except grpc.aio.AioRpcError as error:
            return error.code()
        else:
            return Code.OK
        finally:
            await line.channel.close(None)

    expected = {Code.OK, Code.INVALID_ARGUMENT, Code.NOT_FOUND, Code.UNIMPLEMENTED}
    assert asyncio.run(ask()) in expected


def test_no_case_stands_there_twice() -> None:
    names = [name for name, *_ in MALFORMED]
    assert [name for name, group in itertools.groupby(sorted(names)) if len(list(group)) > 1] == []
