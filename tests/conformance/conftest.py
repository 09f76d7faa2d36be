"""A served Darkroom, for clients of the protocol that know nothing of it."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.conformance import models, triton
from tests.conformance.asking_grpc import Line
from tests.conformance.asking_http import GOOD
from tests.conformance.models import NAMES, Names
from tests.conformance.server import TOKENS
from tests.darkroom import ROOT

collect_ignore = [] if triton.is_installed() else ["test_remote_triton.py"]


@dataclass(frozen=True)
class Served:
    """Where it is served, and who may enter."""

    grpc_url: str
    """`host:port`."""
    web_url: str
    """`host:port` of the web, which forwards `/v2` to the worker."""
    worker_url: str
    """`host:port` of the worker's own HTTP."""
    token: str
    """Of somebody who may call models."""
    staff_token: str
    """Of somebody who may load and unload them."""
    repository: Path
    """The folder of its models, which may be added to and loaded from."""
    names: Names = NAMES

    @property
    def headers(self) -> dict[str, str]:
        """What the person sends with each call."""
        return {"authorization": f"Bearer {self.token}"}

    @property
    def staff_headers(self) -> dict[str, str]:
        """What the manager sends with each call."""
        return {"authorization": f"Bearer {self.staff_token}"}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The models of `tests.conformance.models`, served from other processes."""
    folder = tmp_path_factory.mktemp("conformance")
    models.write(folder / "models")
    person, manager = TOKENS
    with (
        _started("tests.conformance.server", str(folder / "models")) as (grpc_url, own_url),
        _started("tests.conformance.web", grpc_url, DATA_DIR=str(folder), DATABASE_URL="") as (
            url,
        ),
    ):
        yield Served(grpc_url, url, own_url, person, manager, folder / "models")


@contextmanager
def _started(module: str, *arguments: str, **environment: str) -> Iterator[list[str]]:
    """A server in a process of its own; gives the addresses that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},  # noqa: TID251
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        addresses = process.stdout.readline().split()
        assert addresses, f"{module} did not start"
        yield addresses
    finally:
        process.stdin.close()
        process.wait(20)


@pytest.fixture(scope="session", params=["web", "worker"])
def http_url(served: Served, request: pytest.FixtureRequest) -> str:
    """`host:port`, as clients of `/v2` want it: of either who serves it."""
    return served.web_url if request.param == "web" else served.worker_url


@pytest.fixture(scope="session")
def http(served: Served, http_url: str) -> Iterator[httpx.Client]:
    """Somebody who may call models, with nothing but HTTP."""
    url = f"http://{http_url}"
    with httpx.Client(base_url=url, headers=served.headers, timeout=60) as http:
        yield http


@pytest.fixture
def serves_well_afterwards(http: httpx.Client) -> Iterator[None]:
    """Whatever a test has sent, the next request is answered."""
    yield
    answer = http.post("/v2/models/adder/versions/1/infer", json=GOOD)
    assert answer.json()["outputs"][0]["data"] == [2, 4, 6, 8]


@pytest_asyncio.fixture
async def line(served: Served) -> AsyncIterator[Line]:
    """A line that sends anything; whatever a test has sent, the next request is answered."""
    one = Line(served.grpc_url, served.headers)
    yield one
    await one.serves_well()
    await one.channel.close(None)
