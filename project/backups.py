"""The database in one file, while it is in use, and back again.

SQLite by its own online copy, PostgreSQL by `pg_dump` and `pg_restore`.
"""

import os
import sqlite3
import subprocess
from pathlib import Path
from typing import Final

from django.db import connection

_SQLITE: Final = b"SQLite format 3\0"
_POSTGRESQL: Final = b"PGDMP"
_OF_THE_DRIVER: Final = frozenset({"autocommit", "client_encoding", "prepare_threshold"})


class BackupFailed(Exception):
    """The database could not be copied, or not be brought back: a sentence that says why."""


def back_up(path: Path) -> None:
    """Writes the database as it is at this moment into a new file, for its owner alone.

    Raises:
        BackupFailed: there is such a file, or it cannot be written.
    """
    if path.exists():
        raise BackupFailed(f"{path} is there already: name a new file.")
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        draft.touch(mode=0o600)
        if connection.vendor == "sqlite":
            _copy(Path(connection.settings_dict["NAME"]), draft)
        else:
            _run("pg_dump", "--format=custom", f"--file={draft}")
        _flush(draft)
        draft.rename(path)
        _flush(path.parent)
    except OSError as error:
        raise BackupFailed(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)


def bring_back(path: Path) -> None:
    """Makes the database what it was when this file was written.

    To be called while nothing else uses it.

    Raises:
        BackupFailed: it is no copy of such a database, or cannot be brought back; the database is
            as it was before.
    """
    is_sqlite = connection.vendor == "sqlite"
    try:
        with path.open("rb") as file:
            head = file.read(len(_SQLITE))
    except OSError as error:
        raise BackupFailed(f"{path} cannot be read: {error.strerror}.") from error
    if not head.startswith(_SQLITE if is_sqlite else _POSTGRESQL):
        kind = "SQLite" if is_sqlite else "PostgreSQL"
        raise BackupFailed(f"{path} is no copy of a database of {kind}.")
    if is_sqlite:
        connection.close()
        _exchange(path, Path(connection.settings_dict["NAME"]))
    else:
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", path)


def _copy(source: Path, target: Path) -> None:
    try:
        with (
            sqlite3.connect(f"file:{source}?mode=ro", uri=True) as origin,
            sqlite3.connect(target) as copy,
        ):
            # In one step: it would begin anew whenever somebody writes in between.
            origin.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode = DELETE")
            _check(copy)
    except sqlite3.Error as error:
        raise BackupFailed(f"The database cannot be copied: {error}.") from error


def _exchange(path: Path, database: Path) -> None:
    draft = database.with_name(f".{database.name}.draft")
    draft.unlink(missing_ok=True)
    _copy(path, draft)
    draft.chmod(0o600)
    _flush(draft)
    # What the old one has not yet taken from them would be put into the new one.
    for suffix in ("-wal", "-shm", "-journal"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    draft.rename(database)
    _flush(database.parent)


def _check(database: sqlite3.Connection) -> None:
    (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise BackupFailed(f"The database is damaged: {found}.")


def _run(program: str, *arguments: str | Path) -> None:
    """Runs one of PostgreSQL's programs on this database; its password goes by the environment."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415  # where there is PostgreSQL

    given = connection.get_connection_params()
    # As it was set: what the driver adds, programs of an older release do not know.
    where = {
        name: str(value)
        for name, value in given.items()
        if isinstance(value, str | int) and name not in _OF_THE_DRIVER
    }
    password = {"PGPASSWORD": where.pop("password")} if "password" in where else {}
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
    ours = os.environ  # noqa: TID251  # handed on to the program, not read here
    try:
        done = subprocess.run(  # noqa: S603  # the operator's own database and file
            [program, "--no-password", f"--dbname={make_conninfo(**where)}", *arguments],
            env={**ours, **password},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise BackupFailed(f"{program} is missing: install PostgreSQL's client.") from error
    if done.returncode:
        raise BackupFailed(f"{program} failed: {done.stderr.strip()}")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
