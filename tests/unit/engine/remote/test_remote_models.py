"""Models that another server computes: what goes there, what comes back, what is refused."""

import asyncio
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from inference.engine.types import Succeeded
from tests.fakes.oip_server import METADATA, OipServer, answer
from tests.unit.engine.outcomes import labels
from tests.unit.engine.remote.gray import (
    TENSORS,
    Asked,
    refused,
)

pytestmark = pytest.mark.slow


async def test_a_server_computes_photos_with_our_preprocessing_and_labels(
    remote: Asked, server: OipServer
) -> None:
    engine = await remote()
    outcome = await engine.predict(engine.job("gray", 255))
    assert labels(outcome) == pytest.approx({"bright": 1 / 3, "dark": 2 / 3}, abs=1e-6)
    assert isinstance(outcome, Succeeded)
    assert outcome.provenance["device"] == "remote"
    assert server.batches == [1]


async def test_what_waits_together_goes_out_in_one_request(
    remote: Asked, server: OipServer
) -> None:
    engine = await remote("[batching]\nmax_queue_delay_ms = 500\n")
    tasks = engine.submit([engine.job("gray", number) for number in (60, 120, 180, 240)])
    scores = [labels(await task)["bright"] for task in tasks]
    assert scores == pytest.approx([number / 255 / 3 for number in (60, 120, 180, 240)], abs=1e-6)
    assert server.batches == [4]


async def test_a_server_without_binary_data_is_sent_json(remote: Asked, server: OipServer) -> None:
    server.extensions = []

    async def in_json(request: web.Request) -> web.Response:
        (one,) = (await request.json())["inputs"]
        server.batches.append(one["shape"][0])
        return answer(np.array([[0.25, 0.75]], np.float32), is_binary=False)

    server.infer = in_json
    engine = await remote()
    outcome = await engine.predict(engine.job("gray"))
    assert labels(outcome) == pytest.approx({"dark": 0.75, "bright": 0.25})
    assert server.batches == [1]


async def test_declared_tensors_are_held_against_the_servers(
    remote: Asked, server: OipServer
) -> None:
    engine = await remote(TENSORS.format(datatype="FP16", shape=[2]))
    assert await refused(engine) == "the server's is FP32, not FP16."


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"outputs": []}, "which of them?"),
        (
            {"inputs": [{"name": "a", "datatype": "FP32", "shape": [-1, 3, 8, 8]}]},
            "gives [3, 4, 4], not [3, 8, 8]",
        ),
        (
            {"inputs": [{"name": "a", "datatype": "BF16", "shape": [-1, 3, 4, 4]}]},
            "is of a datatype that cannot be served.",
        ),
        ({"inputs": "pixels"}, "its answer is not understood: inputs is not a list of objects."),
        (
            {"inputs": [{"name": "a", "datatype": "FP32", "shape": [-1, 1e30]}]},
            "a shape in it has a size that is none.",
        ),
        (
            {"inputs": [{"name": "a", "datatype": "FP32", "shape": [-1, -7]}]},
            "a shape in it has a size that is none.",
        ),
    ],
)
async def test_metadata_that_does_not_fit_is_told_at_the_load(
    remote: Asked, server: OipServer, changes: dict[str, Any], reason: str
) -> None:
    server.metadata = METADATA | changes
    engine = await remote()
    assert (await refused(engine)).endswith(reason)


async def test_a_batch_larger_than_the_servers_is_told_at_the_load(
    remote: Asked, server: OipServer
) -> None:
    server.max_batch_size = 2
    assert await refused(await remote()) == "the server takes 2, not 4."


async def test_a_photo_is_canceled_while_its_server_computes(
    remote: Asked, server: OipServer
) -> None:
    async def hangs(_request: web.Request) -> web.Response:
        await asyncio.sleep(60)
        raise AssertionError

    server.infer = hangs
    engine = await remote()
    engine.engine._cancel_seconds = 0.2
    (task,) = engine.submit([engine.job("gray")])
    await server.asked_to_infer.wait()
    engine.engine.cancel(1, 1)
    async with asyncio.timeout(20):
        assert type(await task).__name__ == "Canceled"
