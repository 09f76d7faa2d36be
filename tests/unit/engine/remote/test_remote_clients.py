"""What clients of other servers say by gRPC, and what they make of answers."""

import asyncio
import contextlib
from typing import Any

import numpy as np
import pytest

from inference.engine.errors import (
    JobFailure,
    LoadFailed,
    ModelCrashed,
    ModelFailed,
    ModelUnavailable,
)
from inference.engine.remote_config import RemoteConfig
from inference.oip.errors import Status
from inference.oip.messages import ModelInferRequest, message
from inference.remote.servers import Servers
from tests.fakes.grpc_worker import GrpcWorker, refusing, saying
from tests.unit.engine.processes import until
from tests.unit.engine.remote.clients import PIXELS, SCORES, Serve, scores


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
