"""Models that another server computes: what goes there, what comes back, and what goes wrong."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from aiohttp import web

from inference.engine import load_backoff
from inference.engine.errors import LoadFailed
from inference.engine.status import State
from inference.engine.types import Failed, FailureKind, Outcome, Succeeded
from inference.remote.servers import Servers
from tests.fakes.oip_server import METADATA, OipServer, answer
from tests.unit.engine.outcomes import failure, labels
from tests.unit.engine.processes import until
from tests.unit.engine.speakers import status

pytestmark = pytest.mark.slow

FOLDER = """
backend = "remote"
output_kind = "labels"
max_batch_size = 4
{more}
[remote]
url = "{url}"
timeout_seconds = {seconds}
{remote}
[preprocessing]
width = 4
height = 4
[interpretation]
kind = "labels"
"""
TENSORS = """
[[inputs]]
name = "pixels"
datatype = "{datatype}"
shape = [3, 4, 4]
[[outputs]]
name = "scores"
datatype = "FP32"
shape = {shape}
"""
TOKEN = "a-secret-of-the-operator"
NOBODYS_FAULT = ("model_unavailable", FailureKind.INFRASTRUCTURE)

Asked = Callable[..., Awaitable[Any]]


@pytest_asyncio.fixture
async def server() -> AsyncIterator[OipServer]:
    server = await OipServer().start()
    yield server
    await server.stop()


@pytest_asyncio.fixture
async def remote(bench: Any, repository: Path, server: OipServer) -> AsyncIterator[Asked]:
    """Starts an engine with the model `gray`, whose folder holds nothing but its configuration."""
    tokens = {"ours": TOKEN}
    servers = Servers(tokens.get)

    async def start(more: str = "", remote: str = "", seconds: float = 20, url: str = "") -> Any:
        folder = repository / "gray"
        folder.mkdir()
        (folder / "labels.txt").write_text("bright\ndark\n")
        where = url or server.url
        text = FOLDER.format(more=more, url=where, remote=remote, seconds=seconds)
        (folder / "model.toml").write_text(text)
        return await bench(remote=servers)

    yield start
    await servers.close()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that was lost is looked for again soon."""
    monkeypatch.setattr(load_backoff, "RETRY_SECONDS", 0.2)
    monkeypatch.setattr(load_backoff, "MAX_RETRY_SECONDS", 0.2)


async def refused(engine: Any) -> str:
    """Why the model does not load, without the server's address."""
    with pytest.raises(LoadFailed) as failed:
        await engine.engine.load("gray")
    return failed.value.reason.removeprefix("version 1: ").partition(": ")[2]


def fails(status: int, **how: Any) -> Any:
    async def behave(_request: web.Request) -> web.Response:
        return web.json_response({"error": f"no, {TOKEN}"}, status=status, **how)

    return behave


async def test_a_server_computes_photos_with_our_preprocessing_and_labels(
    remote: Asked, server: OipServer
) -> None:
    engine = await remote()
    outcome = await engine.predict(engine.job("gray", 255))
    assert labels(outcome) == pytest.approx({"bright": 1 / 3, "dark": 2 / 3}, abs=1e-6)
    assert isinstance(outcome, Succeeded)
    assert outcome.provenance["device"] == "remote"
    assert server.batches == [1]


async def test_what_waits_together_goes_out_in_one_request(
    remote: Asked, server: OipServer
) -> None:
    engine = await remote("[batching]\nmax_queue_delay_ms = 500\n")
    tasks = engine.submit([engine.job("gray", number) for number in (60, 120, 180, 240)])
    scores = [labels(await task)["bright"] for task in tasks]
    assert scores == pytest.approx([number / 255 / 3 for number in (60, 120, 180, 240)], abs=1e-6)
    assert server.batches == [4]


async def test_a_server_without_binary_data_is_sent_json(remote: Asked, server: OipServer) -> None:
    server.extensions = []

    async def in_json(request: web.Request) -> web.Response:
        (one,) = (await request.json())["inputs"]
        server.batches.append(one["shape"][0])
        return answer(np.array([[0.25, 0.75]], np.float32), is_binary=False)

    server.infer = in_json
    engine = await remote()
    outcome = await engine.predict(engine.job("gray"))
    assert labels(outcome) == pytest.approx({"dark": 0.75, "bright": 0.25})
    assert server.batches == [1]


async def test_declared_tensors_are_held_against_the_servers(
    remote: Asked, server: OipServer
) -> None:
    engine = await remote(TENSORS.format(datatype="FP16", shape=[2]))
    assert await refused(engine) == "the server's is FP32, not FP16."


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"outputs": []}, "which of them?"),
        (
            {"inputs": [{"name": "a", "datatype": "FP32", "shape": [-1, 3, 8, 8]}]},
            "gives [3, 4, 4], not [3, 8, 8]",
        ),
        (
            {"inputs": [{"name": "a", "datatype": "BF16", "shape": [-1, 3, 4, 4]}]},
            "is of a datatype that cannot be served.",
        ),
        ({"inputs": "pixels"}, "its answer is not understood: inputs is not a list of objects."),
        (
            {"inputs": [{"name": "a", "datatype": "FP32", "shape": [-1, 1e30]}]},
            "a shape in it has a size that is none.",
        ),
        (
            {"inputs": [{"name": "a", "datatype": "FP32", "shape": [-1, -7]}]},
            "a shape in it has a size that is none.",
        ),
    ],
)
async def test_metadata_that_does_not_fit_is_told_at_the_load(
    remote: Asked, server: OipServer, changes: dict[str, Any], reason: str
) -> None:
    server.metadata = METADATA | changes
    engine = await remote()
    assert (await refused(engine)).endswith(reason)


async def test_a_batch_larger_than_the_servers_is_told_at_the_load(
    remote: Asked, server: OipServer
) -> None:
    server.max_batch_size = 2
    assert await refused(await remote()) == "the server takes 2, not 4."


async def test_a_server_that_is_away_is_told_in_a_sentence_and_blames_no_photo(
    remote: Asked, server: OipServer, soon: None
) -> None:
    await server.stop()
    engine = await remote()
    assert failure(await engine.predict(engine.job("gray"))) == NOBODYS_FAULT
    told = status(engine)
    assert told.state is State.UNAVAILABLE
    assert told.reason == f"{server.url}: there is no connection: connection refused."
    assert engine.engine.capacity("gray", "1") == 0
    await server.start()
    await until(lambda: status(engine).state is State.READY)
    assert isinstance(await engine.predict(engine.job("gray")), Succeeded)


async def test_a_server_that_goes_away_under_a_request_blames_no_photo_and_is_looked_for_again(
    remote: Asked, server: OipServer, soon: None
) -> None:
    engine = await remote()

    async def hangs(_request: web.Request) -> web.Response:
        await asyncio.sleep(60)
        raise AssertionError

    server.infer = hangs
    tasks = engine.submit([engine.job("gray", number) for number in (1, 2)])
    await server.asked_to_infer.wait()
    await server.stop()
    assert {failure(await task) for task in tasks} == {NOBODYS_FAULT}
    await until(lambda: status(engine).state is State.UNAVAILABLE)
    assert server.url in status(engine).reason
    server.infer = None
    await server.start()
    await until(lambda: status(engine).state is State.READY)
    assert isinstance(await engine.predict(engine.job("gray")), Succeeded)


CRASHED = ("model_crashed", FailureKind.TRANSIENT)


async def breaks(request: web.Request) -> web.Response:
    """The server ends over this request, and is back at once."""
    assert request.transport
    request.transport.abort()
    raise asyncio.CancelledError


async def whenever_asked(engine: Any, server: OipServer, shade: int, times: int) -> list[Any]:
    """What comes of a photo each time that its server is asked to compute it."""
    told: list[Any] = []
    async with asyncio.timeout(20):
        while len(told) < times:
            server.asked_to_infer.clear()
            outcome = await engine.predict(engine.job("gray", shade))
            if server.asked_to_infer.is_set():
                told.append(failure(outcome))
            else:
                await asyncio.sleep(0.05)  # it was away
    return told


async def test_a_photo_that_ends_its_server_each_time_fails_in_the_end(
    remote: Asked, server: OipServer, soon: None
) -> None:
    engine = await remote()
    server.infer = breaks
    told = await whenever_asked(engine, server, 10, times=4)
    assert told == [NOBODYS_FAULT, NOBODYS_FAULT, CRASHED, CRASHED]
    server.infer = None
    await until(lambda: status(engine).state is State.READY)
    assert isinstance(await engine.predict(engine.job("gray", 200)), Succeeded)


async def test_a_server_that_is_not_ready_after_a_photo_each_time_is_its_doing(
    remote: Asked, server: OipServer, soon: None
) -> None:
    async def falls_over(_request: web.Request) -> web.Response:
        server.is_ready = False
        asyncio.get_running_loop().call_later(0.1, setattr, server, "is_ready", True)
        return web.json_response({"error": "no"}, status=500)

    engine = await remote()
    server.infer = falls_over
    told = await whenever_asked(engine, server, 10, times=3)
    assert told == [NOBODYS_FAULT, NOBODYS_FAULT, CRASHED]


async def test_breaks_over_different_photos_are_nobodys_fault(
    remote: Asked, server: OipServer, soon: None
) -> None:
    engine = await remote()
    server.infer = breaks
    for shade in (10, 20, 30, 40):
        assert await whenever_asked(engine, server, shade, times=1) == [NOBODYS_FAULT]


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (fails(503), "it takes no requests now (503: no, …)."),
        (fails(429), "it takes no requests now (429: no, …)."),
        (fails(401), "it refuses the token (401: no, …)."),
        (fails(302, headers={"Location": "http://127.0.0.1:9/"}), "it redirects (302)"),
    ],
)
async def test_a_server_that_does_not_want_to_blames_no_photo_and_shows_no_token(
    remote: Asked, server: OipServer, behave: Any, words: str, caplog: Any
) -> None:
    server.token, server.infer = TOKEN, behave
    engine = await remote(remote='token = "ours"')
    assert failure(await engine.predict(engine.job("gray"))) == NOBODYS_FAULT
    await until(lambda: words in status(engine).reason)
    assert status(engine).state is State.UNAVAILABLE
    assert TOKEN not in caplog.text + status(engine).reason


async def test_a_server_that_goes_away_while_nobody_needs_it_is_noticed(
    remote: Asked, server: OipServer, soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.engine.server_watch.WATCH_SECONDS", 0.1)
    engine = await remote()
    assert isinstance(await engine.predict(engine.job("gray")), Succeeded)
    await server.stop()
    await until(lambda: status(engine).state is State.UNAVAILABLE)
    assert "connection refused" in status(engine).reason
    await until(lambda: status(engine).instances == 0)
    await server.start()
    await until(lambda: status(engine).state is State.READY)
    assert isinstance(await engine.predict(engine.job("gray")), Succeeded)
    server.is_ready = False
    await until(lambda: status(engine).state is State.UNAVAILABLE)
    assert status(engine).reason.endswith("gray is not ready.")


async def test_others_go_on_while_a_server_is_away(
    remote: Asked, server: OipServer, add_model: Any
) -> None:
    await server.stop()
    add_model("here", "return LabelsOutput([('here', 1)])")
    engine = await remote()
    assert failure(await engine.predict(engine.job("gray"))) == NOBODYS_FAULT
    assert labels(await engine.predict(engine.job("here"))) == {"here": 1}


def gives(content: bytes, **headers: str) -> Any:
    async def behave(_request: web.Request) -> web.Response:
        return web.Response(body=content, headers=headers)

    return behave


def says(**changes: Any) -> Any:
    async def behave(_request: web.Request) -> web.Response:
        return answer(np.array([[0.25, 0.75]], np.float32), **changes)

    return behave


LENGTH = "Inference-Header-Content-Length"


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(fails(500), id="an error"),
        pytest.param(gives(b"<html>"), id="no JSON"),
        pytest.param(gives(b"[" * 100_000), id="deep JSON"),
        pytest.param(gives(b"{}"), id="no outputs"),
        pytest.param(gives(b"{}", **{LENGTH: "9" * 30}), id="a length that is none"),
        pytest.param(gives(b"x", **{"Content-Encoding": "gzip"}), id="compressed"),
        pytest.param(says(name="others"), id="another name"),
        pytest.param(says(datatype="FP64"), id="another datatype"),
        pytest.param(says(datatype=[]), id="no datatype"),
        pytest.param(says(shape=[1, 3]), id="another shape"),
        pytest.param(says(shape=[2, 1]), id="another batch"),
        pytest.param(says(shape=[1, -2]), id="a negative size"),
        pytest.param(says(shape=[2**39, 2**39]), id="a huge shape"),
        pytest.param(says(parameters={"binary_data_size": 1 << 40}), id="missing bytes"),
        pytest.param(says(parameters={"binary_data_size": -8}), id="fewer than no bytes"),
    ],
)
async def test_an_answer_that_makes_no_sense_fails_its_photo_as_a_model_of_ours_would(
    remote: Asked, server: OipServer, behave: Any
) -> None:
    server.infer = behave
    engine = await remote()
    outcome = await engine.predict(engine.job("gray"))
    assert failure(outcome) == ("model_error", FailureKind.TRANSIENT)
    assert status(engine).state is State.READY
    server.infer = None
    assert isinstance(await engine.predict(engine.job("gray")), Succeeded)


async def test_scores_that_are_no_numbers_fail_their_photo_alone(
    remote: Asked, server: OipServer
) -> None:
    async def not_a_number(_request: web.Request) -> web.Response:
        return answer(np.array([[np.nan, np.inf]], np.float32))

    server.infer = not_a_number
    engine = await remote()
    outcome: Outcome = await engine.predict(engine.job("gray"))
    assert isinstance(outcome, Failed)
    assert outcome.kind is not FailureKind.INFRASTRUCTURE


async def test_an_answer_without_an_end_is_cut_off(
    remote: Asked, server: OipServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.remote.rest_client.MAX_RESPONSE_BYTES", 1 << 20)

    async def floods(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1000):
            await response.write(b"x" * (1 << 20))
        return response

    server.infer = floods
    engine = await remote()
    outcome = await engine.predict(engine.job("gray"))
    assert failure(outcome) == ("model_error", FailureKind.TRANSIENT)


async def test_an_answer_that_drips_ends_with_its_time(remote: Asked, server: OipServer) -> None:
    async def drips(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.02)

    server.infer = drips
    engine = await remote(seconds=0.5)
    outcome = await engine.predict(engine.job("gray"))
    assert failure(outcome) == ("timeout", FailureKind.TIMEOUT)


async def test_a_server_that_hangs_as_a_whole_blames_no_photo(
    remote: Asked, server: OipServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.remote.servers.READY_SECONDS", 0.5)
    engine = await remote(seconds=0.5)
    assert isinstance(await engine.predict(engine.job("gray")), Succeeded)
    port = server.port
    await server.stop()
    with socket.create_server(("127.0.0.1", port)):  # takes connections and says nothing
        assert failure(await engine.predict(engine.job("gray"))) == NOBODYS_FAULT


async def test_a_photo_is_canceled_while_its_server_computes(
    remote: Asked, server: OipServer
) -> None:
    async def hangs(_request: web.Request) -> web.Response:
        await asyncio.sleep(60)
        raise AssertionError

    server.infer = hangs
    engine = await remote()
    engine.engine._cancel_seconds = 0.2
    (task,) = engine.submit([engine.job("gray")])
    await server.asked_to_infer.wait()
    engine.engine.cancel(1, 1)
    async with asyncio.timeout(20):
        assert type(await task).__name__ == "Canceled"
