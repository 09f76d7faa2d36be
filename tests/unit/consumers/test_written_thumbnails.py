"""Thumbnails of what is still computed: when they are told of, and which."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from consumers.worker import thumbnails
from consumers.worker.thumbnails import WrittenThumbnails
from tests.unit.consumers.test_reporter import a_claim
from uploads import bus
from uploads.queue.held import Claim
from uploads.storage import missing_thumbnails
from uploads.storage.missing_thumbnails import Thumbnail


class Told:
    """What was noted, call by call."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.images: list[list[int]] = []
        self.seqs: asyncio.Queue[Mapping[int, int]] = asyncio.Queue()

        def note_made(made: Mapping[int, Thumbnail]) -> dict[int, int]:
            self.images.append(sorted(made))
            return {1: len(self.images)}

        monkeypatch.setattr(missing_thumbnails, "note_made", note_made)
        monkeypatch.setattr(bus, "hint", self.seqs.put)

    async def something(self) -> None:
        async with asyncio.timeout(20):
            await self.seqs.get()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(monkeypatch)


def of(number: int) -> Claim:
    return replace(a_claim(), id=number, image_id=number)


async def test_only_what_has_been_there_for_its_time_is_told(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = WrittenThumbnails(None)
    monkeypatch.setattr(thumbnails, "HELD_BACK_SECONDS", 0.01)
    written.written(of(1), "one")
    monkeypatch.setattr(thumbnails, "HELD_BACK_SECONDS", 60)
    written.written(of(2), "two")
    await told.something()
    assert told.images == [[1]]


async def test_what_has_ended_is_not_told_and_what_came_after_it_is(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = WrittenThumbnails(None)
    monkeypatch.setattr(thumbnails, "HELD_BACK_SECONDS", 0.01)
    written.written(of(1), "one")
    written.written(of(2), "two")
    written.ended(of(1))
    await told.something()
    assert told.images == [[2]]
