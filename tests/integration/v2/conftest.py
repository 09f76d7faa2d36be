"""Workers that do as they are told, and what forwards to them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from consumers.oip import forwarding
from consumers.oip.auth import Authenticator
from consumers.oip.forwarding import Forwarder
from tests.fakes.grpc_worker import Behave, GrpcWorker, echo, saying
from tests.integration.v2.calling import Client, Start, answered
from uploads.events import Actor
from uploads.models import User
from uploads.sign_in import tokens


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts workers that have a row."""
    started: list[GrpcWorker] = []

    async def start(
        name: str, *models: tuple[str, str], behave: Behave = echo, **row: Any
    ) -> GrpcWorker:
        worker = await GrpcWorker(name, behave).start()
        await worker.register(*models, **row)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        await worker.stop()


@pytest.fixture
async def forwarder() -> AsyncIterator[Forwarder]:
    forwarder = Forwarder()
    yield forwarder
    await asyncio.gather(*(route.close() for route in forwarder._routes.values()))


@pytest.fixture
def token(transactional_db: None, ada: User) -> str:
    access, _ = tokens.sign_in(ada, Actor())
    return access


@pytest.fixture
def client(token: str, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Ada's; nobody is remembered from another test."""
    monkeypatch.setattr("consumers.oip.requests.authenticate", Authenticator())
    monkeypatch.setattr(forwarding, "_current", None)
    return Client(token)


@pytest.fixture
async def worker(transactional_db: None) -> AsyncIterator[GrpcWorker]:
    """A worker that knows one answer."""
    worker = await GrpcWorker("one", ModelInfer=saying(answered())).start()
    await worker.register(("adder", "1"))
    yield worker
    if forwarding._current is not None:
        for route in forwarding._current[1]._routes.values():
            await route.close()
    await worker.stop()
