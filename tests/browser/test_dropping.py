"""Photos and folders that are dropped on the page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import Running, register

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

MOVIE = b"\0\0\0\x14ftypqt  " + bytes(200)


@pytest.fixture
def iphone_folder(tmp_path: Path) -> Path:
    """A folder as a phone leaves it: two videos and what the system adds."""
    folder = tmp_path / "DCIM"
    folder.mkdir()
    for name in ("IMG_1.MOV", "IMG_2.MOV"):
        (folder / name).write_bytes(MOVIE)
    (folder / ".DS_Store").write_bytes(b"x")
    return folder


def drag(page: Page, *paths: Path) -> Callable[[str], None]:
    """Drags files or folders over the page, as the desktop does: one event a call."""
    data: Any = {
        "items": [],
        "files": [str(path) for path in paths],
        "dragOperationsMask": 1,
    }
    session = page.context.new_cdp_session(page)

    def send(kind: str) -> None:
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 500, "y": 400, "data": data})

    return send


def drop(page: Page, *paths: Path) -> None:
    """Drops files or folders on the page, as the desktop does."""
    send = drag(page, *paths)
    for kind in ("dragEnter", "dragOver", "drop"):
        send(kind)


def test_a_folder_of_files_that_can_not_be_read_says_what_to_do(
    page: Page, darkroom: Running, iphone_folder: Path
) -> None:
    register(page, darkroom.url)
    drop(page, iphone_folder)
    refusals = page.get_by_test_id("refusals")
    expect(refusals).to_contain_text("2 of 2 files can't be used")
    refusals.locator("summary").click()
    expect(refusals).to_contain_text("Choose photos instead")


def test_a_drop_is_taken_although_what_lies_under_it_has_just_come(
    page: Page, darkroom: Running, tmp_path: Path
) -> None:
    register(page, darkroom.url)
    send = drag(page, tmp_path)
    send("dragEnter")
    send("dragOver")
    expect(page.get_by_text("Drop photos: Read text")).to_be_visible()
    page.evaluate(
        """() => {
          const arrived = document.createElement("div");
          arrived.style = "position: fixed; inset: 0; z-index: 20";
          document.body.append(arrived);
        }"""
    )
    send("drop")
    expect(page.get_by_text("There are no files in what was dropped.")).to_be_visible()


def test_files_that_leave_again_leave_the_page_as_it_was_although_what_they_were_over_is_gone(
    page: Page, darkroom: Running
) -> None:
    register(page, darkroom.url)
    page.evaluate(
        """() => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File(["x"], "a.jpg", { type: "image/jpeg" }));
          const send = (target, kind) =>
            target.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true }));
          const removed = document.createElement("div");
          document.body.append(removed);
          send(removed, "dragenter");
          removed.remove();
          send(document.body, "dragenter");
          send(removed, "dragleave");
          window.leave = () => send(document.body, "dragleave");
        }"""
    )
    veil = page.get_by_text("Drop photos: Read text")
    expect(veil).to_be_visible()
    page.evaluate("window.leave()")
    expect(veil).to_be_hidden()


def test_an_empty_folder_says_so(page: Page, darkroom: Running, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    register(page, darkroom.url)
    drop(page, folder)
    expect(page.get_by_text("There are no files in what was dropped.")).to_be_visible()
