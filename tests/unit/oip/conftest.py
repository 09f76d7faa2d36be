"""Fixtures around the adapters of gRPC and HTTP."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from consumers.cross_origin import CrossOrigin
from inference.oip.access import Caller
from inference.oip.admission import Admission
from inference.oip.http_server import HttpServer
from tests.unit.oip.bench import FakeEngine, config, data_plane
from tests.unit.oip.line import Line
from tests.unit.oip.raw_http import ANSWER_BYTES, GALLERY, large


@pytest_asyncio.fixture
async def line() -> AsyncIterator[Line]:
    """A line; what is still running at the end is released."""
    one = Line()
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
def asked() -> asyncio.Event:
    """Set once somebody has been let in, and the server waits for a body."""
    return asyncio.Event()


@pytest_asyncio.fixture
async def server(asked: asyncio.Event) -> AsyncIterator[HttpServer]:
    """One that has room for one large answer, and answers to the name `here`."""
    plane = data_plane(FakeEngine(config(), script=large))[0]

    async def anybody(token: str, address: str | None) -> Caller:
        asked.set()
        return Caller(7, may_manage=False)

    def refuse_host(host: str) -> str:
        return "" if host == "here" else "Not here."

    plane.answers = Admission(ANSWER_BYTES + 1000, of="answers")
    made = HttpServer(plane, anybody, refuse_host, CrossOrigin([GALLERY]))
    yield made
    await made.stop(0)


@pytest_asyncio.fixture
async def port(server: HttpServer) -> int:
    """Where it listens."""
    return await server.start("127.0.0.1", 0)
