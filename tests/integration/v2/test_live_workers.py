"""What the web knows of the workers: asked of the catalog, rarely."""

import asyncio
import threading
from typing import Any

import pytest
from django.db import OperationalError

from consumers.database import in_database
from consumers.oip import workers as workers_module
from consumers.oip.forwarding import Forwarder
from tests.integration.v2.calling import Start, call
from uploads.models import Worker

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whatever the catalog is asked; an exception put into it is what it answers from then on."""
    made: list[Any] = []
    read = workers_module._live

    def noted() -> Any:
        made.append(read)
        for one in made:
            if isinstance(one, Exception):
                raise one
        return read()

    monkeypatch.setattr(workers_module, "_live", noted)
    return made


async def test_the_catalog_is_asked_once_for_many_calls(
    start: Start, forwarder: Forwarder, reads: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers_module, "FRESH_SECONDS", 3600)
    await start("one")
    await asyncio.gather(*(forwarder.call(call()) for _ in range(20)))
    await forwarder.call(call())
    assert len(reads) == 1
    forwarder.expect_change()
    await forwarder.call(call())
    assert len(reads) == 2


async def test_a_change_during_a_reading_is_found_by_the_next_call(
    start: Start, forwarder: Forwarder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers_module, "FRESH_SECONDS", 3600)
    begun, goes_on = threading.Event(), threading.Event()
    read = workers_module._live

    def slow() -> Any:
        found = read()
        begun.set()
        assert goes_on.wait(30)
        return found

    monkeypatch.setattr(workers_module, "_live", slow)
    early = asyncio.create_task(forwarder.has_workers())
    await asyncio.to_thread(begun.wait, 30)
    await start("one")
    forwarder.expect_change()
    goes_on.set()
    assert not await early
    assert await forwarder.has_workers()


async def test_without_the_database_the_known_workers_go_on(
    start: Start, forwarder: Forwarder, reads: list[Any]
) -> None:
    await start("one")
    await forwarder.call(call())
    reads.append(OperationalError())
    forwarder.expect_change()
    assert await forwarder.call(call()) == b"x"
    assert len(reads) == 3


async def test_who_is_called_off_does_not_call_off_the_others_reading(
    start: Start, forwarder: Forwarder
) -> None:
    await start("one")
    first = asyncio.create_task(forwarder.call(call()))
    second = asyncio.create_task(forwarder.call(call()))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == b"x"


async def test_the_channel_to_a_worker_that_left_is_closed_once_it_is_idle(
    start: Start, forwarder: Forwarder
) -> None:
    leaving = await start("leaving")
    leaving.hold()
    waiting = asyncio.create_task(forwarder.call(call()))
    await leaving.called.wait()
    await in_database(Worker.objects.filter(pk="leaving").delete)
    await start("other")
    forwarder.expect_change()
    await forwarder.call(call())
    assert leaving.address in forwarder._routes
    leaving.release()
    assert await waiting == b"x"
    await forwarder.call(call())
    assert leaving.address not in forwarder._routes
