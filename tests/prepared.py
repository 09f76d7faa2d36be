"""What a first `manage.py up` makes and the tests have no word about, made once and kept in var/.

Migrating a database and collecting static files take five seconds of each start from nothing.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "tests"
PACKAGES: Final = "requirements/constraints.txt"
TABLES_OF: Final = ("uploads/migrations/*.py", PACKAGES)
STATIC_OF: Final = (
    *("frontend/static/**/*", "frontend/modules.py", "project/static_storage.py", PACKAGES),
)
"""When one of them is written anew, Darkroom itself collects its static files anew."""


def prepare(data: Path, *, with_database: bool) -> None:
    """Gives a new data folder the static files, and a migrated database without a row.

    A folder that is there stays as it is.
    """
    if data.exists():
        return
    made = _kept("static", STATIC_OF, _collect)
    data.mkdir(parents=True)
    shutil.copytree(made / "static", data / "static", copy_function=os.link)
    shutil.copy(made / "static.sha256", data)
    if with_database:
        shutil.copy(sqlite(), data)


def sqlite() -> Path:
    """A migrated database without a row, to be copied."""
    return _kept("sqlite", TABLES_OF, migrate) / "darkroom.sqlite3"


def fill(connection: Any) -> None:
    """Copies the tables into a database of SQLite that has none, by Django's connection."""
    if not connection.introspection.table_names():
        source = connection.Database.connect(sqlite())
        source.backup(connection.connection)
        source.close()


def postgres(make: Callable[[Path], None]) -> Path:
    """The folder of a stopped server, to be copied; `make` fills it where there is none."""
    return _kept("postgres", TABLES_OF, make)


def migrate(data: Path, database_url: str = "") -> None:
    """Makes the tables, in a data folder's own database where no other is given."""
    _ask(data, "from project.up.setup import migrate; migrate()", DATABASE_URL=database_url)


def _collect(made: Path) -> None:
    stamp = made / "static.sha256"
    _ask(
        made,
        "from pathlib import Path; from project.up.setup import collect_static; "
        f"collect_static(Path({str(stamp)!r}))",
    )


def _ask(data: Path, script: str, **environment: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", script],
        cwd=ROOT,
        env={"PATH": os.defpath, "DATA_DIR": str(data), **environment},
        check=True,
    )


@cache
def _kept(name: str, made_of: tuple[str, ...], make: Callable[[Path], None]) -> Path:
    """The folder of this name; one process has it made, and the others wait for it."""
    digest = hashlib.sha256()
    for pattern in made_of:
        for file in sorted(path for path in ROOT.glob(pattern) if path.is_file()):
            status = file.stat()
            digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    folder = KEPT / f"{name}-{digest.hexdigest()[:16]}"
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for stale in KEPT.glob(f"{name}-*/"):
                shutil.rmtree(stale)
            with tempfile.TemporaryDirectory(dir=KEPT) as parent:
                made = Path(parent) / "data"
                make(made)
                made.rename(folder)
    return folder
