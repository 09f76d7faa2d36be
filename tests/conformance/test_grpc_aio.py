"""Every call of the public client's asynchronous gRPC side, unmodified."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
import tritonclient.grpc.aio as triton
from tritonclient.grpc import InferRequestedOutput
from tritonclient.grpc.aio import InferenceServerClient
from tritonclient.utils import InferenceServerException

from tests.conformance.asking import SUM, images, scores, steps, summands
from tests.conformance.conftest import Served
from tests.photos import tiny

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture
async def client(served: Served) -> AsyncIterator[InferenceServerClient]:
    async with triton.InferenceServerClient(served.grpc_url) as one:
        yield one


async def test_the_server_and_its_models_tell_of_themselves(
    client: InferenceServerClient, served: Served
) -> None:
    who = served.headers
    assert await client.is_server_live()
    assert await client.is_server_ready()
    assert (await client.get_server_metadata()).name == "darkroom"
    assert await client.is_model_ready("adder", "stable", headers=who)
    assert not await client.is_model_ready("nobody", headers=who)
    assert list((await client.get_model_metadata("adder", headers=who)).versions) == ["1", "2"]
    assert (await client.get_model_config("adder", headers=who)).config.max_batch_size == 8
    index = await client.get_model_repository_index(headers=who)
    assert ("adder", "2", "READY") in {(one.name, one.version, one.state) for one in index.models}
    statistics = await client.get_inference_statistics("adder", headers=who)
    assert [one.version for one in statistics.model_stats] == ["1", "2"]


@pytest.mark.parametrize("algorithm", [None, "gzip", "deflate"])
async def test_tensors_are_computed(
    client: InferenceServerClient, served: Served, algorithm: str | None
) -> None:
    answer = await client.infer(
        "adder",
        summands(),
        model_version="1",
        outputs=[InferRequestedOutput("sum")],
        request_id="seven",
        compression_algorithm=algorithm,
        headers=served.headers,
    )
    assert answer.get_response().id == "seven"
    assert np.array_equal(answer.as_numpy("sum"), SUM)


async def test_many_calls_at_once_are_each_answered_with_their_own(
    client: InferenceServerClient, served: Served
) -> None:
    shades = list(range(0, 250, 5))
    answers = await asyncio.gather(
        *(
            client.infer("brightness", [images(tiny(shade))], headers=served.headers)
            for shade in shades
        )
    )
    told = [scores(answer)[0] for answer in answers]
    assert told == pytest.approx([shade / 255 for shade in shades], abs=1e-6)


async def test_a_canceled_call_frees_its_model(
    client: InferenceServerClient, served: Served
) -> None:
    call = asyncio.create_task(client.infer("patient", [steps(6000)], headers=served.headers))
    await asyncio.sleep(0.2)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await client.infer("patient", [steps(1)], headers=served.headers, client_timeout=30)


async def test_a_call_has_a_deadline(client: InferenceServerClient, served: Served) -> None:
    with pytest.raises(InferenceServerException, match="Deadline Exceeded"):
        await client.infer("patient", [steps(6000)], headers=served.headers, client_timeout=0.5)
    await client.infer("patient", [steps(1)], headers=served.headers, client_timeout=30)


async def test_a_stream_answers_requests_and_errors_and_goes_on(
    client: InferenceServerClient, served: Served
) -> None:
    async def requests() -> AsyncIterator[dict[str, Any]]:
        for number in range(10):
            inputs = summands()[: 1 if number == 5 else 2]
            yield {
                "model_name": "adder",
                "model_version": "1",
                "inputs": inputs,
                "request_id": str(number),
            }

    told = [one async for one in client.stream_infer(requests(), headers=served.headers)]
    errors = [str(error) for _, error in told if error]
    assert errors == ["Input 'b' is missing: the model takes a, b."]
    answers = {one.get_response().id: one.as_numpy("sum") for one, error in told if not error}
    assert sorted(map(int, answers)) == [0, 1, 2, 3, 4, 6, 7, 8, 9]
    assert all(np.array_equal(answer, SUM) for answer in answers.values())


async def test_a_canceled_stream_frees_its_model(
    client: InferenceServerClient, served: Served
) -> None:
    async def requests() -> AsyncIterator[dict[str, Any]]:
        yield {"model_name": "patient", "inputs": [steps(6000)]}
        await asyncio.sleep(3600)

    stream = client.stream_infer(requests(), headers=served.headers)
    reading = asyncio.ensure_future(anext(aiter(stream)))
    await asyncio.sleep(0.2)
    assert stream.cancel()
    await asyncio.wait([reading])
    with pytest.raises((asyncio.CancelledError, InferenceServerException)):
        reading.result()
    await client.infer("patient", [steps(1)], headers=served.headers, client_timeout=30)


async def test_a_manager_loads_and_unloads(client: InferenceServerClient, served: Served) -> None:
    await client.unload_model("negative", headers=served.staff_headers)
    with pytest.raises(InferenceServerException, match="The model negative is unloaded"):
        await client.infer("negative", [images(tiny())], headers=served.headers)
    await client.load_model("negative", headers=served.staff_headers)
    await client.infer("negative", [images(tiny())], headers=served.headers)
    with pytest.raises(InferenceServerException, match=r"uploads\.manage_models"):
        await client.load_model("negative", headers=served.headers)


async def test_what_is_not_served_is_unimplemented(
    client: InferenceServerClient, served: Served
) -> None:
    who = served.headers
    for call in (
        client.get_trace_settings(headers=who),
        client.update_trace_settings(settings={}, headers=who),
        client.get_log_settings(headers=who),
        client.update_log_settings({}, headers=who),
        client.get_system_shared_memory_status(headers=who),
        client.register_system_shared_memory("x", "/x", 8, headers=who),
        client.unregister_system_shared_memory(headers=who),
        client.get_cuda_shared_memory_status(headers=who),
        client.register_cuda_shared_memory("x", b"", 0, 8, headers=who),
        client.unregister_cuda_shared_memory(headers=who),
    ):
        with pytest.raises(InferenceServerException) as raised:
            await call
        assert raised.value.status() == "StatusCode.UNIMPLEMENTED"
