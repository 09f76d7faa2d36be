"""A full disk is told from other trouble."""

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.db import OperationalError

from uploads.errors import StorageUnavailable
from uploads.storage import disk


def caused_by(cause: Exception, error: Exception | None = None) -> Exception:
    outer = OperationalError("The database fails.") if error is None else error
    outer.__cause__ = cause
    return outer


def sqlites(path: Path) -> sqlite3.OperationalError:
    """What SQLite says when its file may not grow."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as full:
        connection.execute("CREATE TABLE t AS SELECT zeroblob(1000000)")
    return full.value


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS])
def test_the_operating_systems_words_are_known(number: int) -> None:
    assert disk.is_full(OSError(number, "no"))
    assert disk.is_full(caused_by(OSError(number, "no"), StorageUnavailable()))


def test_the_databases_words_are_known(tmp_path: Path) -> None:
    assert disk.is_full(caused_by(sqlites(tmp_path / "db")))
    assert disk.is_full(caused_by(psycopg.errors.DiskFull("could not extend file")))


def test_other_trouble_is_no_full_disk(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "db")
    with pytest.raises(sqlite3.OperationalError) as missing:
        connection.execute("SELECT * FROM nothing")
    for error in (
        OSError("no number"),
        OSError(errno.ECONNRESET, "gone"),
        caused_by(missing.value),
        caused_by(psycopg.errors.AdminShutdown("bye")),
        ValueError(),
    ):
        assert not disk.is_full(error)


def test_a_disk_is_asked_to_take_bytes(tmp_path: Path, largest_file: Callable[[int], None]) -> None:
    assert disk.takes_bytes(tmp_path)
    assert not disk.takes_bytes(tmp_path / "nothing")
    largest_file(1000)
    assert not disk.takes_bytes(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("total", "free", "room"),
    [
        (10**12, 99_000_000, False),
        (10**12, 101_000_000, True),
        (20_000_000, 900_000, False),
        (20_000_000, 1_100_000, True),
    ],
)
def test_a_disk_with_hardly_any_room_is_a_full_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, total: int, free: int, room: bool
) -> None:
    usage = SimpleNamespace(total=total, used=total - free, free=free)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage)
    assert disk.takes_bytes(tmp_path) is room
