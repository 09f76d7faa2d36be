"""A fake server, and a submission against it, for the client's tests."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from client.api import signed_in
from client.find import find
from client.resume import Book, Order
from client.session import Credentials
from client.submit import Submission
from client.summary import Summary
from client.transport import Transport
from tests.fakes.server import FakeServer
from tests.unit.client.driver import ANN, IMPATIENT, NotedDisplay, Submit


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    async with FakeServer().running() as fake:
        yield fake


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with five small files, called images by their names."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.jpg", "b.png", "c.webp", "d.JPEG", "e.jpg"):
        (folder / name).write_bytes(b"\xff\xd8\xff" + f"the bytes of {name}".encode() * 100)
    return folder


@pytest.fixture
def display() -> NotedDisplay:
    return NotedDisplay()


@pytest.fixture
def submit(server: FakeServer, photos: Path, display: NotedDisplay) -> Submit:
    """Submits `photos` (or other paths) to the fake server; results go to `photos/../results`."""

    async def run(
        paths: Sequence[Path] | None = None, *, model: str = "ocr", credentials: Credentials = ANN
    ) -> Summary:
        out = photos.parent / "results"
        transport = Transport(server.url, note=display.note, backoff=IMPATIENT)
        order = Order(transport.base_url, credentials.username, model)
        book = Book.open(out, order)
        async with signed_in(transport, credentials) as api:
            submission = Submission(api, book, out, display)
            await submission.run(find(paths or [photos], outside=out))
            return submission.summary()

    return run
