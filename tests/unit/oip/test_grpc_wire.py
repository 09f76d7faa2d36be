"""Calls of gRPC as they go over HTTP/2: what a client that is not gRPC's own may send."""

import zlib
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from inference.oip.messages import POOL, SERVICE, message
from tests.unit.oip.line import Line, adding, as_bytes, framed

INFER = f"/{SERVICE}/ModelInfer"
STREAM = f"/{SERVICE}/ModelStreamInfer"
WHO = {"authorization": "Bearer good", "content-type": "application/grpc", "te": "trailers"}


@pytest_asyncio.fixture
async def http(line: Line) -> AsyncIterator[httpx.AsyncClient]:
    """A client of HTTP/2 that knows no gRPC."""
    url = f"http://127.0.0.1:{line.port}"
    async with httpx.AsyncClient(http1=False, http2=True, base_url=url, timeout=20) as client:
        yield client


async def test_a_call_is_answered_by_head_message_and_trailers(http: httpx.AsyncClient) -> None:
    answer = await http.post(INFER, content=framed(as_bytes(adding(id="a"))), headers=WHO)
    assert answer.status_code == 200
    assert "grpc-status" not in answer.headers
    response = message("ModelInferResponse").FromString(answer.content[5:])
    assert answer.content == framed(answer.content[5:])
    assert response.id == "a"


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", {}, "3"),
        (framed(b"")[:-1], {}, "3"),
        (framed(as_bytes(adding()))[:-1], {}, "3"),
        (framed(b""), {"grpc-timeout": "soon"}, "13"),
        (framed(b""), {"grpc-encoding": "snappy"}, "13"),
        (framed(b"a", flag=1), {"grpc-encoding": "gzip"}, "3"),
        (framed(b"\x1f\x8ba", flag=1), {"grpc-encoding": "gzip"}, "3"),
        (framed(zlib.compress(b"a")[:-1], flag=1), {"grpc-encoding": "deflate"}, "3"),
        (framed(b""), {"authorization": ""}, "16"),
    ],
)
async def test_what_is_no_sound_call_has_its_status(
    http: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: str
) -> None:
    answer = await http.post(INFER, content=content, headers={**WHO, **headers})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/grpc"
    assert answer.headers["grpc-status"] == status
    assert answer.headers["grpc-message"]


@pytest.mark.parametrize("level", range(10))
@pytest.mark.parametrize(("coding", "bits"), [("gzip", 31), ("deflate", 15)])
async def test_a_compressed_request_is_read(
    http: httpx.AsyncClient, coding: str, bits: int, level: int
) -> None:
    packed = zlib.compress(as_bytes(adding()), level, bits)
    headers = {**WHO, "grpc-encoding": coding}
    answer = await http.post(INFER, content=framed(packed, flag=1), headers=headers)
    assert answer.status_code == 200
    assert "grpc-status" not in answer.headers


def test_no_request_begins_as_what_is_compressed() -> None:
    for name, kind in POOL.FindServiceByName(SERVICE).methods_by_name.items():
        assert all(field.number != 15 for field in kind.input_type.fields), name


async def test_a_message_with_signs_of_its_own_travels_escaped(http: httpx.AsyncClient) -> None:
    asked = framed(as_bytes(message("ModelInferRequest")(model_name="100 % \u00fc\n")))
    answer = await http.post(INFER, content=asked, headers=WHO)
    assert "100 %25 %C3%BC%0A" in answer.headers["grpc-message"]


async def test_a_stream_without_requests_is_answered_by_nothing(http: httpx.AsyncClient) -> None:
    answer = await http.post(STREAM, content=b"", headers=WHO)
    assert (answer.status_code, answer.content) == (200, b"")
