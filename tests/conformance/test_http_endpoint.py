"""What the REST endpoint makes of HTTP itself: who enters, what is offered, and who leaves."""

import json
import socket

import httpx
import pytest

from tests.conformance.asking_http import GOOD, INFER, error
from tests.conformance.conftest import Served

pytestmark = pytest.mark.slow


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
def test_everything_but_health_and_metadata_needs_a_token(http_url: str, path: str) -> None:
    method = "POST" if path.endswith(("infer", "index", "load")) else "GET"
    answer = httpx.request(method, f"http://{http_url}{path}")
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


def test_a_strange_host_is_refused_in_the_protocols_shape(served: Served) -> None:
    address = f"http://{served.web_url}/v2/health/live"
    error(httpx.get(address, headers={"Host": "evil.example"}), 400)


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


def test_a_client_that_leaves_is_not_computed_for(
    http: httpx.Client, http_url: str, served: Served
) -> None:
    host, _, port = http_url.partition(":")
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
