"""The protocol's REST calls as they go to workers, and come back."""

import gzip
import json
from typing import Any

import pytest

from inference.oip.errors import Status
from inference.oip.messages import (
    ModelConfig,
    ModelInferRequest,
    RepositoryIndexResponse,
    message,
)
from tests.fakes.grpc_worker import GrpcWorker, echo, refusing, saying
from tests.integration.v2.calling import INFER, Client, answered, error, infer

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_a_request_goes_on_with_its_token_and_says_by_which_protocol_it_came(
    client: Client, worker: GrpcWorker, token: str
) -> None:
    response = await infer(client, "/v2/models/adder/versions/stable/infer")
    assert response.status_code == 200
    assert json.loads(response.content)["outputs"][0]["data"] == [1.5]
    ((method, request, metadata),) = worker.calls
    asked = ModelInferRequest.FromString(request)
    assert (method, asked.model_name, asked.model_version) == ("ModelInfer", "adder", "stable")
    assert metadata["authorization"] == f"Bearer {token}"
    assert metadata["darkroom-protocol"] == "rest"


@pytest.mark.parametrize("status", list(Status))
async def test_each_refusal_of_a_worker_has_its_status(
    client: Client, worker: GrpcWorker, status: Status
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
    client: Client, worker: GrpcWorker
) -> None:
    parameters = {"config": "{}", "file:1/model.py": "eA==", "unload_dependents": True}
    body = json.dumps({"parameters": parameters})
    for command in ("load", "unload"):
        path = f"/v2/repository/models/adder/{command}"
        response = await client.post(path, body)
        assert (response.status_code, response.content) == (200, b"")
        method, request, _ = worker.calls[-1]
        assert method == f"RepositoryModel{command.capitalize()}"
        asked = message(f"{method}Request").FromString(request)
        assert asked.model_name == "adder"
        assert set(asked.parameters) == parameters.keys()
        assert len(request) < 100


async def test_a_command_whose_parameter_is_no_text_is_refused(
    client: Client, worker: GrpcWorker
) -> None:
    response = await client.post(
        "/v2/repository/models/adder/load", '{"parameters": {"\\ud800": true}}'
    )
    assert "surrogate" in error(response, 400)
    assert not worker.calls


async def test_the_index_is_of_all_workers(client: Client, worker: GrpcWorker) -> None:
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
    response = await client.post(path, '{"ready": true}')
    assert response.json() == [adder, zoo]
    error(await client.post(path, '{"ready": 1}'), 400)
    await other.stop()


async def test_a_model_that_is_not_ready_is_no_success(client: Client, worker: GrpcWorker) -> None:
    worker.methods["ModelReady"] = saying(message("ModelReadyResponse")(ready=True))
    response = await client.get("/v2/models/adder/ready")
    assert response.json() == {"name": "adder", "ready": True}
    worker.methods["ModelReady"] = saying(message("ModelReadyResponse")(ready=False))
    error(await client.get("/v2/models/adder/ready"), 503)


async def test_an_answer_is_compressed_for_those_who_accept_it(
    client: Client, worker: GrpcWorker
) -> None:
    assert not (await infer(client, **{"Accept-Encoding": "gzip"})).has_header("Content-Encoding")
    large = answered()
    large.outputs[0].shape[:] = [4096]
    large.raw_output_contents[0] = bytes(4 * 4096)
    worker.methods["ModelInfer"] = saying(large)
    assert (await infer(client, **{"Accept-Encoding": "gzip"}))["Content-Encoding"] == "gzip"
    plain = await infer(client)
    assert not plain.has_header("Content-Encoding")
    assert plain["Vary"] == "Accept-Encoding"


async def test_a_defect_is_not_shown(
    client: Client, worker: GrpcWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setattr("consumers.oip.infer_view.read_infer", broken)
    assert "secret" not in error(await infer(client), 500)


async def test_a_large_body_is_read_whole(client: Client, worker: GrpcWorker) -> None:
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
        **{"Inference-Header-Content-Length": str(len(head))},
    )
    # The echo is no answer; but it came as far as the worker.
    assert response.status_code == 500
    (asked,) = (ModelInferRequest.FromString(request) for _, request, _ in worker.calls)
    assert len(asked.raw_input_contents[0]) == 3_000_000


async def test_a_body_of_data_alone_is_read_as_the_models_configuration_says(
    client: Client, worker: GrpcWorker
) -> None:
    x = {"name": "x", "data_type": "TYPE_FP32", "dims": [1]}
    told = message("ModelConfigResponse")(config=ModelConfig(input=[x]))
    worker.methods["ModelConfig"] = saying(told)
    alone = {"Inference-Header-Content-Length": "0"}
    response = await client.post(INFER, b"abcd", **alone)
    assert response.status_code == 200
    head = int(response["Inference-Header-Content-Length"])
    assert response.content[head:] == answered().raw_output_contents[0]
    (first, _, _), (second, request, _) = worker.calls
    assert (first, second) == ("ModelConfig", "ModelInfer")
    assert list(ModelInferRequest.FromString(request).raw_input_contents) == [b"abcd"]
    worker.methods["ModelConfig"] = refusing(Status.NOT_FOUND, "There is no model adder.")
    assert error(await client.post(INFER, b"abcd", **alone), 404) == "There is no model adder."


async def test_a_body_that_cannot_be_decompressed_troubles_no_worker(
    client: Client, worker: GrpcWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.oip.rest_http.MAX_REQUEST_BYTES", 1000)
    for coding, body, status in (
        ("br", b"x", 415),
        ("gzip", gzip.compress(bytes(1001)), 413),
        ("deflate", b"", 400),
    ):
        error(await client.post(INFER, body, **{"Content-Encoding": coding}), status)
    error(await client.post(INFER, bytes(1001)), 413)
    assert not worker.calls
