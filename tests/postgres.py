"""Pytest plugin: the same tests on a real PostgreSQL. Use it with `-p tests.postgres`."""

import atexit
import os
from contextlib import ExitStack

from tests.pgserver import postgres

_until_the_end = ExitStack()
atexit.register(_until_the_end.close)
# Before Django reads its settings: a plugin named on the command line comes first.
os.environ["DATABASE_URL"] = _until_the_end.enter_context(postgres())  # noqa: TID251


def pytest_report_header() -> str:
    """Says which database the tests run on."""
    return "database: PostgreSQL"
