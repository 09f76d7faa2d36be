"""Folders of a repository that hold what no database keeps and no protocol sends."""

import os
from pathlib import Path

import pytest

from inference.engine.repository import Repository

KEPT = 'output_kind = "labels"\n'


def folder_of(root: Path, config: str = KEPT, version: str = "1") -> Path:
    folder = root / "odd"
    (folder / version).mkdir(parents=True)
    (folder / "model.toml").write_text(config)
    (folder / version / "model.py").touch()
    return folder


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ('description = "a\\u0000b"', "description: holds text with NUL"),
        ('platform = "a\\u0000b"', "platform: holds text with NUL"),
        ("timeout_seconds = nan", "timeout_seconds: holds nan"),
        ("timeout_seconds = inf", "timeout_seconds: holds inf"),
        (f"instances.count = {1 << 64}", "instances: holds an integer of more than 64 bits"),
        ('[params]\ndefault = "\\u0000"', "params: holds text with NUL"),
        ("[params]\nminimum = nan", "params: holds nan"),
        ("[params]\nconst = 2026-01-01", "params: holds date"),
        (f"[params]\nconst = {'[' * 40}{']' * 40}", "params: holds more than 32 levels"),
        (f"[labels]\n{'a' * 101} = '1'", "labels"),
    ],
)
def test_a_configuration_that_nobody_could_be_told_is_refused_by_its_key(
    tmp_path: Path, config: str, told: str
) -> None:
    folder_of(tmp_path, KEPT + config)
    problem = Repository([tmp_path]).problems["odd"]
    assert told in str(problem)


def test_a_version_with_a_number_that_is_too_long_is_refused(tmp_path: Path) -> None:
    folder_of(tmp_path, version="1" * 21)
    assert "at most 20 digits" in str(Repository([tmp_path]).problems["odd"])


def test_names_that_are_no_text_harm_nothing(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "1" / os.fsdecode(b"weights\xff.bin")).touch()
    folder_of(tmp_path / "beside").rename(tmp_path / os.fsdecode(b"gr\xffy"))
    repository = Repository([tmp_path])
    assert len(repository.models["odd"].versions["1"].sha256) == 64
    problem = repository.problems["gr\ufffdy"]
    assert str(problem).encode()
