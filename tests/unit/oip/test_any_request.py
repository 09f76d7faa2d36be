"""Requests drawn at random, by each protocol: whatever comes is answered or refused."""

import asyncio
import json
from typing import Any

from django.test import AsyncRequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.oip.requests import body_of, json_bytes_of
from inference.oip.errors import ProtocolError, Status
from inference.oip.messages import message
from inference.oip.rest import read_infer, write_infer
from inference.oip.rest_raw import read_raw
from inference.oip.serialization import parsed
from tests.unit.oip.bench import BOTH_FACES, PERSON, FakeEngine, config, data_plane, image_config
from tests.unit.oip.line import adding, as_bytes

MODELS = ("adder", "flowers", "reader", "nobody")
KEYS = ("name", "shape", "datatype", "data", "parameters", "inputs", "outputs", "id")
GOOD = [{"name": name, "shape": [1, 4], "datatype": "FP32", "data": [1, 2, 3, 4]} for name in "ab"]


def plane() -> Any:
    engine = FakeEngine(config(), config("flowers", **BOTH_FACES), image_config())
    return data_plane(engine)[0]


def changed(values: dict[str, Any]) -> bytes:
    """A good request with another first input."""
    return json.dumps({"inputs": [{**GOOD[0], **values}, GOOD[1]]}).encode()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=25,
)
bodies = st.one_of(
    st.binary(max_size=300),
    json_values.map(lambda values: json.dumps(values).encode()),
    st.dictionaries(st.sampled_from(KEYS[:5]), json_values).map(changed),
)


async def by_rest(body: bytes, length: int | None, coding: str, model: str) -> Status | None:
    """How a request ends at the endpoint, with no worker between."""
    headers = {} if length is None else {"Inference-Header-Content-Length": str(length)}
    if coding:
        headers["Content-Encoding"] = coding
    request: Any = AsyncRequestFactory().post(
        f"/v2/models/{model}/infer", body, content_type="application/json", headers=headers
    )
    one = plane()
    try:
        if (json_bytes := json_bytes_of(request)) == 0:
            told = one.model_config(message("ModelConfigRequest")(name=model)).config
            call = read_raw(body_of(request), told, model, "")
        else:
            call = read_infer(body_of(request), json_bytes, model, "")
        write_infer(await one.infer(call.request, PERSON), call.form)
    except ProtocolError as refused:
        return refused.status
    return None


@settings(max_examples=100, deadline=None)
@given(
    body=bodies,
    length=st.none() | st.integers(-1, 400),
    coding=st.sampled_from(["", "gzip", "deflate"]),
    model=st.sampled_from(MODELS),
)
def test_whatever_comes_by_rest_is_answered_or_refused(
    body: bytes, length: int | None, coding: str, model: str
) -> None:
    ended = asyncio.run(by_rest(body, length, coding, model))
    assert ended in {None, Status.INVALID_ARGUMENT, Status.NOT_FOUND}


async def by_grpc(body: bytes) -> Status | None:
    """How a message ends."""
    try:
        await plane().infer(await parsed("ModelInferRequest", body), PERSON)
    except ProtocolError as refused:
        return refused.status
    return None


@settings(max_examples=150, deadline=None)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(as_bytes(adding())) - 1), st.integers(0, 255)),
        min_size=1,
        max_size=6,
    )
)
def test_a_message_in_which_any_byte_is_another_is_answered_or_refused(
    changes: list[tuple[int, int]],
) -> None:
    body = bytearray(as_bytes(adding()))
    for place, value in changes:
        body[place] = value
    ended = asyncio.run(by_grpc(bytes(body)))
    assert ended in {None, Status.INVALID_ARGUMENT, Status.NOT_FOUND, Status.UNIMPLEMENTED}
