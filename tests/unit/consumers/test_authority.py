"""A socket asks whether its sign-in has ended until the database has answered."""

import asyncio
from collections.abc import Callable
from typing import Any, cast
from unittest.mock import Mock

import pytest
from django.db import OperationalError

from consumers.socket import progress
from consumers.socket.progress import SIGNED_OUT, ProgressConsumer
from uploads.sign_in.identity import Identity

Answer = Callable[[], bool]


class Tab(ProgressConsumer):
    """A signed-in socket that notes how it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.identity = cast(Identity, Mock())
        self.closed_with: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        self.identity = None
        self.closed_with.set_result(code)


def answering(monkeypatch: pytest.MonkeyPatch, *answers: Answer) -> list[Answer]:
    """Has the database answer so, one after the other; gives what it has not been asked yet."""
    left = list(answers)

    async def asked(_call: Any, _sid: Any) -> bool:
        await asyncio.sleep(0)
        return left.pop(0)()

    monkeypatch.setattr(progress, "in_database", asked)
    monkeypatch.setattr(progress, "RETRY_SECONDS", 0)
    return left


def gone() -> bool:
    raise OperationalError("gone")


async def test_a_database_that_is_away_keeps_no_sign_out_from_closing_a_socket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = answering(monkeypatch, gone, gone, lambda: False)
    tab = Tab()
    tab.recheck()
    async with asyncio.timeout(10):
        assert await tab.closed_with == SIGNED_OUT
    assert not left


async def test_a_sign_out_while_the_database_is_asked_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tab = Tab()

    def still_live() -> bool:
        tab.recheck()
        tab.recheck()
        return True

    answering(monkeypatch, still_live, lambda: False)
    tab.recheck()
    async with asyncio.timeout(10):
        assert await tab.closed_with == SIGNED_OUT


async def test_what_a_socket_does_beside_is_not_kept_when_it_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answering(monkeypatch, lambda: True)
    tab = Tab()
    tab.recheck()
    await asyncio.wait(tab.beside.tasks)
    await asyncio.sleep(0)
    assert not tab.beside.tasks
