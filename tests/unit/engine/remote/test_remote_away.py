"""Servers that are away, or break over what they are asked: whose doing it is."""

import asyncio
import socket
from typing import Any

import pytest
from aiohttp import web

from inference.engine.status import State
from inference.engine.types import FailureKind, Succeeded
from tests.fakes.oip_server import OipServer
from tests.unit.engine.outcomes import failure, labels
from tests.unit.engine.processes import until
from tests.unit.engine.remote.gray import (
    NOBODYS_FAULT,
    TOKEN,
    Asked,
    fails,
)
from tests.unit.engine.speakers import status

pytestmark = pytest.mark.slow


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
