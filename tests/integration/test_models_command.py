"""`manage.py models`: the table, the commands, and the check."""

import asyncio
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from tests.folders import model_folder
from tests.integration.crew import Hand
from uploads.catalog import desired, offers
from uploads.errors import ModelUnavailable
from uploads.events import Actor
from uploads.models import Event, ModelVersion, Worker

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def root(tmp_path: Path, settings: Any) -> Path:
    root = tmp_path / "models"
    model_folder(root, "bright", "1", "2", config='output_kind = "labels"\nlabels.stable = 1\n')
    model_folder(root, "gray")
    settings.MODEL_REPOSITORIES = [root]
    return root


@pytest.fixture
def working(root: Path) -> Iterator[None]:
    """A worker that ticks beside the test until it is over."""
    begun, over = threading.Event(), threading.Event()

    async def work() -> None:
        hand = Hand(root)
        await hand.begin()
        begun.set()
        ticking = asyncio.create_task(hand.keep_ticking())
        await asyncio.to_thread(over.wait)
        hand.stop()
        await ticking

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    assert begun.wait(20)
    yield
    over.set()
    thread.join()


def models(*args: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("models", *args, stdout=out)
    return out.getvalue()


def refused(*args: str) -> tuple[str, str]:
    """Why the command fails, and what it printed before."""
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("models", *args, stdout=out)
    return str(failed.value), out.getvalue()


def test_check_says_that_the_server_of_a_model_is_away(root: Path) -> None:
    (root / "far").mkdir()
    (root / "far" / "model.toml").write_text(
        """
        backend = "remote"
        output_kind = "raw"
        remote = { url = "http://127.0.0.1:1" }
        preprocessing = { width = 4, height = 4 }
        interpretation = { kind = "raw" }
        """
    )
    reason, printed = refused("check")
    assert reason == "The models are not as they must be."
    assert printed == (
        "far 1: http://127.0.0.1:1: there is no connection: connection refused.\n"
        "3 models, 1 problems\n"
    )


def test_the_list_of_an_empty_catalog_says_so() -> None:
    assert models() == "The catalog is empty: no worker has run yet.\n"


def test_the_list_is_a_table_of_every_version(root: Path) -> None:
    hand = Hand(root)
    async_to_sync(hand.begin)()
    head, *rows = models("list").splitlines()
    assert [row.split()[:3] for row in rows] == [
        ["bright", "2", "READY"],
        ["bright", "1", "READY"],
        ["gray", "1", "READY"],
    ]
    assert rows[1][head.index("labels") :].startswith("stable ")
    assert rows[0][head.index("memory") :].startswith("64 MiB")
    assert rows[0][head.index("workers") :].startswith("1 ")


def test_the_list_needs_no_worker(root: Path) -> None:
    hand = Hand(root)
    async_to_sync(hand.begin)()
    hand.row.delete()
    desired.set_desired("gray", desired.Desired.UNLOADED, Actor())
    rows = models("list").splitlines()[1:]
    assert all("UNAVAILABLE" in row for row in rows)
    assert [row.split()[3] for row in rows] == ["loaded", "loaded", "unloaded"]


def test_load_and_unload_wait_and_show_the_model(working: None) -> None:
    assert "unloaded" in models("unload", "gray").splitlines()[1]
    table = models("load", "gray").splitlines()
    assert [row.split()[:3] for row in table[1:]] == [["gray", "1", "READY"]]
    assert set(Event.objects.values_list("client", flat=True)) == {"manage.py models"}


def test_a_load_that_failed_says_why(root: Path, working: None) -> None:
    (root / "gray" / "model.toml").write_text("backend = 'abacus'")
    why, _ = refused("load", "gray")
    assert "model.toml: backend" in why


def test_an_unknown_model_is_not_found(working: None) -> None:
    for verb in ("load", "unload"):
        assert "'red'" in refused(verb, "red")[0]


def test_without_a_worker_a_command_says_so() -> None:
    assert "No worker runs now" in refused("load", "gray")[0]


def test_a_sound_repository_is_checked_without_a_worker(root: Path) -> None:
    assert models("check") == "2 models, 0 problems\n"


def test_every_problem_is_told_with_file_key_and_reason(root: Path) -> None:
    model_folder(root, "odd", config='backend = "abacus"\n')
    model_folder(root, "many", config="output_kind = 'labels'\nmax_batch_size = -1\n")
    why, printed = refused("check")
    assert why == "The models are not as they must be."
    lines = printed.splitlines()
    assert lines[-1] == "2 models, 2 problems"
    assert any(line.startswith(f"{root}/odd/model.toml: backend: ") for line in lines)
    assert any(line.startswith(f"{root}/many/model.toml: max_batch_size: ") for line in lines)


def test_weights_that_changed_behind_the_workers_are_told(root: Path) -> None:
    async_to_sync(Hand(root).begin)()
    assert "0 problems" in models("check")
    (root / "gray" / "1" / "weights").write_text("other")
    _, printed = refused("check")
    recorded = ModelVersion.objects.get(model="gray").sha256
    assert recorded in printed.splitlines()[0]
    assert printed.startswith(f"{root}/gray/1: sha256: ")


def test_the_list_tells_why_a_folder_is_not_served(root: Path) -> None:
    async_to_sync(Hand(root).begin)()
    Worker.objects.all().delete()
    (root / "gray" / "model.toml").write_text("backend = 'abacus'")
    async_to_sync(Hand(root, "host:2:bb").begin)()
    rows = [row for row in models("list").splitlines() if row.startswith("gray")]
    assert len(rows) == 2
    assert all("UNAVAILABLE" in row and "model.toml: backend" in row for row in rows)
    with pytest.raises(ModelUnavailable):
        offers.choose("gray", None)
    assert offers.choose("bright", None).version == "2"


def test_a_repository_is_checked_without_a_database(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("no such table")

    monkeypatch.setattr(ModelVersion.objects, "values_list", away)
    assert models("check") == "2 models, 0 problems\n"
    model_folder(root, "odd", config='backend = "abacus"\n')
    why, printed = refused("check")
    assert why == "The models are not as they must be."
    assert printed.startswith(f"{root}/odd/model.toml: backend: ")
