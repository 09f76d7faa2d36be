"""Workers bring their engines to the wanted state, and the catalog tells what they have."""

import asyncio
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError

from consumers import reconcile
from consumers.database import in_database
from tests.folders import model_folder
from tests.integration.crew import Hand
from uploads import catalog, holdings, wanted
from uploads.events import Actor
from uploads.models import Model, ModelVersion, Worker
from uploads.wanted import Wanted

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with the models `bright` (1 and 2) and `grey`."""
    model_folder(tmp_path / "models", "bright", "1", "2")
    model_folder(tmp_path / "models", "grey")
    return tmp_path / "models"


async def command(name: str, wish: Wanted) -> int:
    return await sync_to_async(wanted.want)(name, wish, Actor())


async def state(name: str, version: str) -> tuple[str, str]:
    found = (await in_database(holdings.read)).status(name, version)
    return found.state, found.reason


async def versions() -> set[tuple[str, str]]:
    return await in_database(catalog.lanes)


async def test_a_worker_that_starts_tells_what_it_has(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    assert await versions() == {("bright", "1"), ("bright", "2"), ("grey", "1")}
    assert await state("bright", "2") == ("READY", "")
    assert sorted(hand.reconciler.lanes()) == sorted(await versions())
    held = (await Worker.objects.aget()).versions[0]
    assert (held["instances"], held["memory_bytes"]) == (1, 64 << 20)
    assert len(held["sha256"]) == 64


async def test_a_worker_that_starts_loads_nothing_that_is_unwanted(root: Path) -> None:
    await command("grey", Wanted.UNLOADED)
    hand = Hand(root)
    await hand.begin()
    assert hand.engine.calls == ["unload grey"]
    assert await state("grey", "1") == ("UNAVAILABLE", "unloaded")
    assert ("grey", "1") not in hand.reconciler.lanes()
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
    assert ("grey", "1") in hand.reconciler.lanes()


async def test_a_tick_never_waits_for_a_load(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    hand.engine.gate.clear()
    await command("grey", Wanted.LOADED)
    for _ in range(3):
        await hand.tick()
    assert hand.engine.calls == ["load grey"]
    assert ("grey", "1") in hand.reconciler.lanes()
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
    assert ("grey", "1") not in hand.reconciler.lanes()
    await command("grey", Wanted.LOADED)
    await hand.until_done()
    assert ("grey", "1") in hand.reconciler.lanes()


async def test_a_new_folder_is_served_after_a_load_and_not_before(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    model_folder(root, "fresh")
    await hand.until_done()
    assert ("fresh", "1") not in await versions()
    await command("fresh", Wanted.LOADED)
    await hand.until_done()
    assert ("fresh", "1") in await versions()
    assert ("fresh", "1") in hand.reconciler.lanes()


async def test_a_version_taken_out_of_its_folder_is_gone_after_a_load(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    assert (await in_database(catalog.choose, "bright", None)).version == "2"
    shutil.rmtree(root / "bright" / "2")
    await command("bright", Wanted.LOADED)
    await hand.until_done()
    assert (await in_database(catalog.choose, "bright", None)).version == "1"


async def test_two_workers_with_different_models_are_served_together(
    root: Path, tmp_path: Path
) -> None:
    model_folder(tmp_path / "others", "green")
    model_folder(tmp_path / "others", "bright", "1", "3")
    one, other = Hand(root), Hand(tmp_path / "others", "host:2:bb")
    await one.begin()
    await other.begin()
    await one.begin()
    assert await versions() == {
        *(("bright", number) for number in "123"),
        ("grey", "1"),
        ("green", "1"),
    }
    assert ("green", "1") not in one.reconciler.lanes()
    assert ("green", "1") in other.reconciler.lanes()
    await command("green", Wanted.LOADED)
    await one.until_done()
    await other.until_done()
    reached = {w.pk: w.reached["green"]["problem"] async for w in Worker.objects.all()}
    assert reached == {"host:1:aa": "model_not_found", "host:2:bb": ""}


async def test_one_ready_worker_makes_a_version_ready(root: Path) -> None:
    for name, rows in (
        ("host:1:aa", [holdings.Holding("grey", "1", "UNAVAILABLE", "broken")]),
        ("host:2:bb", [holdings.Holding("grey", "1", "LOADING")]),
    ):
        worker = Worker(id=name, host="host", pid=1, versions=[one.as_dict() for one in rows])
        await in_database(catalog.sign_of_life, worker)
        expected = ("UNAVAILABLE", "broken") if name == "host:1:aa" else ("LOADING", "")
        assert await state("grey", "1") == expected
    hand = Hand(root, "host:3:cc")
    await hand.begin()
    assert await state("grey", "1") == ("READY", "")


async def test_a_folder_that_cannot_be_used_is_seen_with_its_reason(root: Path) -> None:
    model_folder(root, "broken", config="output_kind = 'nonsense'")
    hand = Hand(root)
    await hand.begin()
    row = await Model.objects.aget(name="broken")
    assert (row.output_kind, await row.versions.acount()) == ("", 0)
    found, reason = await state("broken", "")
    assert found == "UNAVAILABLE"
    assert "output_kind" in reason
    model_folder(root, "broken")
    await command("broken", Wanted.LOADED)
    await hand.until_done()
    assert await state("broken", "1") == ("READY", "")


async def test_a_database_that_is_away_delays_a_command_and_loses_none(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(root)
    await hand.begin()
    publish, tries = catalog.publish, []

    def away_at_first(*args: Any, **options: Any) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise DatabaseError
        publish(*args, **options)

    monkeypatch.setattr(reconcile, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(catalog, "publish", away_at_first)
    await command("grey", Wanted.LOADED)
    await hand.until_done()
    assert len(tries) == 3
    assert (await Worker.objects.aget()).reached["grey"]["problem"] == ""


async def test_nobody_is_told_of_a_load_before_the_catalog_knows_of_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(root)
    await hand.begin()
    publish, begun, goes_on = catalog.publish, threading.Event(), threading.Event()

    def slow(*args: Any, **options: Any) -> None:
        begun.set()
        assert goes_on.wait(20)
        publish(*args, **options)

    monkeypatch.setattr(catalog, "publish", slow)
    model_folder(root, "fresh")
    await command("fresh", Wanted.LOADED)
    await hand.tick()
    assert await asyncio.to_thread(begun.wait, 20)
    await hand.tick()
    assert "fresh" not in (await Worker.objects.aget()).reached
    goes_on.set()
    await hand.until_done()
    assert (await Worker.objects.aget()).reached["fresh"]["generation"] == 1
    assert ("fresh", "1") in await versions()


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


async def test_what_the_catalog_says_is_repeated_in_case_it_is_forgotten(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(root)
    await hand.begin()
    await Model.objects.all().adelete()
    await hand.reconciler.publish_again()
    assert await versions() == set()
    monkeypatch.setattr(reconcile, "PUBLISH_SECONDS", 0.0)
    await hand.reconciler.publish_again()
    assert ("grey", "1") in await versions()
