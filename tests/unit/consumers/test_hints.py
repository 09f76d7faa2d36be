"""Hints to sockets: one message for what comes together."""

import asyncio

import pytest

from consumers.worker import hints
from consumers.worker.hints import Hints
from uploads import bus


async def test_what_an_ending_has_told_is_not_told_again_and_what_is_newer_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[dict[int, int]] = []
    is_told = asyncio.Event()

    async def hint(seqs: dict[int, int]) -> None:
        told.append(seqs)
        is_told.set()

    monkeypatch.setattr(bus, "hint", hint)
    monkeypatch.setattr(hints, "HELD_BACK_SECONDS", 0)
    some = Hints()
    some.soon({1: 11, 2: 5})
    some.told({1: 10, 2: 7, 3: 7})
    async with asyncio.timeout(20):
        await is_told.wait()
    assert told == [{1: 11}]
