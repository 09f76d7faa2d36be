"""Load and unload as commands: they wait for every worker, and say what became of them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from consumers import control
from tests.folders import model_folder
from tests.integration.crew import Hand
from uploads.errors import ModelNotFound
from uploads.events import Actor
from uploads.models import Event, ModelCommand, Worker

pytestmark = [pytest.mark.django_db(transaction=True)]

BOSS = Actor(id=7, address="192.0.2.7", client="tests")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    model_folder(tmp_path / "models", "gray")
    return tmp_path / "models"


async def test_a_command_returns_when_every_worker_has_followed_and_not_before(
    root: Path, working: Any
) -> None:
    hands = [Hand(root), Hand(root, "host:2:bb")]
    await working(*hands)
    hands[1].engine.gate.clear()
    with pytest.raises(control.Unfinished):
        await control.load("gray", BOSS, timeout=1)
    assert [hand.engine.calls for hand in hands] == [["load gray"]] * 2
    hands[1].engine.gate.set()
    await control.unload("gray", BOSS)
    assert [hand.engine.calls for hand in hands] == [["load gray", "unload gray"]] * 2


async def test_every_command_is_a_fact_with_its_actor(root: Path, working: Any) -> None:
    await working(Hand(root))
    await control.unload("gray", BOSS)
    await control.load("gray", Actor())
    facts = [event async for event in Event.objects.order_by("pk")]
    assert [(one.kind, one.actor_id, one.model, one.seq) for one in facts] == [
        ("model.unload_requested", 7, "gray", None),
        ("model.load_requested", None, "gray", None),
    ]
    assert facts[0].address == "192.0.2.7"
    assert [one.facts["generation"] for one in facts] == [1, 2]
    row = await ModelCommand.objects.aget()
    assert (row.desired, row.generation, row.actor_id) == ("loaded", 2, None)


async def test_a_load_that_failed_says_why(root: Path, working: Any) -> None:
    await working(Hand(root), Hand(root, "host:2:bb"))
    (root / "gray" / "model.toml").write_text("nonsense = 1")
    with pytest.raises(control.LoadFailed, match=r"model\.toml: nonsense"):
        await control.load("gray", BOSS)


async def test_a_model_that_no_worker_has_is_not_found(root: Path, working: Any) -> None:
    await working(Hand(root))
    for command in (control.load, control.unload):
        with pytest.raises(ModelNotFound, match="'red'"):
            await command("red", BOSS)


@pytest.mark.parametrize("name", ["", "..", "a/b", "x" * 101, "A", "\0", "a\n"])
async def test_what_can_be_no_model_s_name_is_not_even_written(name: str) -> None:
    with pytest.raises(ModelNotFound):
        await control.load(name, BOSS)
    assert await ModelCommand.objects.acount() == 0


async def test_a_model_that_one_worker_lacks_is_loaded_by_the_other(
    root: Path, tmp_path: Path, working: Any
) -> None:
    one, other = Hand(root), Hand(tmp_path / "nothing", "host:2:bb")
    await working(one, other)
    await control.load("gray", BOSS)
    assert other.engine.calls == ["load gray"]


async def test_without_a_worker_the_wish_is_kept(root: Path) -> None:
    with pytest.raises(control.NoWorkers):
        await control.unload("gray", BOSS)
    hand = Hand(root)
    await hand.begin()
    assert hand.engine.calls == ["unload gray"]


async def test_a_worker_that_dies_or_drains_is_not_waited_for(root: Path, working: Any) -> None:
    await working(Hand(root))
    long_ago = timezone.now() - timedelta(minutes=1)
    await Worker.objects.acreate(id="host:8:dead", host="host", pid=8, seen_at=long_ago)
    await Worker.objects.acreate(id="host:9:going", host="host", pid=9, draining=True)
    await control.load("gray", BOSS, timeout=10)


async def test_a_command_that_takes_too_long_is_given_up_and_goes_on(
    root: Path, working: Any
) -> None:
    hand = Hand(root)
    await working(hand)
    hand.engine.gate.clear()
    with pytest.raises(control.Unfinished):
        await control.load("gray", BOSS, timeout=0.2)
    hand.engine.gate.set()
    await control.load("gray", BOSS)
