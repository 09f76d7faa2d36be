"""Workers bring their engines to the wanted state."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from consumers.worker import reconcile
from tests.integration.crew import Hand, command, state, versions
from uploads.catalog import offers
from uploads.catalog.desired import Wanted
from uploads.models import ModelVersion, Worker

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_a_worker_that_starts_loads_nothing_that_is_unwanted(root: Path) -> None:
    await command("grey", Wanted.UNLOADED)
    hand = Hand(root)
    await hand.begin()
    assert hand.engine.calls == ["unload grey"]
    assert await state("grey", "1") == ("UNAVAILABLE", "unloaded")
    assert ("grey", "1") not in hand.reconciler.versions()
    assert (await Worker.objects.aget()).reached["grey"]["generation"] == 1


async def test_commands_from_before_its_start_are_not_carried_out_again(root: Path) -> None:
    await command("grey", Wanted.UNLOADED)
    await command("grey", Wanted.LOADED)
    hand = Hand(root)
    await hand.begin()
    await hand.until_done()
    assert hand.engine.calls == []


async def test_each_load_reads_the_folder_anew(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    before = (await ModelVersion.objects.aget(model="grey")).sha256
    for number in (1, 2):
        (root / "grey" / "1" / "weights").write_text(f"other {number}")
        assert await command("grey", Wanted.LOADED) == number
        await hand.until_done()
    assert hand.engine.calls == ["load grey"] * 2
    row = await ModelVersion.objects.aget(model="grey")
    assert row.sha256 != before
    assert row.sha256 == hand.engine.repository.models["grey"].versions["1"].sha256


async def test_a_load_that_fails_says_why_and_is_not_tried_for_ever(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    (root / "grey" / "model.toml").write_text("max_batch_size = 'many'")
    await command("grey", Wanted.LOADED)
    await hand.until_done()
    await hand.until_done()
    assert hand.engine.calls == ["load grey"]
    reached = (await Worker.objects.aget()).reached["grey"]
    assert (reached["generation"], reached["problem"]) == (1, "load_failed")
    assert "max_batch_size" in reached["reason"]
    assert ("grey", "1") in await versions()
    assert ("grey", "1") in hand.reconciler.versions()


async def test_a_tick_never_waits_for_a_load(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    hand.engine.gate.clear()
    await command("grey", Wanted.LOADED)
    for _ in range(3):
        await hand.tick()
    assert hand.engine.calls == ["load grey"]
    assert ("grey", "1") in hand.reconciler.versions()
    await command("bright", Wanted.UNLOADED)
    await hand.tick()
    await asyncio.sleep(0)
    assert hand.engine.calls == ["load grey", "unload bright"]
    hand.engine.gate.set()
    await hand.until_done()


async def test_of_many_commands_under_a_slow_load_the_last_one_counts(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    hand.engine.gate.clear()
    await command("grey", Wanted.LOADED)
    await hand.tick()
    await command("grey", Wanted.UNLOADED)
    await command("grey", Wanted.LOADED)
    await command("grey", Wanted.UNLOADED)
    await hand.tick()
    hand.engine.gate.set()
    await hand.until_done()
    assert hand.engine.calls == ["load grey", "unload grey"]
    assert await state("grey", "1") == ("UNAVAILABLE", "unloaded")


async def test_what_shall_go_is_not_claimed_for_from_that_moment(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    await command("grey", Wanted.UNLOADED)
    await hand.tick()
    assert hand.changed.is_set()
    assert ("grey", "1") not in hand.reconciler.versions()
    await command("grey", Wanted.LOADED)
    await hand.until_done()
    assert ("grey", "1") in hand.reconciler.versions()


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
    await command("grey", Wanted.LOADED)
    await hand.until_done()
    assert len(tries) == 3
    assert (await Worker.objects.aget()).reached["grey"]["problem"] == ""


async def test_a_defect_of_the_engine_ends_the_command_and_not_the_worker(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(root)
    await hand.begin()

    async def broken(name: str) -> None:
        raise RuntimeError(name)

    monkeypatch.setattr(hand.engine, "load", broken)
    await command("grey", Wanted.LOADED)
    await hand.until_done()
    assert (await Worker.objects.aget()).reached["grey"]["problem"] == "load_failed"


async def test_a_worker_that_stops_leaves_its_commands(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    hand.engine.gate.clear()
    await command("grey", Wanted.LOADED)
    await hand.tick()
    async with asyncio.timeout(5):
        await hand.reconciler.stop()
    assert hand.reconciler._reached.get("grey") is None
