"""A real Chromium for the browser tests, and a plain server for the modules under test."""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from skimage import data

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_MS = 20_000
"""How long a fact of the page is waited for: a busy machine needs more than the usual 5 seconds."""

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is the same engine without what surrounds a page, and starts and works with less."""
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def program() -> str | None:
    """Where Chromium is; None: nowhere."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a line on stderr for each."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        pass


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; the tests that need one are skipped where none is installed.

    It ends with the tests of the page: while it lives an event loop counts as running in this
    thread, which asynchronous tests and Django's database both refuse.
    """
    path = program()
    if path is None:
        pytest.skip("NO CHROMIUM FOUND: the page is not tested (apt-get install chromium)")
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of its own context: nobody is signed in."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def files_url() -> Iterator[str]:
    """Base URL of a server of this repository's files."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A portrait and a scanned page, as PNG files."""
    folder = tmp_path_factory.mktemp("photos")
    files = {}
    for name in ("astronaut", "page"):
        files[name] = folder / f"{name}.png"
        Image.fromarray(getattr(data, name)()).save(files[name])
    return files
