"""What a person does on the page, for the tests of it."""

import uuid
from pathlib import Path
from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from tests.darkroom import until

# A model's first use loads it, which on a busy machine takes a while.
RESULT_MS = 90_000
PASSWORD = "silver-halide-42"
KEPT = """
async () => {
  const opened = indexedDB.open("darkroom");
  await new Promise((go) => (opened.onsuccess = go));
  const counting = opened.result.transaction("batches").objectStore("batches").count();
  await new Promise((go) => (counting.onsuccess = go));
  opened.result.close();
  return counting.result;
}
"""


class Running(Protocol):
    """A running Darkroom."""

    url: str


def register(page: Page, url: str) -> str:
    """Make a new account on the page; returns its name once the page is live."""
    username = f"user-{uuid.uuid4().hex[:8]}"
    page.goto(url)
    page.get_by_test_id("register").click()
    page.get_by_test_id("username").fill(username)
    page.get_by_test_id("password").fill(PASSWORD)
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_test_id("connection")).to_have_attribute("data-status", "live")
    return username


def sign_in(page: Page, url: str, username: str, password: str = PASSWORD) -> None:
    page.goto(url)
    page.get_by_test_id("username").fill(username)
    page.get_by_test_id("password").fill(password)
    page.get_by_test_id("sign-in").click()


def choose_model(page: Page, model: str) -> None:
    """Choose what new photos are for."""
    tile = page.get_by_test_id(f"model-{model}")
    expect(tile).to_be_attached()
    if not tile.is_visible():
        page.get_by_test_id("all-models").click()
    tile.click()


def upload(page: Page, model: str, *files: Path) -> None:
    # On a phone what photos are sent with is a sheet.
    if (
        page.get_by_test_id("add-photos").is_visible()
        and not page.get_by_test_id("sheet").is_visible()
    ):
        page.get_by_test_id("add-photos").click()
    choose_model(page, model)
    page.get_by_test_id("file-input").set_input_files(files)


def has_kept(page: Page, batches: int) -> None:
    """Waits until the browser keeps so many batches of files, which is later than they show."""
    # `wait_for_function` takes a promise for the truth, whatever comes of it.
    until(lambda: page.evaluate(KEPT) == batches, f"{batches} batches are kept")


def card(page: Page, name: str) -> Locator:
    """The newest card of a photo with this name."""
    return page.get_by_test_id("image-card").filter(has_text=name).first
