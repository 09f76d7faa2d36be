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
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "tests"
MADE_OF = (
    *("uploads/migrations/*.py", "requirements/constraints.txt", "frontend/static/**/*"),
    *("frontend/modules.py", "project/static_storage.py"),
)
"""When one of them is written anew, Darkroom itself collects its static files anew."""


def prepare(data: Path, *, with_database: bool) -> None:
    """Gives a new data folder the static files, and a migrated database without a row.

    A folder that is there stays as it is.
    """
    if data.exists():
        return
    made = _prepared()
    data.mkdir(parents=True)
    shutil.copytree(made / "static", data / "static", copy_function=os.link)
    shutil.copy(made / "static.sha256", data)
    if with_database:
        shutil.copy(made / "darkroom.sqlite3", data)


@cache
def _prepared() -> Path:
    """The folder with what is copied; one process makes it, and the others wait for it."""
    digest = hashlib.sha256()
    for pattern in MADE_OF:
        for file in sorted(path for path in ROOT.glob(pattern) if path.is_file()):
            status = file.stat()
            digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    folder = KEPT / digest.hexdigest()[:16]
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            for stale in KEPT.glob("*/"):
                shutil.rmtree(stale)
            _make(folder)
    return folder


def _make(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=KEPT) as name:
        made = Path(name) / "data"
        script = (
            "from pathlib import Path; from project.up.setup import collect_static, migrate; "
            f"migrate(); collect_static(Path({str(made / 'static.sha256')!r}))"
        )
        subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", script],
            cwd=ROOT,
            env={"PATH": os.defpath, "DATA_DIR": str(made)},
            check=True,
        )
        made.rename(folder)
