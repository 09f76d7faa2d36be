"""Progress is throttled, and what is told is the latest."""

import asyncio
from typing import Any

import pytest

from consumers.worker import reporter as reporter_module
from consumers.worker.reporter import Reporter, message_of
from inference.engine.types import Progress
from uploads.queue.held import Claim


def a_claim() -> Claim:
    return Claim(
        id=7,
        attempt=2,
        user_id=3,
        upload_id=5,
        image_id=6,
        model="ocr",
        model_version="1",
        version_named=False,
        params={},
        image_path="3/upload5/images/0-a.png",
        is_purged=False,
        image_type="",
        wants_thumbnail=False,
        upload_path="3/upload5",
        suspect=False,
        queue_ms=0,
    )


def step(fraction: float, partial: dict[str, Any] | None = None) -> Progress:
    return Progress(7, 2, "detect", fraction, partial)


class Heard:
    """Keeps what was published."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    async def __call__(self, user_id: int, message: dict[str, Any]) -> None:
        assert user_id == 3
        self.messages.append(message)


async def test_what_ends_within_a_quarter_of_a_second_tells_no_progress() -> None:
    heard = Heard()
    reporter = Reporter(heard)
    reporter.begin(a_claim())
    reporter.report(a_claim(), step(0.5))
    reporter.end(a_claim())
    await asyncio.sleep(0.3)
    assert heard.messages == []


async def test_at_most_four_a_second_are_told_and_the_latest_wins() -> None:
    heard = Heard()
    reporter = Reporter(heard)
    now = asyncio.get_running_loop().time
    began, reported = now(), 0
    reporter.begin(a_claim())
    while len(heard.messages) < 3:
        reported += 1
        reporter.report(a_claim(), step(reported / 10_000))
        await asyncio.sleep(0.01)
    reporter.end(a_claim())
    assert now() - began > 3 * 0.25 - 0.01
    fractions = [message["fraction"] for message in heard.messages]
    assert fractions == sorted(set(fractions))
    # What is being sent may be one report behind.
    assert fractions[-1] >= (reported - 1) / 10_000


async def test_reports_of_what_was_never_begun_are_ignored() -> None:
    heard = Heard()
    Reporter(heard).report(a_claim(), step(0.5))
    await asyncio.sleep(0.01)
    assert heard.messages == []


@pytest.mark.parametrize(("size", "told"), [(100, True), (20_000, False)])
def test_a_partial_result_beyond_16_kib_is_left_out(size: int, told: bool) -> None:
    message = message_of(a_claim(), step(0.5, {"text": "x" * size}))
    assert ("partial" in message) is told
    assert message["attempt"] == 2


def test_the_throttle_is_the_contracts() -> None:
    assert reporter_module.INTERVAL_SECONDS >= 0.25
    assert reporter_module.QUIET_SECONDS >= 0.25
