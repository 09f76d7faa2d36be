"""`make pictures`: what the README shows of the page, taken anew.

The gallery on a desk, the viewer of a text, a phone, and a recording of photos being developed, in
`docs`.
"""

import io
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from project.up.accounts import DEMO, DEMO_PASSWORD
from tests.browser.conftest import ARGUMENTS, TIMEOUT_MS, program
from tests.browser.screenshots import browsing
from tests.browser.visit import RESULT_MS, card, sign_in, upload
from tests.darkroom import ROOT, Darkroom
from tests.photos import on_disk

DOCS: Final = ROOT / "docs"
CUT_OUT: Final = ("coffee", "chelsea", "rocket", "astronaut")
SCANNED: Final = "page"
PRINTED: Final = ROOT / "inference" / "models" / "ocr" / "sample.jpg"
"""A page out of a book, as somebody takes a photo of one."""
FRAME_SECONDS: Final = 0.25
LAST_SECONDS: Final = 2.5
MOST_BYTES: Final = 2_000_000
SIZE: Final = (880, 640)


def frame(page: Page) -> Image.Image:
    """What is seen now."""
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def developed(page: Page, files: Sequence[Path]) -> None:
    """Waits until these photos have their results."""
    for file in files:
        found = card(page, file.name)
        expect(found).to_have_attribute("data-state", "succeeded", timeout=RESULT_MS)


def record(page: Page, count: int) -> list[tuple[Image.Image, float]]:
    """What is seen until so many photos have a result: pictures, and for how many seconds each."""
    frames: list[tuple[Image.Image, float]] = []
    deadline = time.monotonic() + RESULT_MS / 1000
    done = page.locator("[data-testid=image-card][data-state=succeeded]")
    while True:
        is_done = done.count() == count
        now = frame(page)
        if frames and frames[-1][0].tobytes() == now.tobytes():
            frames[-1] = (now, frames[-1][1] + FRAME_SECONDS)
        else:
            frames.append((now, FRAME_SECONDS))
        if is_done:
            frames[-1] = (now, LAST_SECONDS)
            return frames
        assert time.monotonic() < deadline, "not all photos have a result"
        page.wait_for_timeout(FRAME_SECONDS * 1000)


def save_recording(frames: list[tuple[Image.Image, float]], path: Path) -> None:
    """Writes them as a GIF, each for at most a second but the last: waiting is no news."""
    colors = frames[-1][0].quantize(128, dither=Image.Dither.NONE)
    pictures = [picture.quantize(palette=colors, dither=Image.Dither.NONE) for picture, _ in frames]
    seconds = [min(each, 1.0) for _, each in frames[:-1]] + [frames[-1][1]]
    pictures[0].save(
        path,
        save_all=True,
        append_images=pictures[1:],
        duration=[round(1000 * each) for each in seconds],
        loop=0,
        optimize=True,
    )
    assert path.stat().st_size <= MOST_BYTES, f"{path.name} has {path.stat().st_size} bytes"


def main() -> None:
    """Starts a Darkroom, and takes what the README shows of it."""
    expect.set_options(timeout=TIMEOUT_MS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        darkroom = Darkroom(Path(folder))
        darkroom.start()
        browser = playwright.chromium.launch(executable_path=program(), args=list(ARGUMENTS))
        try:
            cut_out = on_disk(Path(folder), *CUT_OUT)
            read = [*on_disk(Path(folder), SCANNED), Path(folder) / "chapter-4.jpg"]
            shutil.copy(PRINTED, read[1])
            with browsing(browser) as context:
                page = context.new_page()
                page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
                sign_in(page, darkroom.url, DEMO, DEMO_PASSWORD)
                expect(page.get_by_test_id("connection")).to_have_attribute("data-status", "live")
                # Models that are loaded already: starting them is nothing to look at.
                upload(page, "ocr", read[0])
                upload(page, "background-removal", cut_out[0])
                developed(page, (read[0], cut_out[0]))
                upload(page, "ocr", read[1])
                upload(page, "background-removal", *cut_out[1:])
                frames = record(page, len(cut_out) + len(read))
                save_recording(frames, DOCS / "developing.gif")
                page.set_viewport_size({"width": 1280, "height": 736})
                page.wait_for_timeout(600)
                page.screenshot(path=DOCS / "page.png")
                opened = card(page, read[1].name)
                opened.get_by_role("button", name=f"Open {read[1].name}").click()
                expect(page.get_by_test_id("ocr-lines")).to_be_visible()
                page.get_by_test_id("ocr-lines").locator("li").nth(1).hover()
                page.wait_for_timeout(600)
                page.screenshot(path=DOCS / "page-viewer.png")
            with browsing(browser, size="phone", look="dark") as context:
                page = context.new_page()
                sign_in(page, darkroom.url, DEMO, DEMO_PASSWORD)
                developed(page, (*read, *cut_out))
                page.wait_for_timeout(600)
                page.screenshot(path=DOCS / "page-phone.png")
        finally:
            browser.close()
            darkroom.stop()


if __name__ == "__main__":
    main()
