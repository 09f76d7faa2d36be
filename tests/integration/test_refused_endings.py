"""What a database refuses stops nothing but itself, and is refused on every database."""

import asyncio
import dataclasses
import functools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError

from consumers.worker import ending_writer
from consumers.worker.pipeline import Pipeline
from inference.engine import types
from tests.fakes.engine import FakeEngine, Script, succeed
from tests.integration.conftest import Uploads, predictions
from uploads import events
from uploads.models import Event, Prediction, Upload, User
from uploads.queue import lifecycle

pytestmark = [pytest.mark.django_db(transaction=True)]

NUL = "a\0b"
HALF_A_PAIR = "\ud83d"
DEEP: list[Any] = functools.reduce(lambda inner, _: [inner], range(2000), [])

Run = Callable[[Script], Any]


@pytest.fixture
async def run() -> AsyncIterator[Run]:
    """Claims once and writes what the script makes of it; gives the pipeline."""
    writers: list[asyncio.Task[None]] = []

    async def do(script: Script) -> Pipeline:
        engine = FakeEngine(script)
        await engine.start()
        pipeline = Pipeline("host:1:aa", "host:1", engine, [("ocr", "2")])
        writers.append(asyncio.create_task(pipeline.write_endings()))
        await pipeline.claim_round()
        await pipeline.settle()
        return pipeline

    yield do
    for writer in writers:
        writer.cancel()


async def rows(upload: Upload) -> list[Prediction]:
    return await sync_to_async(predictions)(upload)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"output": {"kind": "text", "text": NUL}}, id="NUL"),
        pytest.param({"output": {"kind": "text", NUL: ""}}, id="NUL in a name"),
        pytest.param({"output": {"kind": "text", "text": HALF_A_PAIR}}, id="half a pair"),
        pytest.param({"output": {"scores": [{"score": float("nan")}]}}, id="NaN"),
        pytest.param({"output": {"values": [float("-inf")]}}, id="infinity"),
        pytest.param({"output": {"values": [1 << 64]}}, id="huge integer"),
        pytest.param({"output": {"values": b"bytes"}}, id="bytes"),
        pytest.param({"output": {7: "no name"}}, id="a number for a name"),
        pytest.param({"output": {"values": DEEP}}, id="too deep"),
        pytest.param({"output_file": "a" * 500}, id="long path"),
        pytest.param({"output_file": NUL}, id="NUL in the path"),
        pytest.param({"provenance": {"model_sha256": "0" * 65}}, id="long hash"),
        pytest.param({"provenance": {"device": NUL}}, id="NUL in the provenance"),
    ],
)
async def test_a_result_that_no_database_keeps_fails_its_image_and_no_other(
    ada: User, upload: Uploads, run: Run, changes: dict[str, Any]
) -> None:
    stored = await sync_to_async(upload)(ada, count=3)
    bad = (await rows(stored))[1].pk

    def script(job: types.ImageJob) -> types.Outcome:
        outcome = succeed(job)
        assert isinstance(outcome, types.Succeeded)
        return dataclasses.replace(outcome, **changes) if job.id == bad else outcome

    await run(script)
    done = await rows(stored)
    assert [row.state for row in done] == ["succeeded", "failed", "succeeded"]
    assert (done[1].error_code, done[1].attempt) == ("invalid_output", 1)
    told = await Event.objects.aget(prediction_id=bad, kind="prediction.failed")
    assert told.error_code == "invalid_output"


async def test_a_failure_in_words_that_no_database_keeps_is_told_without_them(
    ada: User, upload: Uploads, run: Run
) -> None:
    stored = await sync_to_async(upload)(ada)

    def script(job: types.ImageJob) -> types.Outcome:
        message = f"It holds {NUL}{HALF_A_PAIR}." + "!" * 1000
        return types.Failed(job, "unreadable_image", message, types.FailureKind.PERMANENT)

    await run(script)
    (row,) = await rows(stored)
    assert (row.state, row.error_code) == ("failed", "unreadable_image")
    assert row.error_message.startswith("It holds a\ufffdb\ufffd.!")
    assert len(row.error_message) == 500


async def test_a_code_that_is_longer_than_its_column_is_not_written(
    ada: User, upload: Uploads, run: Run
) -> None:
    stored = await sync_to_async(upload)(ada)
    permanent = types.FailureKind.PERMANENT
    await run(lambda job: types.Failed(job, "c" * 51, "It failed.", permanent))
    (row,) = await rows(stored)
    assert (row.state, row.error_code) == ("failed", "invalid_output")


async def test_what_the_database_refuses_in_any_form_stops_no_other_and_is_let_go(
    ada: User, upload: Uploads, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await sync_to_async(upload)(ada, count=3)
    bad = (await rows(stored))[0].pk
    monkeypatch.setattr(ending_writer, "WRITE_RETRY_SECONDS", 0.001)
    monkeypatch.setattr(ending_writer, "MAX_REFUSALS", 3)
    finish = lifecycle.finish

    def choosy(endings: Any, log: events.Log) -> list[int]:
        if any(ending.id == bad for ending in endings):
            raise IntegrityError
        return finish(endings, log)

    monkeypatch.setattr(lifecycle, "finish", choosy)
    pipeline = await run(succeed)
    assert [row.state for row in await rows(stored)] == ["running", "succeeded", "succeeded"]
    # Nobody renews its lease any more: it will be taken back, and counted.
    assert pipeline.held() == []
