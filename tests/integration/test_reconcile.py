"""Workers bring their engines to the desired state."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from consumers.worker import reconcile
from tests.integration.crew import Hand, command, state, versions
from uploads.catalog import offers
from uploads.catalog.desired import Desired
from uploads.models import ModelVersion, Worker

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_a_worker_that_starts_loads_nothing_that_is_unwanted(root: Path) -> None:
    await command("gray", Desired.UNLOADED)
    hand = Hand(root)
    await hand.begin()
    assert hand.engine.calls == ["unload gray"]
    assert await state("gray", "1") == ("UNAVAILABLE", "unloaded")
    assert ("gray", "1") not in hand.reconciler.versions()
    assert (await Worker.objects.aget()).observed["gray"]["generation"] == 1


async def test_commands_from_before_its_start_are_not_carried_out_again(root: Path) -> None:
    await command("gray", Desired.UNLOADED)
    await command("gray", Desired.LOADED)
    hand = Hand(root)
    await hand.begin()
    await hand.until_done()
    assert hand.engine.calls == []


async def test_each_load_reads_the_folder_anew(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    before = (await ModelVersion.objects.aget(model="gray")).sha256
    for number in (1, 2):
        (root / "gray" / "1" / "weights").write_text(f"other {number}")
        assert await command("gray", Desired.LOADED) == number
        await hand.until_done()
    assert hand.engine.calls == ["load gray"] * 2
    row = await ModelVersion.objects.aget(model="gray")
    assert row.sha256 != before
    assert row.sha256 == hand.engine.repository.models["gray"].versions["1"].sha256


async def test_a_load_that_fails_says_why_and_is_not_tried_for_ever(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    (root / "gray" / "model.toml").write_text("max_batch_size = 'many'")
    await command("gray", Desired.LOADED)
    await hand.until_done()
    await hand.until_done()
    assert hand.engine.calls == ["load gray"]
    observed = (await Worker.objects.aget()).observed["gray"]
    assert (observed["generation"], observed["problem"]) == (1, "load_failed")
    assert "max_batch_size" in observed["reason"]
    assert ("gray", "1") in await versions()
    assert ("gray", "1") in hand.reconciler.versions()


async def test_a_tick_never_waits_for_a_load(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    hand.engine.gate.clear()
    await command("gray", Desired.LOADED)
    for _ in range(3):
        await hand.tick()
    assert hand.engine.calls == ["load gray"]
    assert ("gray", "1") in hand.reconciler.versions()
    await command("bright", Desired.UNLOADED)
    await hand.tick()
    await asyncio.sleep(0)
    assert hand.engine.calls == ["load gray", "unload bright"]
    hand.engine.gate.set()
    await hand.until_done()


async def test_of_many_commands_under_a_slow_load_the_last_one_counts(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    hand.engine.gate.clear()
    await command("gray", Desired.LOADED)
    await hand.tick()
    await command("gray", Desired.UNLOADED)
    await command("gray", Desired.LOADED)
    await command("gray", Desired.UNLOADED)
    await hand.tick()
    hand.engine.gate.set()
    await hand.until_done()
    assert hand.engine.calls == ["load gray", "unload gray"]
    assert await state("gray", "1") == ("UNAVAILABLE", "unloaded")


async def test_what_shall_go_is_not_claimed_for_from_that_moment(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    await command("gray", Desired.UNLOADED)
    await hand.tick()
    assert hand.changed.is_set()
    assert ("gray", "1") not in hand.reconciler.versions()
    await command("gray", Desired.LOADED)
    await hand.until_done()
    assert ("gray", "1") in hand.reconciler.versions()


async def test_a_database_that_is_away_delays_a_command_and_loses_none(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(root)
    await hand.begin()
    publish, tries = offers.publish, []

    def away_at_first(*args: Any, **options: Any) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise DatabaseError
        publish(*args, **options)

    monkeypatch.setattr(reconcile, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(offers, "publish", away_at_first)
    await command("gray", Desired.LOADED)
    await hand.until_done()
    assert len(tries) == 3
    assert (await Worker.objects.aget()).observed["gray"]["problem"] == ""


async def test_a_defect_of_the_engine_ends_the_command_and_not_the_worker(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(root)
    await hand.begin()

    async def broken(name: str) -> None:
        raise RuntimeError(name)

    monkeypatch.setattr(hand.engine, "load", broken)
    await command("gray", Desired.LOADED)
    await hand.until_done()
    assert (await Worker.objects.aget()).observed["gray"]["problem"] == "load_failed"


async def test_a_worker_that_stops_leaves_its_commands(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    hand.engine.gate.clear()
    await command("gray", Desired.LOADED)
    await hand.tick()
    async with asyncio.timeout(5):
        await hand.reconciler.stop()
    assert hand.reconciler._observed.get("gray") is None
