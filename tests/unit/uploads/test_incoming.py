"""Files that are being received, and what is left of them."""

import os
from pathlib import Path

from uploads.api.parts import ReceivedFile
from uploads.storage import incoming


def aged(path: Path) -> Path:
    """The same file as if it had been there for a minute."""
    past = path.stat().st_mtime - 60
    os.utime(path, (past, past))
    return path


def test_what_a_dead_process_has_left_is_removed_and_nothing_else(media: Path) -> None:
    left = incoming.ready_folder() / "tmpabandoned"
    left.write_bytes(b"half a photo")
    young = incoming.ready_folder() / "tmpyoung"
    young.touch()
    arriving = ReceivedFile("image/png")
    mine = aged(Path(arriving.temporary_file_path()))
    aged(left)
    incoming.remove_abandoned()
    assert sorted(incoming.ready_folder().iterdir()) == sorted([mine, young])
    arriving.close()
    assert list(incoming.ready_folder().iterdir()) == [young]


def test_without_a_folder_there_is_nothing_to_remove(media: Path) -> None:
    incoming.remove_abandoned()
    assert not media.exists()


def test_a_file_that_was_moved_away_is_left_in_peace(media: Path) -> None:
    file = ReceivedFile("image/png")
    kept = Path(file.temporary_file_path()).rename(incoming.ready_folder() / "kept")
    file.close()
    del file
    assert list(incoming.ready_folder().iterdir()) == [kept]
