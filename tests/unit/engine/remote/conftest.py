"""Another server, an engine that asks it, and clients of any."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from inference.engine import load_backoff
from inference.engine.remote_config import RemoteConfig
from inference.oip.errors import Status
from inference.oip.messages import message
from inference.remote.servers import Servers
from tests.fakes.grpc_worker import GrpcWorker, refusing, saying
from tests.fakes.oip_server import OipServer
from tests.unit.engine.remote.clients import Serve, Tokens, metadata, scores
from tests.unit.engine.remote.gray import (
    FOLDER,
    TOKEN,
    Asked,
)


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


@pytest.fixture
def tokens() -> Tokens:
    """What the operator has set."""
    return {"ours": "a-token"}


@pytest_asyncio.fixture
async def servers(tokens: Tokens) -> AsyncIterator[Servers]:
    servers = Servers(tokens.get)
    yield servers
    await servers.close()


@pytest_asyncio.fixture
async def worker() -> AsyncIterator[GrpcWorker]:
    """A server that knows the model `gray`, and tells no configuration."""
    worker = GrpcWorker(
        "remote",
        refusing(Status.UNIMPLEMENTED),
        ModelReady=saying(message("ModelReadyResponse")(ready=True)),
        ModelMetadata=saying(metadata()),
        ModelInfer=saying(scores()),
    )
    yield worker
    await worker.stop()


@pytest_asyncio.fixture
async def serve(worker: GrpcWorker) -> Serve:
    async def serve(**changes: Any) -> RemoteConfig:
        await worker.start()
        return RemoteConfig(**{"url": f"grpc://{worker.address}", "model": "gray", **changes})

    return serve
