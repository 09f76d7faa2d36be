"""A worker's metrics over HTTP: one small server that nobody can hold up."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import httpx
import pytest

from consumers.metrics import access, endpoint
from consumers.metrics.endpoint import Endpoint
from consumers.metrics.worker import WorkerMetrics
from inference.engine.status import State, VersionStatus
from tests.exposition import parsed


async def render() -> bytes:
    return b"# nothing\n"


@pytest.fixture
async def served() -> AsyncIterator[str]:
    """The address of an endpoint with the token `secret`."""
    one = Endpoint(render, "secret")
    yield await one.start("127.0.0.1", 0)
    await one.stop()


@pytest.fixture
def _from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is on this machine."""
    monkeypatch.setattr(access, "_is_this_machine", lambda address: False)


async def get(address: str, path: str = "/metrics", **headers: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(f"http://{address}{path}", headers=headers)


async def said(address: str, request: bytes) -> bytes:
    """The whole answer to raw bytes; none where the connection was cut."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_this_machine_reads(served: str) -> None:
    answer = await get(served, "/metrics?name=x")
    assert (answer.status_code, answer.content) == (200, b"# nothing\n")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.usefixtures("_from_elsewhere")
async def test_others_find_nothing_without_the_token(served: str) -> None:
    assert (await get(served)).status_code == 404
    assert (await get(served, authorization="Bearer wrong")).status_code == 404
    assert (await get(served, authorization="Bearer secret")).status_code == 200


async def test_what_a_proxy_forwards_is_not_from_this_machine(served: str) -> None:
    headers = {"X-Forwarded-For": "127.0.0.1"}
    assert (await get(served, **headers)).status_code == 404
    assert (await get(served, authorization="Bearer secret", **headers)).status_code == 200


async def test_there_is_nothing_but_the_metrics(served: str) -> None:
    assert (await get(served, "/")).status_code == 404
    assert (await said(served, b"POST /metrics HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize("request_", [b"\r\n\r\n", b"\xff\xfe\r\n\r\n", b"GET\r\n\r\n"])
async def test_nonsense_is_answered(served: str, request_: bytes) -> None:
    assert (await said(served, request_)).startswith(b"HTTP/1.1 404 ")


async def test_a_head_without_end_is_refused(served: str) -> None:
    answer = await said(served, b"GET /metrics HTTP/1.1\r\nX: " + b"y" * 20_000 + b"\r\n\r\n")
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")


async def test_a_silent_client_is_cut_off(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "TIMEOUT_SECONDS", 0.1)
    assert await said(served, b"GET /metr") == b""


async def test_many_silent_clients_are_too_many(
    served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "MAX_CONNECTIONS", 1)
    host, _, port = served.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET ")
    # Connections are accepted in the order in which they came.
    assert await said(served, b"GET /metrics HTTP/1.1\r\n\r\n") == b""
    writer.write(b"/metrics HTTP/1.1\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
    writer.close()


async def test_what_breaks_while_telling_is_an_answer_too() -> None:
    async def broken() -> bytes:
        raise ValueError("a gauge broke")

    one = Endpoint(broken, "")
    address = await one.start("127.0.0.1", 0)
    answer = await get(address)
    assert (answer.status_code, answer.text) == (500, "Internal Server Error\n")
    await one.stop()


def index() -> Sequence[VersionStatus]:
    return [
        VersionStatus("ocr", "1", State.READY, instances=2, memory_bytes=4096),
        VersionStatus("ocr", "2", State.UNAVAILABLE, reason="It broke: /models/ocr"),
        VersionStatus("broken", "", State.UNAVAILABLE, reason="No model.toml."),
    ]


async def test_a_worker_tells_what_its_engine_has() -> None:
    metrics = WorkerMetrics()
    address = await metrics.serve(index, host="127.0.0.1", port=0)
    told = parsed((await get(address)).content)
    assert told.value("darkroom_model_ready", model="ocr", version="1") == 1
    assert told.of("darkroom_model_ready").keys() == {
        frozenset({("model", "ocr"), ("version", number)}) for number in "12"
    }
    assert told.value("darkroom_instances", model="ocr", version="1") == 2
    assert told.value("darkroom_instance_memory_bytes", model="ocr", version="1") == 4096
    assert told.value("process_resident_memory_bytes") > 0
    await metrics.close()


async def test_a_taken_port_costs_the_metrics_and_not_the_worker(served: str) -> None:
    metrics = WorkerMetrics()
    port = int(served.rpartition(":")[2])
    assert await metrics.serve(index, host="127.0.0.1", port=port) == ""
    await metrics.close()


async def test_a_worker_may_serve_none() -> None:
    assert await WorkerMetrics().serve(index, host="127.0.0.1", port=-1) == ""


async def test_an_address_that_means_everywhere_is_published_as_this_machine_s_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "gpu1")
    one = Endpoint(render, "")
    assert (await one.start("0.0.0.0", 0)).startswith("gpu1:")
    await one.stop()
