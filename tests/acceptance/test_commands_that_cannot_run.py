"""Commands of an operator who has made a mistake: one sentence, never a stack trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from project.env import ROOT


def refusal(*command: str, **settings: str) -> str:
    """What a command says that ends at once, with status 1."""
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", *command],
        env={**os.environ, **settings},  # noqa: TID251  # handed on, not read as settings
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr


@pytest.mark.parametrize("command", ["up", "web", "audit", "models"])
def test_a_wrong_setting_is_named(command: str, tmp_path: Path) -> None:
    said = refusal(command, DATA_DIR=str(tmp_path), GRPC_PORT="-1")
    assert said == "GRPC_PORT should be greater than or equal to 0.\n"


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for command in ("up", "audit"):
        said = refusal(command, DATA_DIR=str(tmp_path / "file" / "data"))
        assert said == "DATA_DIR should be a folder that this user may write to: Not a directory.\n"


@pytest.mark.parametrize("command", [["audit"], ["restored"], ["models"]])
def test_a_database_without_tables_is_to_be_set_up(command: list[str], tmp_path: Path) -> None:
    said = refusal(*command, DATA_DIR=str(tmp_path), DATABASE_URL="", REDIS_URL="")
    assert "The database is not set up for this release: run `manage.py setup`" in said
