"""Nothing temporary of a model outlives its process, also where nobody could tidy up."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from inference.engine import temporary_folder
from inference.engine.temporary_folder import NEW_SECONDS, TemporaryFolder

HOLD = """
import sys, time
from inference.engine.temporary_folder import TemporaryFolder
folder = TemporaryFolder()
(folder.path / "photo").write_bytes(b"of somebody")
print(folder.path, flush=True)
time.sleep(600)
"""


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def age(path: Path) -> None:
    then = path.stat().st_mtime - NEW_SECONDS - 1
    os.utime(path, (then, then))


def test_the_folder_of_a_process_that_was_killed_is_removed_and_that_of_a_living_one_stays(
    folders: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD],
        stdout=subprocess.PIPE,
        text=True,
        env={"TMPDIR": str(folders), "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        path = Path(process.stdout.readline().strip())
        age(path)
        temporary_folder.remove_left_over()
        assert (path / "photo").exists()
        process.send_signal(signal.SIGKILL)
    temporary_folder.remove_left_over()
    assert list(folders.iterdir()) == []


def test_a_folder_that_may_not_be_locked_yet_stays(folders: Path) -> None:
    path = folders / f"{temporary_folder.PREFIX}new"
    path.mkdir()
    temporary_folder.remove_left_over()
    assert path.exists()


def test_what_only_has_the_name_is_left_alone(folders: Path) -> None:
    elsewhere = folders / "elsewhere"
    elsewhere.mkdir()
    link = folders / f"{temporary_folder.PREFIX}link"
    link.symlink_to(elsewhere)
    file = folders / f"{temporary_folder.PREFIX}file"
    file.touch()
    for one in (elsewhere, file):
        age(one)
    temporary_folder.remove_left_over()
    assert elsewhere.exists()
    assert file.exists()


def test_a_folder_is_removed_with_what_is_in_it(folders: Path) -> None:
    folder = TemporaryFolder()
    (folder.path / "inner").mkdir()
    folder.remove()
    assert list(folders.iterdir()) == []
