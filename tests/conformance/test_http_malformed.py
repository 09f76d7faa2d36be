"""Requests that no sound client makes: each gets the protocol's error, and the server lives on."""

import gzip
import json
import socket
import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.conftest import Served

GOOD = {
    "inputs": [
        {"name": name, "shape": [1, 4], "datatype": "FP32", "data": [1, 2, 3, 4]} for name in "ab"
    ]
}
BELOW_ZERO = {"inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [-1]}]}
INFER = "/v2/models/adder/infer"


@pytest.fixture(scope="module")
def http(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=f"http://{served.http_url}", headers=served.headers, timeout=60
    ) as http:
        yield http


@pytest.fixture(autouse=True)
def _serves_well_afterwards(http: httpx.Client) -> Iterator[None]:
    yield
    answer = http.post("/v2/models/adder/versions/1/infer", json=GOOD)
    assert answer.json()["outputs"][0]["data"] == [2, 4, 6, 8]


def error(answer: httpx.Response, *statuses: int) -> str:
    """The message of a refusal, once it has the one shape that all refusals have."""
    assert answer.status_code in statuses, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert "Content-Encoding" not in answer.headers
    body = answer.json()
    assert body.keys() == {"error"}
    message: str = body["error"]
    assert message
    assert "Traceback" not in message
    return message


def changed(**values: Any) -> dict[str, Any]:
    """The good request with another first input."""
    first, second = GOOD["inputs"]
    return {"inputs": [{**first, **values}, second]}


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
        ("gzip", gzip.compress(b"{}")[:-4], 400),
        ("gzip", gzip.compress(bytes(65 * 1024 * 1024)), 413),
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


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer \xff"])
def test_who_nobody_knows_is_refused(http: httpx.Client, token: str) -> None:
    answer = http.get("/v2/models/adder", headers=[(b"Authorization", token.encode("latin-1"))])
    error(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "path",
    [
        "/v2/models/adder/infer",
        "/v2/models/adder",
        "/v2/models/adder/ready",
        "/v2/models/adder/config",
        "/v2/models/adder/stats",
        "/v2/models/stats",
        "/v2/repository/index",
        "/v2/repository/models/adder/load",
        "/v2/repository/models/adder/unload",
        "/v2/logging",
        "/v2/trace/setting",
        "/v2/systemsharedmemory/status",
    ],
)
def test_everything_but_health_and_metadata_needs_a_token(served: Served, path: str) -> None:
    method = "POST" if path.endswith(("infer", "index", "load")) else "GET"
    answer = httpx.request(method, f"http://{served.http_url}{path}")
    error(answer, 401)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", INFER, 405),
        ("PUT", INFER, 405),
        ("GET", "/v2/repository/index", 405),
        ("DELETE", "/v2/models/adder", 405),
        ("POST", "/v2", 405),
        ("GET", "/v2/", 404),
        ("POST", f"{INFER}/", 404),
        ("GET", "/v2/models", 404),
        ("GET", "/v2/models//ready", 404),
        ("GET", "/v2/models/a/b/c", 404),
        ("GET", "/v2/models/..%2f..%2fadmin", 404),
        ("GET", "/v2/models/%ff", 404),
        ("GET", "/v2/nothing", 404),
        ("OPTIONS", INFER, 405),
    ],
)
def test_what_is_not_offered_says_so_in_the_protocols_shape(
    http: httpx.Client, method: str, path: str, status: int
) -> None:
    error(http.request(method, path), status)


def test_a_strange_host_is_refused_in_the_protocols_shape(http: httpx.Client) -> None:
    error(http.get("/v2/health/live", headers={"Host": "evil.example"}), 400)


def test_only_inference_is_ever_compressed(http: httpx.Client) -> None:
    for path in ("/v2", "/v2/models/adder/config", "/v2/models/stats"):
        answer = http.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", "x", ""])
def test_the_content_type_does_not_matter(http: httpx.Client, kind: str) -> None:
    answer = http.post(INFER, content=json.dumps(GOOD), headers={"Content-Type": kind})
    assert answer.status_code == 200


def test_a_cookie_or_a_form_is_nothing_to_it(http: httpx.Client) -> None:
    headers = {"Cookie": "sessionid=x; csrftoken=y", "Origin": "https://evil.example"}
    answer = http.post(INFER, json=GOOD, headers=headers)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_the_answer_to_a_head_has_no_body(http: httpx.Client) -> None:
    answer = http.head("/v2/models/adder")
    assert answer.status_code == 200
    assert answer.content == b""


def succeeded(http: httpx.Client, model: str) -> int:
    (entry,) = http.get(f"/v2/models/{model}/stats").json()["model_stats"]
    count: int = entry["inference_stats"]["success"]["count"]
    return count


def test_a_client_that_leaves_is_not_computed_for(http: httpx.Client, served: Served) -> None:
    host, _, port = served.http_url.partition(":")
    steps = {"name": "steps", "shape": [1, 1], "datatype": "INT32"}
    body = json.dumps({"inputs": [{**steps, "data": [500]}]})
    head = (
        "POST /v2/models/patient/infer HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {served.token}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
    before = succeeded(http, "patient")
    for _ in range(2):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(head.encode())
            # Something else is answered: this one has surely arrived.
            assert http.get("/v2/models/patient/ready").status_code == 200
    # It waits for those before it, if they are still computed.
    answer = http.post("/v2/models/patient/infer", json={"inputs": [{**steps, "data": [1]}]})
    assert answer.status_code == 200, answer.text
    assert succeeded(http, "patient") == before + 1


# Whatever comes.

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
