"""The rig of a chaos test, the size of the run, and the book of measured figures."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.rig import Rig
from tests.conftest import FULL
from tests.darkroom import ROOT
from tests.pgserver import postgres

# It takes eight minutes and hardly less: each of seventeen links is away for a while.
collect_ignore = [] if FULL else ["test_topology.py"]
RESULTS = ROOT / "var" / "chaos.json"


@pytest.fixture
def full() -> bool:
    """Whether this is the full form (`make chaos`), not the short one of `make test`."""
    return FULL


DATABASES = ["sqlite", "postgresql"] if FULL else ["sqlite"]


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each of the two databases; the short form takes PostgreSQL only where a test names it."""
    if request.param == "sqlite":
        yield ""
        return
    with postgres(migrated=True) as url:
        yield url


@pytest.fixture
def rig(tmp_path: Path, database_url: str) -> Iterator[Callable[..., Rig]]:
    """Makes a rig on the database of this run and ends it."""
    made: list[Rig] = []

    def make(workers: int = 4, **environment: str) -> Rig:
        one = Rig(tmp_path / "rig", database_url, **environment)
        made.append(one)
        one.start(workers)
        return one

    yield make
    for one in made:
        one.stop()


@pytest.fixture(scope="session", params=DATABASES)
def shared_rig(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rig]:
    """One rig for the tests that leave it well; each of them brings its own people."""
    with ExitStack() as stack:
        url = stack.enter_context(postgres(migrated=True)) if request.param == "postgresql" else ""
        one = Rig(tmp_path_factory.mktemp("rig"), url, MAX_SOCKETS_PER_USER="1000")
        stack.callback(one.stop)
        one.start(workers=2)
        yield one


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Prints a goal's measured figures and keeps those of the full form for the report."""

    def note(goal: str, **figures: Any) -> None:
        name = "postgresql" if "postgresql" in request.node.name else "sqlite"
        line = ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in figures.items())
        print(f"{goal} [{name}] {line}", file=sys.__stdout__, flush=True)
        if FULL:
            book = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
            book[f"{goal} {name}"] = figures
            RESULTS.parent.mkdir(parents=True, exist_ok=True)
            RESULTS.write_text(json.dumps(book, indent=2, sort_keys=True))

    return note
