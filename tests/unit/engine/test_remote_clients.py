"""What clients of other servers say by gRPC and TLS, and what they make of answers."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
import pytest_asyncio
from pydantic import ValidationError

from inference.engine.errors import (
    JobFailure,
    LoadFailed,
    ModelCrashed,
    ModelFailed,
    ModelUnavailable,
)
from inference.engine.remote_config import RemoteConfig
from inference.engine.tensor_config import TensorConfig
from inference.oip.errors import Status
from inference.oip.messages import ModelInferRequest, ModelInferResponse, message
from inference.remote.servers import Servers
from tests.certificates import Authority
from tests.fakes.grpc_worker import GrpcWorker, refusing, saying
from tests.fakes.oip_server import OipServer
from tests.unit.engine.processes import until

SCORES = [TensorConfig(name="scores", datatype="FP32", shape=(2,))]
PIXELS: Any = [
    {
        "name": "pixels",
        "datatype": "FP32",
        "shape": [1, 2],
        "data": np.array([1, 2], np.float32).tobytes(),
    }
]

Tokens = dict[str, str]
Serve = Callable[..., Awaitable[RemoteConfig]]


@pytest.fixture
def tokens() -> Tokens:
    """What the operator has set."""
    return {"ours": "a-token"}


@pytest_asyncio.fixture
async def servers(tokens: Tokens) -> AsyncIterator[Servers]:
    servers = Servers(tokens.get)
    yield servers
    await servers.close()


def metadata() -> Any:
    told = message("ModelMetadataResponse")(name="gray")
    told.inputs.add(name="pixels", datatype="FP32", shape=[-1, 2])
    told.outputs.add(name="scores", datatype="FP32", shape=[-1, 2])
    return told


def scores() -> Any:
    answer = ModelInferResponse(model_name="gray")
    answer.outputs.add(name="scores", datatype="FP32", shape=[1, 2])
    answer.raw_output_contents.append(np.array([0.25, 0.75], np.float32).tobytes())
    return answer


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


async def test_grpc_tells_what_the_model_takes_and_gives(serve: Serve, servers: Servers) -> None:
    told = await servers.describe(await serve())
    assert [(one.name, one.datatype, one.shape) for one in told.inputs] == [
        ("pixels", "FP32", (-1, 2))
    ]
    assert told.max_batch_size is None


async def test_grpc_carries_tensors_the_token_and_what_is_wanted(
    serve: Serve, servers: Servers, worker: GrpcWorker
) -> None:
    config = await serve(token="ours", version="3")
    (given,) = await servers.infer(config, SCORES, PIXELS)
    assert np.frombuffer(given["data"], np.float32).tolist() == [0.25, 0.75]
    method, sent, headers = worker.calls[-1]
    request = ModelInferRequest.FromString(sent)
    assert method == "ModelInfer"
    assert (request.model_name, request.model_version) == ("gray", "3")
    assert [one.name for one in request.outputs] == ["scores"]
    assert request.raw_input_contents[0] == PIXELS[0]["data"]
    assert headers["authorization"] == "Bearer a-token"


async def test_an_answer_of_typed_contents_is_read_as_well(
    serve: Serve, servers: Servers, worker: GrpcWorker
) -> None:
    answer = scores()
    del answer.raw_output_contents[:]
    answer.outputs[0].contents.fp32_contents.extend([0.5, 0.25])
    worker.methods["ModelInfer"] = saying(answer)
    (given,) = await servers.infer(await serve(), SCORES, PIXELS)
    assert np.frombuffer(given["data"], np.float32).tolist() == [0.5, 0.25]


@pytest.mark.parametrize("status", [Status.UNAVAILABLE, Status.RESOURCE_EXHAUSTED])
async def test_grpc_that_takes_nothing_now_is_nobodys_fault(
    serve: Serve, servers: Servers, worker: GrpcWorker, status: Status
) -> None:
    worker.methods["ModelInfer"] = refusing(status)
    with pytest.raises(ModelUnavailable, match=f"takes no requests now .{status.name}: It will"):
        await servers.infer(await serve(), SCORES, PIXELS)


@pytest.mark.parametrize("behave", [refusing(Status.INTERNAL), saying(b"\xff\xff")])
async def test_an_answer_by_grpc_that_is_none_is_the_models_if_it_is_ready(
    serve: Serve, servers: Servers, worker: GrpcWorker, behave: Any
) -> None:
    worker.methods["ModelInfer"] = behave
    config = await serve()
    with pytest.raises(ModelFailed):
        await servers.infer(config, SCORES, PIXELS)
    worker.methods["ModelReady"] = saying(message("ModelReadyResponse")(ready=False))
    with pytest.raises(ModelUnavailable):
        await servers.infer(config, SCORES, PIXELS)


async def test_raw_contents_that_are_not_of_their_shape_are_refused(
    serve: Serve, servers: Servers, worker: GrpcWorker
) -> None:
    answer = scores()
    answer.raw_output_contents[0] = b"1234"
    worker.methods["ModelInfer"] = saying(answer)
    with pytest.raises(ModelFailed):
        await servers.infer(await serve(), SCORES, PIXELS)


async def test_a_server_that_goes_away_over_the_same_tensors_by_grpc_is_their_doing(
    serve: Serve, servers: Servers, worker: GrpcWorker
) -> None:
    config = await serve()
    port = int(worker.address.rpartition(":")[2])
    kinds = []
    for _ in range(3):
        worker.hold()
        asked = asyncio.create_task(servers.infer(config, SCORES, PIXELS))
        await until(lambda: any(method == "ModelInfer" for method, *_ in worker.calls))
        await worker.stop()
        with pytest.raises(JobFailure) as failed:
            await asked
        kinds.append(type(failed.value))
        worker.calls.clear()
        worker.release()
        await worker.start(port)
        async with asyncio.timeout(20):
            while True:
                with contextlib.suppress(LoadFailed):
                    await servers.describe(config)
                    break
        worker.calls.clear()
    assert kinds == [ModelUnavailable, ModelUnavailable, ModelCrashed]
    assert await servers.infer(config, SCORES, PIXELS)


async def test_a_server_that_is_busy_by_grpc_is_never_their_doing(
    serve: Serve, servers: Servers, worker: GrpcWorker
) -> None:
    worker.methods["ModelInfer"] = refusing(Status.UNAVAILABLE)
    config = await serve()
    for _ in range(4):
        with pytest.raises(ModelUnavailable):
            await servers.infer(config, SCORES, PIXELS)


async def test_nobody_at_the_port_of_grpc_is_told_in_a_sentence(servers: Servers) -> None:
    config = RemoteConfig(url="grpc://127.0.0.1:1", model="gray")
    with pytest.raises(LoadFailed, match=r"grpc://127.0.0.1:1: there is no connection\."):
        await servers.describe(config)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (None, "there is no token: set REMOTE_TOKEN_OTHERS or REMOTE_TOKEN_OTHERS_FILE"),
        ("two words", "has signs that no header can carry"),
        ("line\nbreak", "has signs that no header can carry"),
    ],
)
async def test_a_token_that_cannot_be_sent_is_told_by_its_name(
    serve: Serve, servers: Servers, tokens: Tokens, token: str | None, reason: str
) -> None:
    if token:
        tokens["others"] = token
    with pytest.raises(LoadFailed, match=reason) as failed:
        await servers.describe(await serve(token="others"))
    assert not token or token not in failed.value.reason


# TLS.


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.mark.parametrize("scheme", ["https", "grpcs"])
@pytest.mark.parametrize("trouble", ["", "wrong authority", "expired", "another host"])
async def test_a_servers_certificate_is_checked(
    servers: Servers,
    worker: GrpcWorker,
    authority: Authority,
    tmp_path: Path,
    scheme: str,
    trouble: str,
) -> None:
    host = "elsewhere.example" if trouble == "another host" else "127.0.0.1"
    pair = authority.sign("server", host, expired=trouble == "expired")
    believed = Authority(tmp_path, "other") if trouble == "wrong authority" else authority
    rest = OipServer()
    if scheme == "https":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(pair.certificate, pair.key)
        await rest.start(ssl_context=context)
        address = f"127.0.0.1:{rest.port}"
    else:
        key, certificate = pair.key.read_bytes(), pair.certificate.read_bytes()
        await worker.start(credentials=grpc.ssl_server_credentials([(key, certificate)]))
        address = worker.address
    config = RemoteConfig(
        url=f"{scheme}://{address}", model="gray", token="ours", ca_file=str(believed.certificate)
    )
    try:
        if trouble:
            with pytest.raises(LoadFailed, match=r"certificate|no connection"):
                await servers.describe(config)
            assert not worker.calls
            assert not rest.asked
        else:
            assert (await servers.describe(config)).inputs
    finally:
        await rest.stop()


async def test_certificates_that_cannot_be_read_are_told(servers: Servers) -> None:
    config = RemoteConfig(url="https://127.0.0.1:1", ca_file="/nowhere.pem")
    with pytest.raises(LoadFailed, match=r"remote.ca_file cannot be read"):
        await servers.describe(config)


# What model.toml may say.


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"url": "ftp://there:1"}, "is http"),
        ({"url": "http://"}, "is http"),
        ({"url": "http://user:s3cr3t@there:1"}, "holds no user"),
        ({"url": "http://there:1?x=1"}, "without a query"),
        ({"url": "http://there:port"}, "is no address"),
        ({"url": "grpc://there"}, "has a port"),
        ({"url": "grpc://there:1/path"}, "has a port"),
        ({"url": "http://there:1", "token": "ours"}, "goes by https or grpcs"),
        ({"url": "https://there:1", "token": "ours_file"}, "cannot end in _FILE"),
        ({"url": "https://there:1", "token": "a secret!"}, "match"),
        ({"url": "http://there:1", "ca_file": "/x"}, "is for https"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(values: dict[str, str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason) as refused:
        RemoteConfig(**values)
    assert "s3cr3t" not in refused.value.errors()[0]["msg"]


@pytest.mark.parametrize("url", ["http://localhost:1", "grpc://127.0.0.1:1", "http://[::1]:1/a/"])
def test_a_token_may_go_to_this_machine_in_clear(url: str) -> None:
    assert RemoteConfig(url=url, token="ours").url == url.rstrip("/")
