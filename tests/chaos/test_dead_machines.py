"""A machine that vanishes without a word, as by a power failure, holds nobody up for long."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from project.databases import databases
from project.env import Env
from tests.chaos.hosts import CannotMakeHosts, Host, Network, network, not_here
from tests.chaos.topology import postgres_folder, start_postgres
from tests.darkroom import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

NOTICED_SECONDS = 20
"""By either end: less than a lease."""
HOLDS_A_ROW = """
import json, sys, time, psycopg
connection = psycopg.connect(**json.loads(sys.argv[1]))
connection.execute("SELECT * FROM photos FOR UPDATE")
print("held", flush=True)
time.sleep(600)
"""
WAITS = """
import json, sys, psycopg
connection = psycopg.connect(**json.loads(sys.argv[1]), autocommit=True)
print("waits", flush=True)
try:
    connection.execute("SELECT pg_sleep(600)")
except psycopg.OperationalError:
    print("noticed", flush=True)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    with postgres_folder() as folder:
        yield folder


@pytest.fixture
def lan(tmp_path: Path, data: Path) -> Iterator[Network]:
    """Machines that are gone before the data of their PostgreSQL."""
    try:
        with network(tmp_path) as made:
            yield made
    except CannotMakeHosts as problem:
        not_here(problem)


def connecting_to(host: Host) -> dict[str, object]:
    """How Darkroom connects to a PostgreSQL there."""
    url = f"postgres://postgres@{host.address}:5432/postgres"
    settings = databases(Env(_env_file=None, database_url=url))["default"]
    options = settings["OPTIONS"]
    for name in ("pool", "server_side_binding"):  # Django's own
        del options[name]
    return {"host": host.address, "user": "postgres", "dbname": "postgres", **options}


def test_r15b_what_a_vanished_machine_locked_in_postgresql_is_free_and_who_waits_for_one_is_told(
    lan: Network, data: Path, tmp_path: Path, measured: Callable[..., None]
) -> None:
    postgres, holder, waiter = (lan.host(name) for name in ("postgres", "holder", "waiter"))
    start_postgres(postgres, data, tmp_path)
    how = connecting_to(postgres)
    with psycopg.connect(**how, autocommit=True) as here:  # type: ignore[arg-type]
        here.execute("CREATE TABLE photos AS SELECT 1 AS id")
        for host, script, said in ((holder, HOLDS_A_ROW, "held"), (waiter, WAITS, "waits")):
            log = tmp_path / f"{host.name}.log"
            host.spawn([sys.executable, "-c", script, json.dumps(how)], log)
            until(partial(_says, log, said), said, 20)
            lan.cut(host, postgres)
        vanished = time.monotonic()
        holder.kill()
        here.execute(f"SET lock_timeout = '{NOTICED_SECONDS}s'")
        assert here.execute("SELECT id FROM photos FOR UPDATE").fetchone() == (1,)
        free_after = time.monotonic() - vanished
    told = partial(_says, tmp_path / "waiter.log", "noticed")
    until(told, "who waits is told", NOTICED_SECONDS)
    told_after = time.monotonic() - vanished
    measured("R15b", free_after=round(free_after, 1), told_within=round(told_after, 1))


def _says(log: Path, what: str) -> bool:
    return what in log.read_text()
