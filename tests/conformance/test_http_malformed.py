"""Bodies that no sound client sends: each gets the protocol's error, and the server lives on.

One of each kind; tests/unit/oip has them all.
"""

import base64
import gzip
import json
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
        (INFER, {"inputs": GOOD["inputs"][:1]}, 400, "'b' is missing"),
        (INFER, changed(shape=[0, 2**63 - 1], data=[]), 400, "a shape of more than"),
        (
            "/v2/models/brightness/infer",
            pictured(data=["/9j/4AAQ"], parameters={"content_type": "base64"}),
            400,
            "image[0]: ",
        ),
        ("/v2/models/fragile/infer", BELOW_ZERO, 500, "The model failed"),
    ],
)
def test_a_request_that_does_not_fit_is_refused(
    http: httpx.Client, path: str, body: Any, status: int, says: str
) -> None:
    assert says in error(http.post(path, json=body), status)


@pytest.mark.parametrize("body", [b"\xff", b"[" * 200_000])
def test_a_body_that_is_no_request_is_refused(http: httpx.Client, body: bytes) -> None:
    error(http.post(INFER, content=body), 400)


def test_a_header_length_that_cannot_be_is_refused(http: httpx.Client) -> None:
    headers = [(b"Inference-Header-Content-Length", "\u0661".encode())]
    answer = http.post(INFER, content=json.dumps(GOOD), headers=headers)
    assert "not a number of bytes" in error(answer, 400)


def test_a_truncated_tensor_is_refused(http: httpx.Client) -> None:
    first, second = GOOD["inputs"]
    binary: dict[str, Any] = {name: first[name] for name in ("name", "shape", "datatype")}
    binary["parameters"] = {"binary_data_size": 16}
    head = json.dumps({"inputs": [binary, second]})
    headers = {"Inference-Header-Content-Length": str(len(head))}
    content = head.encode() + bytes(8)
    assert "8 are left" in error(http.post(INFER, content=content, headers=headers), 400)


def test_a_body_of_data_alone_is_for_one_input(http: httpx.Client) -> None:
    headers = {"Inference-Header-Content-Length": "0"}
    assert "the model has 2" in error(http.post(INFER, content=bytes(16), headers=headers), 400)
    answer = http.post("/v2/models/fragile/infer", content=bytes(4), headers=headers)
    head = int(answer.headers["Inference-Header-Content-Length"])
    assert answer.content[head:] == bytes(4)


@pytest.mark.parametrize(
    ("coding", "content", "status"),
    [
        ("br", b"x", 415),
        ("deflate", b"", 400),
        ("gzip", gzip.compress(bytes(65 * 1024 * 1024), 1, mtime=0), 413),
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
    st.none() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)
requests = st.binary(max_size=300) | st.dictionaries(
    st.sampled_from(["name", "shape", "datatype", "data", "parameters"]), json_values
).map(lambda one: json.dumps(changed(**one)).encode())


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
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
