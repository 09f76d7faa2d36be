"""Bodies that no sound client sends: each gets the protocol's error, and the server lives on."""

import base64
import gzip
import json
import zlib
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.asking_http import BELOW_ZERO, GOOD, INFER, changed, error
from tests.photos import tiny

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("serves_well_afterwards")]


def pictured(**values: Any) -> dict[str, Any]:
    """A request with one image."""
    return {"inputs": [{"name": "image", "datatype": "BYTES", "shape": [1], **values}]}


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("/v2/models/nobody/infer", GOOD, 404, "nobody"),
        ("/v2/models/adder/versions/9/infer", GOOD, 404, "adder"),
        ("/v2/models/adder/versions/canary/infer", GOOD, 404, "adder"),
        (INFER, {"inputs": GOOD["inputs"][:1]}, 400, "'b' is missing"),
        (INFER, {"inputs": [*GOOD["inputs"], GOOD["inputs"][0]]}, 400, "'a' stands there twice"),
        (INFER, changed(name="c"), 400, "no input 'c'"),
        (INFER, changed(datatype="FP64"), 400, "'a' is FP64, not FP32"),
        (INFER, changed(datatype="FP128"), 400, "unknown datatype"),
        (INFER, changed(shape=[4]), 400, "'a' has the shape [4]"),
        (INFER, changed(shape=[2, 4], data=[0] * 8), 400, "batches of different sizes"),
        (INFER, changed(shape=[0, 4], data=[]), 400, "'a' has the shape [0, 4]"),
        (INFER, changed(shape=[0, 2**63 - 1], data=[]), 400, "a shape of more than"),
        (INFER, changed(shape=[2**63 - 1, 0], data=[]), 400, "a shape of more than"),
        ("/v2/models/brightness/infer", pictured(shape=[0, 2**63 - 1], data=[]), 400, "a shape of"),
        ("/v2/models/brightness/infer", pictured(data=["/9j/4AAQ"]), 400, "content_type 'base64'"),
        (
            "/v2/models/brightness/infer",
            pictured(data=["/9j/4AAQ!"], parameters={"content_type": "base64"}),
            400,
            "element 0 is not base64",
        ),
        (
            "/v2/models/brightness/infer",
            pictured(data=["/9j/4AAQ"], parameters={"content_type": "base64"}),
            400,
            "image[0]: ",
        ),
        (INFER, changed(data=[1, 2, 3]), 400, "3 elements"),
        (INFER, changed(data=[1, 2, 3, "4"]), 400, "not a number"),
        (INFER, changed(data=[1, 2, 3, 1e39]), 400, "too large for FP32"),
        (INFER, changed(parameters={"shared_memory_region": "r"}, data=[]), 400, "0 elements"),
        (INFER, {**GOOD, "outputs": [{"name": "product"}]}, 400, "product"),
        (
            INFER,
            {**GOOD, "outputs": [{"name": "sum", "parameters": {"classification": -1}}]},
            400,
            "classification",
        ),
        (INFER, {**GOOD, "parameters": {"timeout": "soon"}}, 400, "timeout"),
        ("/v2/models/fragile/infer", BELOW_ZERO, 500, "The model failed"),
        ("/v2/models/brightness/infer", {"inputs": []}, 400, "'image' is missing"),
    ],
)
def test_a_request_that_does_not_fit_is_refused(
    http: httpx.Client, path: str, body: Any, status: int, says: str
) -> None:
    assert says in error(http.post(path, json=body), status)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"[]", b"null", b'{"inputs": [NaN]}', b"[" * 200_000, b"\0" * 100],
)
def test_a_body_that_is_no_request_is_refused(http: httpx.Client, body: bytes) -> None:
    error(http.post(INFER, content=body), 400)


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "\u0661", "99999", "9" * 30, "1.0", ""])
def test_a_header_length_that_cannot_be_is_refused(http: httpx.Client, length: str) -> None:
    headers = [(b"Inference-Header-Content-Length", length.encode())]
    answer = http.post(INFER, content=json.dumps(GOOD), headers=headers)
    error(answer, 400)


@pytest.mark.parametrize("cut", [1, 8, 16])
def test_a_truncated_tensor_is_refused(http: httpx.Client, cut: int) -> None:
    head = json.dumps(
        {
            "inputs": [
                {**GOOD["inputs"][0], "data": None, "parameters": {"binary_data_size": 16}},
                GOOD["inputs"][1],
            ]
        }
    ).replace('"data": null, ', "")
    headers = {"Inference-Header-Content-Length": str(len(head))}
    content = head.encode() + bytes(16 - cut)
    assert f"{16 - cut} are left" in error(http.post(INFER, content=content, headers=headers), 400)


def test_a_body_of_data_alone_is_for_one_input(http: httpx.Client) -> None:
    headers = {"Inference-Header-Content-Length": "0"}
    assert "the model has 2" in error(http.post(INFER, content=bytes(16), headers=headers), 400)
    answer = http.post("/v2/models/fragile/infer", content=bytes(4), headers=headers)
    head = int(answer.headers["Inference-Header-Content-Length"])
    assert answer.content[head:] == bytes(4)
    path = "/v2/models/nobody/infer"
    error(http.post(path, content=bytes(4), headers=headers), 404)


@pytest.mark.parametrize(
    ("coding", "content", "status"),
    [
        ("br", b"x", 415),
        ("gzip", b"x", 400),
        ("deflate", b"", 400),
        ("gzip", gzip.compress(b"{}", mtime=0)[:-4], 400),
        ("gzip", gzip.compress(bytes(65 * 1024 * 1024), mtime=0), 413),
        ("deflate", zlib.compress(bytes(65 * 1024 * 1024)), 413),
    ],
)
def test_a_coding_that_is_broken_unknown_or_a_bomb_is_refused(
    http: httpx.Client, coding: str, content: bytes, status: int
) -> None:
    error(http.post(INFER, content=content, headers={"Content-Encoding": coding}), status)


def test_a_body_beyond_64_mebibytes_is_refused(http: httpx.Client) -> None:
    body = bytes(64 * 1024 * 1024 + 1)
    assert "67108864" in error(http.post(INFER, content=body), 413)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["name", "shape", "datatype", "data", "parameters", "inputs", "outputs", "id"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)
requests = st.one_of(
    st.binary(max_size=300),
    json_values.map(lambda values: json.dumps(values).encode()),
    st.dictionaries(
        st.sampled_from(["name", "shape", "datatype", "data", "parameters"]), json_values
    ).map(lambda one: json.dumps(changed(**one)).encode()),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=requests,
    length=st.none() | st.integers(-1, 400),
    coding=st.sampled_from(["", "gzip", "deflate"]),
    model=st.sampled_from(["adder", "echo", "birds", "brightness", "nobody"]),
)
def test_whatever_comes_is_answered_or_refused(
    http: httpx.Client, body: bytes, length: int | None, coding: str, model: str
) -> None:
    headers = {} if length is None else {"Inference-Header-Content-Length": str(length)}
    if coding:
        headers["Content-Encoding"] = coding
    answer = http.post(f"/v2/models/{model}/infer", content=body, headers=headers)
    if answer.status_code != 200:
        error(answer, 400, 404)


def test_an_image_in_base64_is_seen(http: httpx.Client) -> None:
    encoded = base64.b64encode(tiny(255)).decode()
    body = pictured(data=[encoded, encoded], shape=[2], parameters={"content_type": "base64"})
    answer = http.post("/v2/models/brightness/infer", json=body)
    assert answer.status_code == 200, answer.content
    assert answer.json()["outputs"][0]["shape"] == [2]
