"""A browser that is killed while photos wait: started anew it sends them, and nothing twice."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Error, Page, Route, expect

from tests.browser.conftest import ARGUMENTS, program
from tests.browser.visit import PASSWORD, Running, has_kept, register, upload
from tests.darkroom import Person, until
from tests.photos import on_disk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

UPLOADS = "**/api/uploads/?*"


class Killable:
    """A Chromium of the test's own with a profile on the disk."""

    def __init__(self, kind: BrowserType, profile: Path) -> None:
        self._profile = profile
        told = profile / "DevToolsActivePort"
        told.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [
                str(program()),
                *ARGUMENTS,
                "--headless",
                "--remote-debugging-port=0",
                f"--user-data-dir={profile}",
                "about:blank",
            ],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port = until(lambda: told.exists() and told.read_text().partition("\n")[0], "its port")
        self._browser: Browser = kind.connect_over_cdp(f"http://127.0.0.1:{port}")

    def page(self) -> Page:
        """Its first page."""
        (context,) = self._browser.contexts
        return context.pages[0] if context.pages else context.new_page()

    def has_stored(self, text: str) -> bool:
        """Whether local storage with this text is on the disk, which is later than it is set."""
        files = self._profile.glob("Default/Local Storage/leveldb/*")
        forms = (text.encode(), text.encode("utf-16-le"))
        return any(form in file.read_bytes() for file in files if file.is_file() for form in forms)

    def kill(self) -> None:
        """Ends all of its processes at once."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        with suppress(Error):
            self._browser.close()


@contextmanager
def started_on(profile: Path, chromium: Browser) -> Iterator[Killable]:
    """The browser, which is killed at the end at the latest."""
    browser = Killable(chromium.browser_type, profile)
    try:
        yield browser
    finally:
        browser.kill()


def test_what_waited_when_the_browser_was_killed_goes_on_by_itself_and_is_sent_once(
    chromium: Browser, darkroom: Running, photos: dict[str, Path], tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    (other,) = on_disk(tmp_path / "photos", "coffee")
    arrived: list[int] = []

    def hold(route: Route) -> None:
        # The first has arrived, and nobody learns of it; nothing else comes so far.
        if route.request.method != "POST":
            route.continue_()
        elif not arrived:
            arrived.append(route.fetch().status)

    with started_on(profile, chromium) as before:
        page = before.page()
        name = register(page, darkroom.url)
        page.route(UPLOADS, hold)
        upload(page, "digits", photos["page"], photos["astronaut"])
        until(lambda: page.evaluate("1") and arrived, "the first upload has arrived")
        upload(page, "digits", other)
        has_kept(page, 2)
        until(lambda: before.has_stored(name), "the sign-in is on the disk")
        before.kill()
    assert arrived == [202]
    person = Person(darkroom.url, name, PASSWORD)
    assert len(person.get("/api/uploads/")["results"]) == 1
    with started_on(profile, chromium) as anew:
        page = anew.page()
        page.goto(darkroom.url)
        expect(page.get_by_test_id("image-card")).to_have_count(3)
        expect(page.get_by_test_id("batch")).to_have_count(0)
        has_kept(page, 0)
    sent = person.get("/api/uploads/")["results"]
    assert [len(one["images"]) for one in sent] == [1, 2]
