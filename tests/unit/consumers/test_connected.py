"""What comes for the sockets of a process is passed on to each."""

import asyncio
from typing import Any

import pytest

from consumers.socket import connected as module
from consumers.socket.connected import Connected


class Tab:
    """A socket; a closing one takes no message."""

    def __init__(self, *, is_closing: bool = False) -> None:
        self.messages: list[dict[str, Any]] = []
        self.seqs: list[int] = []
        self.told = asyncio.Event()
        self._is_closing = is_closing

    def told_up_to(self, seq: int) -> None:
        self.seqs.append(seq)
        self.told.set()

    async def tell(self, message: dict[str, Any]) -> None:
        if self._is_closing:
            raise RuntimeError("It is closing.")
        self.messages.append(message)

    def recheck(self) -> None:
        """Nothing to check."""


async def test_a_socket_that_is_closing_keeps_nothing_from_the_others() -> None:
    connected = Connected()
    tabs = [Tab(), Tab(is_closing=True), Tab()]
    connected._by_user[1] |= set(tabs)
    await connected._hear({"type": "progress", "user": 1, "message": {"stage": "read"}})
    assert [tab.messages for tab in tabs] == [[{"stage": "read"}], [], [{"stage": "read"}]]


async def test_what_is_queued_is_told_in_a_moment_and_what_has_ended_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "HELD_BACK_SECONDS", 0.01)
    connected, tab = Connected(), Tab()
    connected._by_user[1].add(tab)
    await connected._hear({"type": "wake", "seqs": [[1, 4]]})
    await connected._hear({"type": "wake", "seqs": [[1, 2]]})
    await connected._hear({"type": "hint", "seqs": [[1, 3]]})
    assert tab.seqs == [3]
    tab.told.clear()
    async with asyncio.timeout(20):
        await tab.told.wait()
    assert tab.seqs == [3, 4]


async def test_after_messages_may_have_been_missed_the_database_is_asked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("uploads.replay.newest_seqs", lambda users: dict.fromkeys(users, 7))
    connected, tab = Connected(), Tab()
    connected._by_user[1].add(tab)
    await connected._hear({"type": "resumed"})
    assert tab.seqs == [7]
