"""The protocol's REST calls as they go to workers, and come back."""

import json
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.test import AsyncClient

from consumers.oip import forwarding
from consumers.oip.auth import Authenticator
from inference.oip.errors import Status
from inference.oip.messages import (
    ModelInferRequest,
    ModelInferResponse,
    RepositoryIndexResponse,
    message,
)
from tests.fakes.grpc_worker import GrpcWorker, echo, refusing, saying
from uploads import tokens
from uploads.events import Actor
from uploads.models import User

pytestmark = [pytest.mark.django_db(transaction=True)]

INPUT = {"name": "a", "datatype": "FP32", "shape": [1], "data": [1.5]}
INFER = "/v2/models/adder/infer"


def answered() -> ModelInferResponse:  # type: ignore[valid-type]  # made from a descriptor
    response = ModelInferResponse(model_name="adder", model_version="1")
    response.outputs.add(name="sum", datatype="FP32", shape=[1])
    response.raw_output_contents.append(np.array([1.5], np.float32).tobytes())
    return response


@pytest.fixture
def token(transactional_db: None, ada: User) -> str:
    access, _ = tokens.sign_in(ada, Actor())
    return access


@pytest.fixture
def client(token: str, monkeypatch: pytest.MonkeyPatch) -> AsyncClient:
    """Ada's; nobody is remembered from another test."""
    monkeypatch.setattr("consumers.oip.requests.authenticate", Authenticator())
    monkeypatch.setattr(forwarding, "_current", None)
    return AsyncClient(headers={"Authorization": f"Bearer {token}"})


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


def error(response: Any, status: int) -> str:
    assert response.status_code == status, response.content
    body = json.loads(response.content)
    assert body.keys() == {"error"}
    assert response["Content-Type"] == "application/json"
    assert response["Content-Length"] == str(len(response.content))
    text: str = body["error"]
    return text


async def infer(client: AsyncClient, path: str = INFER, **headers: str) -> Any:
    return await client.post(
        path, json.dumps({"inputs": [INPUT]}), content_type="text/plain", headers=headers
    )


# What is forwarded.


async def test_a_request_goes_on_with_its_token_and_says_by_which_door_it_came(
    client: AsyncClient, worker: GrpcWorker, token: str
) -> None:
    response = await infer(client, "/v2/models/adder/versions/stable/infer")
    assert response.status_code == 200
    assert json.loads(response.content)["outputs"][0]["data"] == [1.5]
    ((method, request, metadata),) = worker.calls
    asked = ModelInferRequest.FromString(request)
    assert (method, asked.model_name, asked.model_version) == ("ModelInfer", "adder", "stable")
    assert metadata["authorization"] == f"Bearer {token}"
    assert metadata["darkroom-door"] == "rest"


@pytest.mark.parametrize("status", list(Status))
async def test_each_refusal_of_a_worker_has_its_status(
    client: AsyncClient, worker: GrpcWorker, status: Status
) -> None:
    worker.methods["ModelInfer"] = refusing(status, "Because.")
    response = await infer(client)
    assert error(response, EXPECTED[status]) == "Because."
    assert response.has_header("Retry-After") == (response.status_code in {429, 503})


EXPECTED = {
    Status.INVALID_ARGUMENT: 400,
    Status.UNAUTHENTICATED: 401,
    Status.PERMISSION_DENIED: 403,
    Status.NOT_FOUND: 404,
    Status.RESOURCE_EXHAUSTED: 429,
    Status.CANCELLED: 499,
    Status.INTERNAL: 500,
    Status.UNIMPLEMENTED: 501,
    Status.UNAVAILABLE: 503,
    Status.DEADLINE_EXCEEDED: 504,
}


async def test_a_command_goes_on_without_what_it_would_bring_along(
    client: AsyncClient, worker: GrpcWorker
) -> None:
    parameters = {"config": "{}", "file:1/model.py": "eA==", "unload_dependents": True}
    body = json.dumps({"parameters": parameters})
    for command in ("load", "unload"):
        path = f"/v2/repository/models/adder/{command}"
        response = await client.post(path, body, content_type="x")
        assert (response.status_code, response.content) == (200, b"")
        method, request, _ = worker.calls[-1]
        assert method == f"RepositoryModel{command.capitalize()}"
        asked = message(f"{method}Request").FromString(request)
        assert asked.model_name == "adder"
        assert set(asked.parameters) == parameters.keys()
        assert len(request) < 100


async def test_the_index_is_of_all_workers(client: AsyncClient, worker: GrpcWorker) -> None:
    def indexed(*entries: tuple[str, str, str]) -> Any:
        answer = RepositoryIndexResponse()
        for name, state, reason in entries:
            answer.models.add(name=name, version="1", state=state, reason=reason)
        return saying(answer)

    worker.methods["RepositoryIndex"] = indexed(("adder", "READY", ""), ("ocr", "LOADING", ""))
    other = await GrpcWorker(
        "two", RepositoryIndex=indexed(("adder", "UNAVAILABLE", "unloaded"), ("zoo", "READY", ""))
    ).start()
    await other.register()
    adder = {"name": "adder", "version": "1", "state": "READY"}
    ocr = {"name": "ocr", "version": "1", "state": "LOADING"}
    zoo = {"name": "zoo", "version": "1", "state": "READY"}
    path = "/v2/repository/index"
    assert (await client.post(path)).json() == [adder, ocr, zoo]
    response = await client.post(path, '{"ready": true}', content_type="x")
    assert response.json() == [adder, zoo]
    error(await client.post(path, '{"ready": 1}', content_type="x"), 400)
    await other.stop()


async def test_a_model_that_is_not_ready_is_no_success(
    client: AsyncClient, worker: GrpcWorker
) -> None:
    worker.methods["ModelReady"] = saying(message("ModelReadyResponse")(ready=True))
    response = await client.get("/v2/models/adder/ready")
    assert response.json() == {"name": "adder", "ready": True}
    worker.methods["ModelReady"] = saying(message("ModelReadyResponse")(ready=False))
    error(await client.get("/v2/models/adder/ready"), 503)


async def test_an_answer_is_compressed_for_those_who_accept_it(
    client: AsyncClient, worker: GrpcWorker
) -> None:
    assert not (await infer(client, accept_encoding="gzip")).has_header("Content-Encoding")
    large = answered()
    large.outputs[0].shape[:] = [4096]
    large.raw_output_contents[0] = bytes(4 * 4096)
    worker.methods["ModelInfer"] = saying(large)
    assert (await infer(client, accept_encoding="gzip"))["Content-Encoding"] == "gzip"
    plain = await infer(client)
    assert not plain.has_header("Content-Encoding")
    assert plain["Vary"] == "Accept-Encoding"


# Who may enter.


async def test_a_worker_is_not_troubled_by_who_nobody_knows(
    client: AsyncClient, worker: GrpcWorker
) -> None:
    stranger = AsyncClient(headers={"Authorization": "Bearer x"})
    error(await infer(stranger), 401)
    error(await infer(AsyncClient()), 401)
    assert worker.calls == []


async def test_a_token_is_looked_up_once_for_many_calls(
    client: AsyncClient, worker: GrpcWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    identify = tokens.identify
    monkeypatch.setattr(tokens, "identify", lambda token: asked.append(1) or identify(token))
    for _ in range(5):
        assert (await infer(client)).status_code == 200
    assert len(asked) == 1


async def test_a_session_of_the_page_is_no_token(worker: GrpcWorker, ada: User) -> None:
    client = AsyncClient(enforce_csrf_checks=True)
    await sync_to_async(client.force_login)(ada)
    error(await infer(client), 401)


# Without workers, without a database.


async def test_the_server_is_ready_where_a_worker_is(
    client: AsyncClient, transactional_db: None
) -> None:
    anybody = AsyncClient()
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
    client: AsyncClient,
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
    client: AsyncClient, worker: GrpcWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_token: str) -> Any:
        raise OperationalError

    monkeypatch.setattr(tokens, "identify", away)
    assert "database" in error(await infer(client), 503)


async def test_a_defect_is_not_shown(
    client: AsyncClient, worker: GrpcWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setattr("consumers.oip.infer_view.read_infer", broken)
    assert "secret" not in error(await infer(client), 500)


async def test_a_large_body_is_read_whole(client: AsyncClient, worker: GrpcWorker) -> None:
    """Django's own limit for bodies in memory is far below the protocol's."""
    worker.methods["ModelInfer"] = echo
    head = json.dumps(
        {
            "inputs": [
                {
                    "name": "a",
                    "datatype": "UINT8",
                    "shape": [3_000_000],
                    "parameters": {"binary_data_size": 3_000_000},
                }
            ]
        }
    )
    response = await client.post(
        INFER,
        head.encode() + bytes(3_000_000),
        content_type="application/octet-stream",
        headers={"Inference-Header-Content-Length": str(len(head))},
    )
    # The echo is no answer; but it came as far as the worker.
    assert response.status_code == 500
    (asked,) = (ModelInferRequest.FromString(request) for _, request, _ in worker.calls)
    assert len(asked.raw_input_contents[0]) == 3_000_000
