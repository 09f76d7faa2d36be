"""Who may call the REST endpoint, and what is said where workers or the database are away."""

from typing import Any
from unittest.mock import Mock

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.test import AsyncClient

from consumers.oip import forwarding
from tests.fakes.grpc_worker import GrpcWorker
from tests.integration.v2.calling import INFER, Client, error, infer
from uploads.models import User
from uploads.sign_in import tokens

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_a_worker_is_not_troubled_by_who_nobody_knows(
    client: Client, worker: GrpcWorker
) -> None:
    error(await infer(Client("x")), 401)
    error(await infer(Client()), 401)
    assert worker.calls == []


async def test_a_token_is_looked_up_once_for_many_calls(
    client: Client, worker: GrpcWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    identify = Mock(wraps=tokens.identify)
    monkeypatch.setattr(tokens, "identify", identify)
    for _ in range(5):
        assert (await infer(client)).status_code == 200
    assert identify.call_count == 1


async def test_a_session_of_the_page_is_no_token(worker: GrpcWorker, ada: User) -> None:
    client = AsyncClient(enforce_csrf_checks=True)
    await sync_to_async(client.force_login)(ada)
    error(await client.post(INFER, b"{}", content_type="text/plain"), 401)


async def test_the_server_is_ready_where_a_worker_is(
    client: Client, transactional_db: None
) -> None:
    anybody = Client()
    assert (await anybody.get("/v2/health/live")).status_code == 200
    response = await anybody.get("/v2/health/ready")
    error(response, 503)
    assert response["Retry-After"]
    worker = await GrpcWorker("late").start()
    await worker.register()
    forwarding.forwarder().expect_change()
    assert (await anybody.get("/v2/health/ready")).status_code == 200
    await worker.stop()


async def test_without_a_worker_there_is_no_answer_but_a_time_to_come_again(
    client: Client,
) -> None:
    assert (await client.get("/v2")).json()["name"] == "darkroom"
    for response in (
        await infer(client),
        await client.get("/v2/models/adder"),
        await client.post("/v2/repository/index"),
        await client.get("/v2/models/stats"),
    ):
        error(response, 503)
        assert response["Retry-After"]


async def test_without_the_database_the_protocol_says_so(
    client: Client, worker: GrpcWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr(tokens, "identify", away)
    assert "database" in error(await infer(client), 503)
