"""Whom the pipeline tells and wakes, and when."""

import asyncio
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db.models import Max

from consumers.worker import hints
from inference.engine import types
from tests.integration.conftest import Uploads
from uploads import bus
from uploads.models import Event, User

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_what_ends_at_once_is_told_by_one_message_with_its_beginning(
    ada: User, upload: Uploads, bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Mapping[int, int]] = []

    async def send(group: str, message: dict[str, Any]) -> None:
        assert (group, message["type"]) == (bus.SOCKETS, "hint")
        told.append(dict(message["seqs"]))

    await sync_to_async(upload)(ada, count=3)
    monkeypatch.setattr(bus, "_send", send)
    monkeypatch.setattr(hints, "HELD_BACK_SECONDS", 30)
    b = await bench()
    await b.work()
    newest = await Event.objects.filter(user_id=ada.pk).aaggregate(Max("seq"))
    assert told[-1] == {ada.pk: newest["seq__max"]}
    assert len(told) <= 3


async def test_what_goes_on_is_told_to_have_begun(
    ada: User, upload: Uploads, bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = asyncio.Event()

    async def hint(seqs: Mapping[int, int]) -> None:
        assert list(seqs) == [ada.pk]
        told.set()

    await sync_to_async(upload)(ada)
    monkeypatch.setattr(bus, "hint", hint)
    b = await bench(hold=True)
    await b.pipeline.claim_round()
    async with asyncio.timeout(20):
        await told.wait()
    b.engine.release()


async def test_what_is_given_back_is_looked_for_again_at_once(
    ada: User, upload: Uploads, bench: Any
) -> None:
    await sync_to_async(upload)(ada)
    b = await bench(script=types.GivenBack)
    b.pipeline.room.clear()
    await b.pipeline.claim_round()
    await b.pipeline.settle()
    assert b.pipeline.room.is_set()


async def test_an_ending_wakes_the_claims_only_where_there_was_no_room(
    ada: User, upload: Uploads, bench: Any
) -> None:
    await sync_to_async(upload)(ada, count=3)
    b = await bench(slots=2)
    await b.pipeline.claim_round()
    assert b.pipeline.may_be_more
    await b.pipeline.settle()
    await b.pipeline.claim_round()
    assert not b.pipeline.may_be_more
    b.pipeline.room.clear()
    await b.pipeline.settle()
    assert not b.pipeline.room.is_set()


async def test_an_ending_is_told_by_the_thread_that_has_committed_it(
    ada: User, upload: Uploads, bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, bool]] = []

    def at_once(group: str, message: dict[str, Any]) -> bool:
        told.append((message["type"], threading.current_thread() is threading.main_thread()))
        return True

    await sync_to_async(upload)(ada)
    layer: Any = get_channel_layer()
    monkeypatch.setattr(layer, "group_send_at_once", at_once, raising=False)
    monkeypatch.setattr(hints, "HELD_BACK_SECONDS", 30)
    b = await bench()
    await b.work()
    assert told == [("hint", False)]
