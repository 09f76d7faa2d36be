"""`make screenshots`: the page in each state, language, size and look, to be looked at.

The pictures lie in `var/screenshots` afterwards.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import (
    Browser,
    BrowserContext,
    FilePayload,
    Page,
    expect,
    sync_playwright,
)

from tests.browser.conftest import ARGUMENTS, TIMEOUT_MS, program
from tests.browser.visit import RESULT_MS, card, choose_model, register, sign_in, upload
from tests.darkroom import ROOT, Darkroom
from tests.photos import on_disk

FOLDER: Final = ROOT / "var" / "screenshots"
LANGUAGES: Final = ("en-US", "ko-KR", "ja-JP")
SIZES: Final = {"desktop": (1280, 800), "phone": (390, 844)}
LOOKS: Final = ("light", "dark")
MOVIE: Final = b"\0\0\0\x14ftypqt  " + bytes(200)


@contextmanager
def browsing(
    browser: Browser, language: str = "en-US", size: str = "desktop", look: str = "light"
) -> Iterator[BrowserContext]:
    """A browser of somebody who has not been here before."""
    width, height = SIZES[size]
    context = browser.new_context(
        locale=language,
        viewport={"width": width, "height": height},
        color_scheme="dark" if look == "dark" else "light",
        has_touch=size == "phone",
        is_mobile=size == "phone",
    )
    yield context
    context.close()


def shoot(page: Page, name: str) -> None:
    """One picture of what is seen now."""
    page.wait_for_timeout(400)  # what fades in is there
    page.screenshot(path=FOLDER / f"{name}.png")


def shoot_beginning(context: BrowserContext, url: str, username: str, suffix: str) -> None:
    """Signing in, a page without photos, what these are sent with, files that can't be used."""
    page = context.new_page()
    page.goto(url)
    expect(page.get_by_test_id("username")).to_be_visible()
    shoot(page, f"sign-in-{suffix}")
    sign_in(page, url, username)
    expect(page.get_by_test_id("empty-state")).to_be_visible()
    shoot(page, f"empty-{suffix}")
    if page.get_by_test_id("add-photos").is_visible():
        page.get_by_test_id("add-photos").click()
    choose_model(page, "background-removal")
    page.get_by_test_id("param-options").locator("summary").click()
    shoot(page, f"options-{suffix}")
    movies: list[FilePayload] = [
        {"name": name, "mimeType": "", "buffer": MOVIE} for name in ("a.mov", "b.mov")
    ]
    page.get_by_test_id("file-input").set_input_files(movies)
    page.get_by_test_id("refusals").locator("summary").click()
    shoot(page, f"refusals-{suffix}")
    page.close()


def shoot_photos(context: BrowserContext, url: str, username: str, suffix: str) -> None:
    """The gallery, a selection, filters, the viewer of a text and of pictures, the account."""
    page = context.new_page()
    sign_in(page, url, username)
    expect(card(page, "page.png")).to_have_attribute("data-state", "succeeded", timeout=RESULT_MS)
    shoot(page, f"gallery-{suffix}")
    page.get_by_test_id("more-filters").click()
    page.get_by_test_id("begin-selecting").click()
    for tick in page.get_by_test_id("select").all()[:2]:
        tick.check()
    shoot(page, f"selection-{suffix}")
    page.keyboard.press("Escape")
    for name in ("page", "astronaut"):
        card(page, f"{name}.png").locator("button").first.click()
        expect(page.get_by_test_id("detail")).to_be_visible()
        shoot(page, f"viewer-{name}-{suffix}")
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("detail")).to_be_hidden()
    card(page, "chelsea").locator("button").first.click()
    page.get_by_test_id("side-by-side").click()
    shoot(page, f"pair-{suffix}")
    page.keyboard.press("Escape")
    page.get_by_test_id("account").click()
    expect(page.get_by_test_id("account-page")).to_be_visible()
    shoot(page, f"account-{suffix}")


def main() -> None:
    """Starts a Darkroom, fills it, and takes everything there is to see."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=TIMEOUT_MS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        darkroom = Darkroom(Path(folder))
        darkroom.start()
        browser = playwright.chromium.launch(executable_path=program(), args=list(ARGUMENTS))
        try:
            page_photo, *others = on_disk(Path(folder), "page", "astronaut", "coffee", "chelsea")
            with browsing(browser) as context:
                page = context.new_page()
                username = register(page, darkroom.url)
                upload(page, "ocr", page_photo)
                upload(page, "background-removal", *others)
                for photo in (page_photo, *others):
                    state = card(page, photo.name)
                    expect(state).to_have_attribute("data-state", "succeeded", timeout=RESULT_MS)
                card(page, "chelsea").locator("button").first.click()
                page.get_by_test_id("again-model").select_option("style-transfer")
                page.get_by_test_id("again-submit").click()
                expect(page.get_by_test_id("side-by-side")).to_be_visible(timeout=RESULT_MS)
            with browsing(browser) as context:
                newcomer = register(context.new_page(), darkroom.url)
            for language in LANGUAGES:
                for size in SIZES:
                    for look in LOOKS:
                        with browsing(browser, language, size, look) as context:
                            suffix = f"{language[:2]}-{size}-{look}"
                            shoot_beginning(context, darkroom.url, newcomer, suffix)
                        with browsing(browser, language, size, look) as context:
                            shoot_photos(context, darkroom.url, username, suffix)
        finally:
            browser.close()
            darkroom.stop()
    print(f"{len(list(FOLDER.iterdir()))} files in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
