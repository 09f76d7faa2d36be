"""The catalog tells what the workers have, and how it stands with them."""

import asyncio
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from consumers.database import in_database
from consumers.worker import reconcile
from tests.folders import model_folder
from tests.integration.crew import Hand, command, state, versions
from uploads.catalog import holdings, offers
from uploads.catalog.desired import Desired
from uploads.models import Model, Worker

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_a_worker_that_starts_tells_what_it_has(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    assert await versions() == {("bright", "1"), ("bright", "2"), ("gray", "1")}
    assert await state("bright", "2") == ("READY", "")
    assert sorted(hand.reconciler.versions()) == sorted(await versions())
    held = (await Worker.objects.aget()).versions[0]
    assert (held["instances"], held["memory_bytes"]) == (1, 64 << 20)
    assert len(held["sha256"]) == 64


async def test_a_new_folder_is_served_after_a_load_and_not_before(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    model_folder(root, "fresh")
    await hand.until_done()
    assert ("fresh", "1") not in await versions()
    await command("fresh", Desired.LOADED)
    await hand.until_done()
    assert ("fresh", "1") in await versions()
    assert ("fresh", "1") in hand.reconciler.versions()


async def test_a_version_taken_out_of_its_folder_is_gone_after_a_load(root: Path) -> None:
    hand = Hand(root)
    await hand.begin()
    assert (await in_database(offers.choose, "bright", None)).version == "2"
    shutil.rmtree(root / "bright" / "2")
    await command("bright", Desired.LOADED)
    await hand.until_done()
    assert (await in_database(offers.choose, "bright", None)).version == "1"


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
        ("gray", "1"),
        ("green", "1"),
    }
    assert ("green", "1") not in one.reconciler.versions()
    assert ("green", "1") in other.reconciler.versions()
    await command("green", Desired.LOADED)
    await one.until_done()
    await other.until_done()
    observed = {w.pk: w.observed["green"]["problem"] async for w in Worker.objects.all()}
    assert observed == {"host:1:aa": "model_not_found", "host:2:bb": ""}


async def test_one_ready_worker_makes_a_version_ready(root: Path) -> None:
    for name, rows in (
        ("host:1:aa", [holdings.Holding("gray", "1", "UNAVAILABLE", "broken")]),
        ("host:2:bb", [holdings.Holding("gray", "1", "LOADING")]),
    ):
        worker = Worker(id=name, host="host", pid=1, versions=[one.as_dict() for one in rows])
        await in_database(offers.heartbeat, worker)
        expected = ("UNAVAILABLE", "broken") if name == "host:1:aa" else ("LOADING", "")
        assert await state("gray", "1") == expected
    hand = Hand(root, "host:3:cc")
    await hand.begin()
    assert await state("gray", "1") == ("READY", "")


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
    await command("broken", Desired.LOADED)
    await hand.until_done()
    assert await state("broken", "1") == ("READY", "")


async def test_nobody_is_told_of_a_load_before_the_catalog_knows_of_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(root)
    await hand.begin()
    publish, begun, goes_on = offers.publish, threading.Event(), threading.Event()

    def slow(*args: Any, **options: Any) -> None:
        begun.set()
        assert goes_on.wait(20)
        publish(*args, **options)

    monkeypatch.setattr(offers, "publish", slow)
    model_folder(root, "fresh")
    await command("fresh", Desired.LOADED)
    await hand.tick()
    assert await asyncio.to_thread(begun.wait, 20)
    await hand.tick()
    assert "fresh" not in (await Worker.objects.aget()).observed
    goes_on.set()
    await hand.until_done()
    assert (await Worker.objects.aget()).observed["fresh"]["generation"] == 1
    assert ("fresh", "1") in await versions()


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
    assert ("gray", "1") in await versions()
