"""Puts a sound SQLite in place of the interpreter's own, before Django loads it.

SQLite up to 3.51.2 can corrupt a WAL database when two connections write and
checkpoint at once (sqlite.org/wal.html#walresetbug). Darkroom always has several
processes on its database, so an affected library is replaced by `pysqlite3`'s.
"""

import importlib
import sqlite3
import sys

FIRST_SOUND_VERSION = (3, 51, 3)


def is_sound(version: tuple[int, ...]) -> bool:
    """Whether SQLite of this version is free of the WAL-reset bug."""
    return version >= FIRST_SOUND_VERSION


def use_a_sound_library() -> None:
    """Makes `import sqlite3` give `pysqlite3` where the interpreter's SQLite is affected.

    Without `pysqlite3` (a platform it has no wheel for) the interpreter's library
    stays, and the system check `project.W001` says so.
    """
    if is_sound(sqlite3.sqlite_version_info):
        return
    try:
        replacement = importlib.import_module("pysqlite3")
    except ImportError:
        return
    sys.modules["sqlite3"] = replacement
    sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")
