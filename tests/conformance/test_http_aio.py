"""An unchanged tritonclient.http.aio."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
import tritonclient.http as triton
import tritonclient.http.aio as triton_aio
from tritonclient.utils import InferenceServerException

from tests.conformance.asking_http import A, B, echo_inputs, inputs
from tests.conformance.conftest import Served

pytestmark = pytest.mark.slow


@pytest.fixture
async def aio(http_url: str) -> AsyncIterator[Any]:
    async with triton_aio.InferenceServerClient(http_url) as client:
        yield client


async def test_the_asynchronous_client_gets_the_same_answers(aio: Any, served: Served) -> None:
    mine = {"headers": served.headers}
    assert await aio.is_server_live()
    assert await aio.is_server_ready()
    assert await aio.is_model_ready("adder", **mine)
    assert not await aio.is_model_ready("nobody", **mine)
    assert (await aio.get_server_metadata())["name"] == "darkroom"
    assert (await aio.get_model_metadata("adder", **mine))["name"] == "adder"
    assert (await aio.get_model_config("adder", **mine))["max_batch_size"] == 8
    assert (await aio.get_model_repository_index(**mine))[0]["name"] == "adder"
    statistics = await aio.get_inference_statistics("adder", **mine)
    assert statistics["model_stats"][0]["name"] == "adder"
    for call in (
        aio.get_log_settings(**mine),
        aio.get_trace_settings(**mine),
        aio.get_system_shared_memory_status(**mine),
        aio.get_cuda_shared_memory_status(**mine),
    ):
        with pytest.raises(InferenceServerException) as raised:
            await call
        assert raised.value.status() == "501"


async def test_the_asynchronous_client_loads_and_unloads(aio: Any, served: Served) -> None:
    staff = {"headers": served.staff_headers}
    await aio.unload_model("fragile", **staff)
    assert not await aio.is_model_ready("fragile", **staff)
    await aio.load_model("fragile", **staff)
    assert await aio.is_model_ready("fragile", **staff)
    with pytest.raises(InferenceServerException) as raised:
        await aio.load_model("adder", headers=served.headers)
    assert raised.value.status() == "403"


@pytest.mark.parametrize("coding", [None, "gzip", "deflate"])
async def test_the_asynchronous_client_infers(aio: Any, served: Served, coding: str | None) -> None:
    async def one(number: int) -> None:
        result = await aio.infer(
            "adder",
            inputs(a=A + number),
            model_version="1",
            headers=dict(served.headers),
            request_compression_algorithm=coding,
            response_compression_algorithm=coding,
        )
        np.testing.assert_array_equal(result.as_numpy("sum"), A + number + B)

    await asyncio.gather(*(one(number) for number in range(8)))


async def test_the_asynchronous_client_reads_a_large_answer_that_it_may_get_compressed(
    aio: Any, served: Served
) -> None:
    given = [one for one in echo_inputs() if one.name() != "in_INT32"]
    large = np.arange(50_000, dtype=np.int32)
    tensor = triton.InferInput("in_INT32", large.shape, "INT32")
    tensor.set_data_from_numpy(large)
    result = await aio.infer("echo", [*given, tensor], headers=served.headers)
    np.testing.assert_array_equal(result.as_numpy("out_INT32"), large)
