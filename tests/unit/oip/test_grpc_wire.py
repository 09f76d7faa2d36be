"""Calls of gRPC as they go over HTTP/2: what a client that is not gRPC's own may send."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from inference.oip import grpc_call, grpc_server
from inference.oip.admission import Admission
from inference.oip.grpc_messages import prefix
from inference.oip.messages import SERVICE, message
from tests.unit.oip.line import Line, adding, as_bytes

INFER = f"/{SERVICE}/ModelInfer"
STREAM = f"/{SERVICE}/ModelStreamInfer"
WHO = {"authorization": "Bearer good", "content-type": "application/grpc", "te": "trailers"}


def framed(data: bytes) -> bytes:
    return prefix(len(data)) + data


@pytest_asyncio.fixture
async def http(line: Line) -> AsyncIterator[httpx.AsyncClient]:
    """A client of HTTP/2 that knows no gRPC."""
    url = f"http://127.0.0.1:{line.port}"
    async with httpx.AsyncClient(http1=False, http2=True, base_url=url, timeout=20) as client:
        yield client


def status_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/grpc"
    return str(answer.headers["grpc-status"])


async def test_a_call_is_answered_by_head_message_and_trailers(http: httpx.AsyncClient) -> None:
    answer = await http.post(INFER, content=framed(as_bytes(adding(id="a"))), headers=WHO)
    assert answer.status_code == 200
    assert "grpc-status" not in answer.headers
    response = message("ModelInferResponse").FromString(answer.content[5:])
    assert answer.content[:5] == prefix(len(answer.content) - 5)
    assert response.id == "a"


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", {}, "3"),
        (framed(b"")[:-1], {}, "3"),
        (framed(as_bytes(adding())) * 2, {}, "3"),
        (framed(as_bytes(adding()))[:-1], {}, "3"),
        (framed(b""), {"grpc-timeout": "soon"}, "3"),
        (framed(b""), {"grpc-timeout": "123456789S"}, "3"),
        (framed(b""), {"grpc-encoding": "snappy"}, "12"),
        (b"\1" + framed(b"a")[1:], {}, "13"),
        (b"\7" + framed(b"a")[1:], {}, "13"),
        (prefix(1 << 30), {}, "8"),
        (framed(b""), {"authorization": ""}, "16"),
    ],
)
async def test_what_is_no_sound_call_has_its_status(
    http: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: str
) -> None:
    answer = await http.post(INFER, content=content, headers={**WHO, **headers})
    assert status_of(answer) == status
    assert answer.headers["grpc-message"]


async def test_a_compressed_request_is_read(http: httpx.AsyncClient) -> None:
    packed = gzip.compress(as_bytes(adding()))
    content = b"\1" + framed(packed)[1:]
    answer = await http.post(INFER, content=content, headers={**WHO, "grpc-encoding": "gzip"})
    assert "grpc-status" not in answer.headers


async def test_a_message_with_signs_of_its_own_travels_escaped(http: httpx.AsyncClient) -> None:
    asked = framed(as_bytes(message("ModelInferRequest")(model_name="100 % \u00fc\n")))
    answer = await http.post(INFER, content=asked, headers=WHO)
    assert "'100%25 %25" not in answer.headers["grpc-message"]
    assert "100 %25 %C3%BC%0A" in answer.headers["grpc-message"]


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", INFER, WHO, 405),
        ("POST", INFER, {"content-type": "application/json"}, 415),
        ("POST", INFER, {}, 415),
    ],
)
async def test_what_is_not_grpc_has_a_status_of_http(
    http: httpx.AsyncClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = await http.request(method, path, headers=headers)
    assert answer.status_code == status


async def test_a_stream_without_requests_is_answered_by_nothing(http: httpx.AsyncClient) -> None:
    answer = await http.post(STREAM, content=b"", headers=WHO)
    assert (answer.status_code, answer.content) == (200, b"")


async def test_more_calls_than_are_taken_at_once_are_refused(
    http: httpx.AsyncClient, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grpc_server, "MAX_CALLS", 2)
    line.engine.released.clear()
    asked = framed(as_bytes(adding()))
    running = [asyncio.create_task(line.call("ModelInfer", adding(id="a"))) for _ in range(2)]
    await line.engine.runs(2)
    assert status_of(await http.post(INFER, content=asked, headers=WHO)) == "8"
    line.engine.released.set()
    assert [answer.id for answer in await asyncio.gather(*running)] == ["a", "a"]
    assert "grpc-status" not in (await http.post(INFER, content=asked, headers=WHO)).headers


async def test_bodies_on_their_way_share_a_budget(http: httpx.AsyncClient, line: Line) -> None:
    line.server._bodies = Admission(10_000)
    sent = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield prefix(9_000)
        yield bytes(8_000)
        await sent.wait()
        yield bytes(1_000)

    first = asyncio.create_task(http.post(INFER, content=slow(), headers=WHO))
    asked = framed(bytes(4_000))
    answer: Any = None
    while answer is None or status_of(answer) != "8":
        answer = await http.post(INFER, content=asked, headers=WHO)
    sent.set()
    assert status_of(await first) == "3"
    assert status_of(await http.post(INFER, content=asked, headers=WHO)) == "3"


async def test_a_message_that_does_not_come_is_not_waited_for(
    http: httpx.AsyncClient, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grpc_call, "BODY_SECONDS", 0.01)
    given_up = asyncio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        yield prefix(9_000) + bytes(8_000)
        await given_up.wait()

    answering = asyncio.create_task(http.post(INFER, content=stalled(), headers=WHO))
    while not line.server._calls:  # noqa: ASYNC110  # calls set no event
        await asyncio.sleep(0)
    while line.server._calls:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    given_up.set()
    assert status_of(await answering) == "4"


async def test_a_connection_too_many_is_closed(
    line: Line, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await http.post(INFER, content=framed(b""), headers=WHO)
    monkeypatch.setattr(grpc_server, "MAX_CONNECTIONS", 1)
    reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
    assert await reader.read() == b""
    writer.close()
