"""Servers of remote models that are none, or that mean no good."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from inference.engine.errors import LoadFailed, ModelFailed, ModelUnavailable
from inference.engine.remote_config import RemoteConfig
from inference.remote.servers import Servers
from tests.unit.engine.remote.clients import PIXELS, SCORES

TOKEN = "t0p-s3cr3t"
PAGE = b"<html>Sign in to this network</html>"


def answering(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body


class Stranger:
    """Says the same to whoever asks, whatever is asked; or that it is ready."""

    def __init__(self) -> None:
        self.says = b""
        self.says_of_ready: bytes | None = None
        self.config = RemoteConfig(url="http://127.0.0.1:1")

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        is_ready = b"/ready " in head and self.says_of_ready is not None
        writer.write(self.says_of_ready or b"" if is_ready else self.says)
        writer.close()


@pytest_asyncio.fixture
async def stranger() -> AsyncIterator[Stranger]:
    stranger = Stranger()
    server = await asyncio.start_server(stranger.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    stranger.config = RemoteConfig(url=f"http://127.0.0.1:{port}", model="gray", token="ours")
    async with server:
        yield stranger


@pytest_asyncio.fixture
async def servers() -> AsyncIterator[Servers]:
    servers = Servers({"ours": TOKEN}.get)
    yield servers
    await servers.close()


async def test_a_page_in_the_place_of_a_server_is_no_fault_of_an_image(
    stranger: Stranger, servers: Servers
) -> None:
    stranger.says = answering(PAGE)
    with pytest.raises(ModelUnavailable):
        await servers.infer(stranger.config, SCORES, PIXELS)
    with pytest.raises(LoadFailed, match="not ready"):
        await servers.describe(stranger.config)


@pytest.mark.parametrize("ready", [b"", b'{"name":"gray","ready":true}'])
async def test_what_a_ready_server_says_that_makes_no_sense_is_of_the_model(
    stranger: Stranger, servers: Servers, ready: bytes
) -> None:
    stranger.says, stranger.says_of_ready = answering(PAGE), answering(ready)
    with pytest.raises(ModelFailed):
        await servers.infer(stranger.config, SCORES, PIXELS)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/9.9 " + TOKEN.encode() + b"\r\n\r\n",
        TOKEN.encode() + b"\r\n\r\n",
        answering(json.dumps({"error": f"You sent {TOKEN}."}).encode(), b"500 No"),
        answering(json.dumps({"outputs": [{"name": TOKEN, "datatype": 1}]}).encode()),
        answering(
            json.dumps(
                {"outputs": [{"name": "scores", "datatype": TOKEN, "shape": [1], "data": [1]}]}
            ).encode()
        ),
    ],
)
async def test_a_token_is_told_to_nobody_though_its_server_says_it(
    stranger: Stranger, servers: Servers, caplog: pytest.LogCaptureFixture, said: bytes
) -> None:
    stranger.says, stranger.says_of_ready = said, answering(b'{"ready":false}')
    with pytest.raises(ModelUnavailable) as unavailable:
        await servers.infer(stranger.config, SCORES, PIXELS)
    assert TOKEN not in unavailable.value.message
    stranger.says_of_ready = answering(b"")
    with pytest.raises(LoadFailed) as failed:
        await servers.describe(stranger.config)
    assert TOKEN not in failed.value.reason
    assert [record for record in caplog.records if record.getMessage() == "no answer"]
    assert not [record for record in caplog.records if TOKEN in str(vars(record))]


async def test_a_server_that_says_much_is_told_in_a_sentence(
    stranger: Stranger, servers: Servers
) -> None:
    many = [{"name": "n" * 5000, "datatype": 1, "shape": [1]}]
    stranger.says = answering(json.dumps({"outputs": many}).encode())
    stranger.says_of_ready = answering(b'{"ready":false}')
    with pytest.raises(ModelUnavailable) as unavailable:
        await servers.infer(stranger.config, SCORES, PIXELS)
    assert len(unavailable.value.message) < 600
