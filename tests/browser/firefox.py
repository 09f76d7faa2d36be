"""A real Firefox, driven as Chromium is by Playwright: what is not there yet is waited for."""

import os
import shutil
import signal
import subprocess
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from tests.browser.firefox_scripts import COMPLAINTS, HANDED_OVER, NEW_TAB
from tests.browser.marionette import Marionette, Refused
from tests.browser.visit import PASSWORD
from tests.darkroom import until

TIMEOUT_S: Final = 20
START_S: Final = 60
ESCAPE: Final = "\ue00c"
PHONE: Final = (390, 844)
LIGHT, DARK = 1, 0
_PREFERENCES: Final = 'user_pref("marionette.port", 0);'
"""A free one, which is then written into the profile."""
_COMMAND: Final = ("-headless", "-marionette", "-remote-allow-system-access", "-profile")
_NOT_YET: Final = {
    "element click intercepted",
    "element not interactable",
    "no such element",
    "stale element reference",
}


def program() -> str | None:
    """Where Firefox is; None: nowhere."""
    return next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)


class Firefox:
    """A headless Firefox, and the tab in it that is looked at."""

    def __init__(self, path: str, folder: Path) -> None:
        """Starts the program at `path`; its profile and its log are put into `folder`."""
        profile = folder / "profile"
        profile.mkdir()
        (profile / "user.js").write_text(_PREFERENCES)
        with (folder / "firefox.log").open("wb") as log:
            self._process = subprocess.Popen(
                [path, *_COMMAND, profile],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._people = 0
        try:
            port = until(partial(_port, profile), "Firefox listens", START_S)
            self._marionette = Marionette(port)
        except BaseException:
            self._end()
            raise

    def stop(self) -> None:
        """Ends it."""
        self._marionette.close()
        self._end()

    def _end(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _do(self, command: str, **parameters: Any) -> Any:
        return self._marionette.ask(f"WebDriver:{command}", **parameters)

    def in_browser(self, script: str, *arguments: Any) -> Any:
        """What a script answers that runs in the program, not in a page."""
        self._marionette.ask("Marionette:SetContext", value="chrome")
        try:
            return self.ask(script, *arguments)
        finally:
            self._marionette.ask("Marionette:SetContext", value="content")

    def somebody_new(
        self,
        *,
        languages: str = "en-US, en",
        look: int = LIGHT,
        size: tuple[int, int] | None = None,
    ) -> None:
        """A tab that shares no cookies and no storage with any other; the one before is closed.

        `size`: of the page, in pixels.
        """
        self._people += 1
        before = self._do("GetWindowHandle")
        self.in_browser(NEW_TAB, self._people, languages, look, *(size or (None, None)))
        (fresh,) = set(self._do("GetWindowHandles")) - {before}
        self._do("CloseWindow")
        self._do("SwitchToWindow", handle=fresh)

    def offline(self, is_offline: bool) -> None:
        """Takes the network away from the tab, or gives it back."""
        self.in_browser(
            "gBrowser.selectedBrowser.browsingContext.forceOffline = arguments[0];", is_offline
        )

    def complaints(self) -> list[str]:
        """What was an error on a page since this was asked last: policies and scripts included."""
        return list(self.in_browser(COMPLAINTS))

    def visit(self, url: str) -> None:
        self._do("Navigate", url=url)

    def back(self) -> None:
        self._do("Back")

    def reload(self) -> None:
        self._do("Refresh")

    @property
    def url(self) -> str:
        """The address of the page."""
        return str(self._do("GetCurrentURL"))

    def ask(self, script: str, *arguments: Any) -> Any:
        """What a script answers that runs beside the page's own, on its document."""
        return self._do("ExecuteScript", script=script, args=arguments)

    def hand_over(self, kind: str, *files: Path) -> None:
        """Has the page meet the event by which a system hands it files: `paste` or `drop`.

        Without a desktop there are neither files in the clipboard nor things to drag.
        """
        given = [[path.name, b64encode(path.read_bytes()).decode()] for path in files]
        self._do("ExecuteScript", script=HANDED_OVER, args=[kind, given], sandbox="system")

    def drag(self, *points: tuple[float, float]) -> None:
        """Moves the mouse, pressed, from one point of the page to the next, in pixels."""
        first, *others = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 50} for x, y in points
        ]
        pressed = {"type": "pointerDown", "button": 0}
        actions = [first, pressed, *others, {"type": "pointerUp", "button": 0}]
        mouse = {"type": "pointer", "id": "mouse", "actions": actions}
        self._do("PerformActions", actions=[mouse])

    def _find(self, css: str) -> str:
        return str(self._do("FindElement", using="css selector", value=css))

    def _all(self, css: str) -> list[str]:
        return list(self._do("FindElements", using="css selector", value=css))

    def text(self, css: str) -> str:
        """The text of the first element that matches, seen or not."""
        return str(self._do("GetElementProperty", id=self._find(css), name="textContent"))

    def is_seen(self, css: str) -> bool:
        """Whether any element that matches is seen."""
        return any(self._do("IsElementDisplayed", id=each) for each in self._all(css))

    def expect(self, fact: Callable[[], Any], what: str, seconds: float = TIMEOUT_S) -> Any:
        """Waits for a fact of the page, whatever is drawn anew meanwhile, and gives it."""
        return until(partial(_tried, fact), what, seconds)

    def expect_text(self, css: str, text: str, seconds: float = TIMEOUT_S) -> None:
        """Waits until the first element that matches has this text in it."""
        self.expect(lambda: text in self.text(css), f"{css} says {text!r}", seconds)

    def expect_count(self, css: str, count: int, seconds: float = TIMEOUT_S) -> None:
        """Waits until so many elements match."""
        self.expect(lambda: len(self._all(css)) == count, f"{count} of {css}", seconds)

    def expect_seen(self, css: str, *, is_seen: bool = True) -> None:
        """Waits until any element that matches is seen, or none is."""
        wanted = f"{css} is {'' if is_seen else 'not '}seen"
        self.expect(lambda: self.is_seen(css) == is_seen, wanted)

    def click(self, css: str) -> None:
        """Clicks in the middle of the first element that matches, once that can be reached."""

        def clicked() -> bool:
            self._do("ElementClick", id=self._find(css))
            return True

        self.expect(clicked, f"{css} can be clicked")

    def write(self, css: str, text: str) -> None:
        """Types into a field that is empty; into one for files their paths, a line each."""

        def written() -> bool:
            self._do("ElementSendKeys", id=self._find(css), text=text)
            return True

        self.expect(written, f"{css} can be written into")

    def press(self, key: str) -> None:
        """Presses a key, as WebDriver writes it, where the focus is."""
        self._do("ElementSendKeys", id=self._do("GetActiveElement"), text=key)


def _port(profile: Path) -> int | None:
    """Where a Firefox with this profile listens; None: nowhere yet."""
    try:
        return int((profile / "MarionetteActivePort").read_text())
    except (FileNotFoundError, ValueError):
        return None


def _tried(fact: Callable[[], Any]) -> Any:
    try:
        return fact()
    except Refused as refused:
        if refused.code not in _NOT_YET:
            raise
        return None


def by_id(test_id: str) -> str:
    """Matches what the page names so for its tests."""
    return f"[data-testid={test_id}]"


def register(firefox: Firefox, url: str, username: str) -> None:
    """Makes an account on the page, which is live afterwards."""
    firefox.visit(url)
    firefox.click(by_id("register"))
    firefox.write(by_id("username"), username)
    firefox.write(by_id("password"), PASSWORD)
    firefox.click(by_id("sign-in"))
    firefox.expect_count("[data-testid=connection][data-status=live]", 1)


def upload(firefox: Firefox, model: str, *files: Path) -> None:
    """Sends photos to a model."""
    if firefox.is_seen(by_id("add-photos")):
        firefox.click(by_id("add-photos"))
    firefox.expect_count(by_id(f"model-{model}"), 1)
    if not firefox.is_seen(by_id(f"model-{model}")):
        firefox.click(by_id("all-models"))
    firefox.click(by_id(f"model-{model}"))
    firefox.write(by_id("file-input"), "\n".join(map(str, files)))
