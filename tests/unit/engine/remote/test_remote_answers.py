"""Answers of servers that make no sense, or have no end."""

import asyncio
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from inference.engine.status import State
from inference.engine.types import Failed, FailureKind, Outcome, Succeeded
from tests.fakes.oip_server import OipServer, answer
from tests.unit.engine.outcomes import failure
from tests.unit.engine.remote.gray import (
    Asked,
    fails,
)
from tests.unit.engine.speakers import status

pytestmark = pytest.mark.slow


def gives(content: bytes, **headers: str) -> Any:
    async def behave(_request: web.Request) -> web.Response:
        return web.Response(body=content, headers=headers)

    return behave


def says(**changes: Any) -> Any:
    async def behave(_request: web.Request) -> web.Response:
        return answer(np.array([[0.25, 0.75]], np.float32), **changes)

    return behave


LENGTH = "Inference-Header-Content-Length"


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(fails(500), id="an error"),
        pytest.param(gives(b"<html>"), id="no JSON"),
        pytest.param(gives(b"[" * 100_000), id="deep JSON"),
        pytest.param(gives(b"{}"), id="no outputs"),
        pytest.param(gives(b"{}", **{LENGTH: "9" * 30}), id="a length that is none"),
        pytest.param(gives(b"x", **{"Content-Encoding": "gzip"}), id="compressed"),
        pytest.param(says(name="others"), id="another name"),
        pytest.param(says(datatype="FP64"), id="another datatype"),
        pytest.param(says(datatype=[]), id="no datatype"),
        pytest.param(says(shape=[1, 3]), id="another shape"),
        pytest.param(says(shape=[2, 1]), id="another batch"),
        pytest.param(says(shape=[1, -2]), id="a negative size"),
        pytest.param(says(shape=[2**39, 2**39]), id="a huge shape"),
        pytest.param(says(parameters={"binary_data_size": 1 << 40}), id="missing bytes"),
        pytest.param(says(parameters={"binary_data_size": -8}), id="fewer than no bytes"),
    ],
)
async def test_an_answer_that_makes_no_sense_fails_its_photo_as_a_model_of_ours_would(
    remote: Asked, server: OipServer, behave: Any
) -> None:
    server.infer = behave
    engine = await remote()
    outcome = await engine.predict(engine.job("gray"))
    assert failure(outcome) == ("model_error", FailureKind.TRANSIENT)
    assert status(engine).state is State.READY
    server.infer = None
    assert isinstance(await engine.predict(engine.job("gray")), Succeeded)


async def test_scores_that_are_no_numbers_fail_their_photo_alone(
    remote: Asked, server: OipServer
) -> None:
    async def not_a_number(_request: web.Request) -> web.Response:
        return answer(np.array([[np.nan, np.inf]], np.float32))

    server.infer = not_a_number
    engine = await remote()
    outcome: Outcome = await engine.predict(engine.job("gray"))
    assert isinstance(outcome, Failed)
    assert outcome.kind is not FailureKind.INFRASTRUCTURE


async def test_an_answer_without_an_end_is_cut_off(
    remote: Asked, server: OipServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.remote.rest_client.MAX_RESPONSE_BYTES", 1 << 20)

    async def floods(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1000):
            await response.write(b"x" * (1 << 20))
        return response

    server.infer = floods
    engine = await remote()
    outcome = await engine.predict(engine.job("gray"))
    assert failure(outcome) == ("model_error", FailureKind.TRANSIENT)


async def test_an_answer_that_drips_ends_with_its_time(remote: Asked, server: OipServer) -> None:
    async def drips(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.02)

    server.infer = drips
    engine = await remote(seconds=0.5)
    outcome = await engine.predict(engine.job("gray"))
    assert failure(outcome) == ("timeout", FailureKind.TIMEOUT)
