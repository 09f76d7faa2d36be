"""Models that try to reach what they may not."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.unit.engine.confinement.spying import Listener, Places, spying


@pytest_asyncio.fixture
async def spy(tmp_path: Path) -> AsyncIterator[Places]:
    async with spying(tmp_path) as places:
        yield places


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_spy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Places]:
    """One process for all that only ask."""
    async with spying(tmp_path_factory.mktemp("spy")) as places:
        yield places


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    listener = Listener(tmp_path)
    yield listener
    listener.close()
