"""Files that are being received, and what is left of them."""

import os
from pathlib import Path

from uploads.api.parts import ReceivedFile
from uploads.storage import local


def aged(path: Path) -> Path:
    """The same file as if it had been there for a minute."""
    past = path.stat().st_mtime - 60
    os.utime(path, (past, past))
    return path


def test_what_a_dead_process_has_left_is_removed_and_nothing_else(media: Path) -> None:
    left = local.incoming() / "tmpabandoned"
    left.write_bytes(b"half a photo")
    young = local.incoming() / "tmpyoung"
    young.touch()
    arriving = ReceivedFile("image/png")
    mine = aged(Path(arriving.temporary_file_path()))
    aged(left)
    local.remove_abandoned()
    assert sorted(local.incoming().iterdir()) == sorted([mine, young])
    arriving.close()
    assert list(local.incoming().iterdir()) == [young]


def test_without_a_folder_there_is_nothing_to_remove(media: Path) -> None:
    local.remove_abandoned()
    assert not media.exists()


def test_a_file_that_was_moved_away_is_left_in_peace(media: Path) -> None:
    file = ReceivedFile("image/png")
    kept = Path(file.temporary_file_path()).rename(local.incoming() / "kept")
    file.close()
    del file
    assert list(local.incoming().iterdir()) == [kept]
