"""Nothing is lost or overwritten by what happens at the same time."""

import asyncio
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from consumers import control
from consumers.database import in_database
from tests.folders import model_folder
from tests.integration.crew import Hand, command, versions
from uploads.catalog import desired, offers
from uploads.catalog.desired import Desired
from uploads.errors import ModelNotFound
from uploads.events import Actor
from uploads.models import ModelCommand

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_a_load_commanded_while_folders_were_read_is_carried_out(root: Path) -> None:
    await command("gray", Desired.LOADED)
    hand = Hand(root)
    await hand.reconciler.read_desired()
    await command("gray", Desired.LOADED)
    await hand.reconciler.begin()
    await hand.until_done()
    assert hand.engine.calls == ["load gray"]


async def test_what_only_another_repository_has_stays_though_its_worker_is_away(
    root: Path, tmp_path: Path
) -> None:
    model_folder(tmp_path / "others", "bright", "1", "3")
    other = Hand(tmp_path / "others", "host:2:bb")
    await other.begin()
    await in_database(offers.deregister, other.row)
    one = Hand(root)
    await one.begin()
    await command("bright", Desired.LOADED)
    await one.until_done()
    assert ("bright", "3") in await versions()


async def test_a_version_that_all_let_go_of_at_once_is_gone_soon(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = [Hand(root), Hand(root, "host:2:bb")]
    for hand in hands:
        await hand.begin()
    shutil.rmtree(root / "bright" / "2")
    await command("bright", Desired.LOADED)
    for hand in hands:
        hand.reconciler.apply(await in_database(desired.desired_states))
        await hand.reconciler._under_way["bright"]
    for hand in hands:
        await hand.tick()
    monkeypatch.setattr("consumers.worker.reconcile.PUBLISH_SECONDS", 0.0)
    await hands[0].reconciler.publish_again()
    assert ("bright", "2") not in await versions()


async def test_an_older_picture_is_never_published_over_a_newer_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(root)
    await hand.begin()
    publish, begun, goes_on = offers.publish, threading.Event(), threading.Event()
    seen: list[set[str]] = []

    def slow_at_first(entries: Any, *args: Any, **options: Any) -> None:
        if not seen:
            begun.set()
        seen.append({one.version for entry in entries for one in entry.versions})
        if len(seen) == 1:
            assert goes_on.wait(20)
        publish(entries, *args, **options)

    monkeypatch.setattr(offers, "publish", slow_at_first)
    shutil.rmtree(root / "gray")
    model_folder(root, "gray", "7")
    await command("gray", Desired.LOADED)
    monkeypatch.setattr("consumers.worker.reconcile.PUBLISH_SECONDS", 0.0)
    older = asyncio.create_task(hand.reconciler.publish_again())
    assert await asyncio.to_thread(begun.wait, 20)
    await hand.tick()
    follow = hand.reconciler._under_way["gray"]
    done, _ = await asyncio.wait([follow], timeout=0.3)
    assert not done
    assert len(seen) == 1
    goes_on.set()
    await asyncio.gather(older, follow)
    assert "7" in seen[-1]
    assert {number for name, number in await versions() if name == "gray"} == {"7"}


async def test_a_mistyped_name_leaves_no_wish_and_a_later_folder_is_served(
    root: Path, working: Any
) -> None:
    hand = Hand(root)
    await working(hand)
    for one in (control.unload, control.load, control.unload):
        with pytest.raises(ModelNotFound):
            await one("fresh", Actor())
        assert not await ModelCommand.objects.aexists()
    model_folder(root, "fresh")
    await control.load("fresh", Actor())
    assert hand.engine.calls == ["unload fresh", "load fresh", "unload fresh", "load fresh"]
    assert ("fresh", "1") in hand.reconciler.versions()


async def test_a_wish_that_has_replaced_a_mistyped_one_stays(root: Path) -> None:
    first = await command("fresh", Desired.UNLOADED)
    await command("fresh", Desired.UNLOADED)
    await in_database(desired.withdraw, "fresh", first)
    assert (await ModelCommand.objects.aget()).generation == 2
