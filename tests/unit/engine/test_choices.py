"""Parameters that are a choice among files beside a model, and models that lack such files."""

import shutil
from pathlib import Path

import pytest

from inference.engine.model_folder import NotOffered, read_model
from inference.engine.repository import Repository
from tests.unit.engine.folders import VALID, make_model

CHOICES = """
choices.artist = ["*.pth", "*.tar", "!encoder.pth"]
params.properties.artist = {type = "string", title = "Artist"}
"""


def folder_with(root: Path, *files: str, config: str = CHOICES) -> Path:
    folder = make_model(root, config=f"{VALID}{config}")
    for name in files:
        (folder / "1" / name).write_bytes(b"")
    return folder


def test_files_of_a_version_are_what_may_be_chosen(tmp_path: Path) -> None:
    files = ("Monet.tar", "Klimt.pth", "encoder.pth", "notes.txt", ".hidden.pth")
    config = read_model(folder_with(tmp_path, *files)).config
    artist = config.params["properties"]["artist"]
    assert artist == {
        "type": "string",
        "title": "Artist",
        "enum": ["Klimt", "Monet"],
        "default": "Klimt",
    }
    assert config.refusal({"artist": "Monet"}) is None
    assert config.refusal({"artist": "encoder"})


def test_a_model_without_files_to_choose_is_not_offered_and_is_no_problem(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "encoder.pth")
    with pytest.raises(NotOffered, match="there is no file to choose as artist"):
        read_model(folder)
    repository = Repository([folder.parent])
    assert not repository.models
    assert not repository.problems


def test_a_model_is_offered_once_a_file_is_there(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    repository = Repository([folder.parent])
    (folder / "1" / "Klimt.pth").write_bytes(b"")
    repository.keep(repository.read(folder.name))
    assert list(repository.models) == [folder.name]


def test_of_two_versions_the_one_without_files_is_left_out(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "Klimt.pth")
    (folder / "2").mkdir()
    assert list(read_model(folder).versions) == ["1"]


def test_the_shipped_model_of_artists_waits_for_its_first_one(tmp_path: Path) -> None:
    shipped = Path(__file__).resolve().parents[3] / "inference" / "models" / "style-adain"
    folder = tmp_path / "style-adain"
    shutil.copytree(shipped, folder, ignore=shutil.ignore_patterns("*.pth", "*.tar"))
    (folder / "1" / "vgg_normalised.pth").write_bytes(b"")
    with pytest.raises(NotOffered):
        read_model(folder)
    (folder / "1" / "Klimt.tar").write_bytes(b"")
    assert read_model(folder).config.params["properties"]["artist"]["enum"] == ["Klimt"]
