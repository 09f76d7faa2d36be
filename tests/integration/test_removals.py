"""Files of deleted uploads are removed, whatever else cannot be."""

import os
from pathlib import Path
from typing import Any

import pytest

from uploads.models import FileRemoval
from uploads.storage import local, removal

pytestmark = pytest.mark.django_db


def stuck(media: Path, name: str) -> FileRemoval:
    """A removal that fails each time: a file is in the place of a folder above it."""
    media.mkdir(exist_ok=True)
    (media / name).write_text("in the way")
    return FileRemoval.objects.create(prefix=f"{name}/images")


def test_removals_that_stick_hold_up_no_other(
    media: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(removal, "REMOVALS_A_ROUND", 3)
    for number in range(4):
        stuck(media, f"stuck{number}")
    FileRemoval.objects.create(prefix="../outside")
    folder = media / "1" / "upload1" / "images"
    folder.mkdir(parents=True)
    FileRemoval.objects.create(prefix="1/upload1")
    removal.remove_files()
    assert folder.exists()
    removal.remove_files()
    assert not folder.exists()
    for _ in range(4):
        removal.remove_files()
    told = [record for record in caplog.records if "not removed" in record.getMessage()]
    assert len(told) == 5
    (media / "stuck0").unlink()
    (media / "stuck0" / "images").mkdir(parents=True)
    for _ in range(2):
        removal.remove_files()
    assert not (media / "stuck0" / "images").exists()


def test_one_file_that_sticks_keeps_no_other_in_its_folder(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = media / "1" / "upload1" / "images"
    images.mkdir(parents=True)
    for name in "abc":
        (images / name).touch()
    unlink = os.unlink

    def sticky(path: Any, **options: Any) -> None:
        if Path(path).name == "b":
            raise PermissionError
        unlink(path, **options)

    monkeypatch.setattr(os, "unlink", sticky)
    with pytest.raises(PermissionError):
        local.remove("1/upload1")
    assert [path.name for path in images.iterdir()] == ["b"]
    monkeypatch.undo()
    local.remove("1/upload1")
    local.remove("1/upload1")
    assert not (media / "1" / "upload1").exists()
