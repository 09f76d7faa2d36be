"""Hints to sockets: one message for what comes together."""

import pytest

from consumers.worker.hints import Hints
from uploads import bus


async def test_what_is_told_late_never_goes_back_behind_what_is_newer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[dict[int, int]] = []

    async def hint(seqs: dict[int, int]) -> None:
        told.append(seqs)

    monkeypatch.setattr(bus, "hint", hint)
    hints = Hints()
    hints.soon({1: 11, 2: 5})
    await hints.now({1: 10, 3: 7})
    assert told == [{1: 11, 2: 5, 3: 7}]
