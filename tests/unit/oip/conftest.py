"""Fixtures around the gRPC adapter."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.unit.oip.line import Line


@pytest_asyncio.fixture
async def line() -> AsyncIterator[Line]:
    """A line; what is still running at the end is released."""
    one = Line()
    await one.start()
    yield one
    await one.stop()
