"""Fixtures that start toy processes and end them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.unit.up.toys import ToyServer, ToyUp


@pytest.fixture
def toy_server() -> Iterator[Callable[..., ToyServer]]:
    """Starts toy servers with the given options."""
    servers: list[ToyServer] = []

    def start(**options: Any) -> ToyServer:
        servers.append(ToyServer(options))
        return servers[-1]

    yield start
    for server in servers:
        server.process.kill()
        server.process.join()


@pytest.fixture
def toy_up() -> Iterator[Callable[..., ToyUp]]:
    """Starts supervisors with the given options."""
    running: list[ToyUp] = []

    def start(**options: Any) -> ToyUp:
        running.append(ToyUp(options))
        return running[-1]

    yield start
    for up in running:
        # Whatever a test left is ended by the leashes, which see their owner go.
        up.process.kill()
        up.process.wait()
