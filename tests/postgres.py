"""Pytest plugin: the same tests on a real PostgreSQL. Use it with `-p tests.postgres`."""

import atexit
import os
from contextlib import ExitStack

import pytest
from django.db import DEFAULT_DB_ALIAS, connections

from tests.pgserver import MIGRATED, postgres

# Before Django reads its settings: a plugin named on the command line comes first. The workers of
# one run, each with databases of its own, share the server that the run has started.
if "PYTEST_XDIST_WORKER" not in os.environ:  # noqa: TID251
    _until_the_end = ExitStack()
    atexit.register(_until_the_end.close)
    url = _until_the_end.enter_context(postgres(durable=False, migrated=True))
    os.environ["DATABASE_URL"] = url  # noqa: TID251


def pytest_report_header() -> str:
    """Says which database the tests run on."""
    return "database: PostgreSQL"


def pytest_configure(config: pytest.Config) -> None:
    """Databases are copies of one with tables, and left in place: they go with their server."""
    connections.settings[DEFAULT_DB_ALIAS]["TEST"]["TEMPLATE"] = MIGRATED
    config.option.reuse_db = True
