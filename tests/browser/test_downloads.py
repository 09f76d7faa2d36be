"""Results and selections are downloaded on the page, and no token is in any address."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.visit import RESULT_MS, Running, card, register, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def test_a_text_is_downloaded_in_other_forms_by_the_keyboard(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "ocr", photos["page"])
    expect(card(page, "page.png")).to_have_attribute("data-state", "succeeded", timeout=RESULT_MS)
    card(page, "page.png").get_by_role("button", name="Open page.png").click()
    page.get_by_test_id("download").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Text", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("detail")).to_be_visible()
    expect(page.get_by_test_id("download")).to_be_focused()
    wanted = {
        "Text": b"Region-based",
        "Searchable PDF": b"%PDF-",
        "hOCR: text with its places": b"ocr_line",
    }
    for name, held in wanted.items():
        page.get_by_test_id("download").click()
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name, exact=True).click()
        assert held in waiting.value.path().read_bytes(), name
        assert waiting.value.suggested_filename.startswith("page-ocr."), name


def test_what_is_chosen_is_downloaded_as_one_file(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    asked: list[str] = []

    def sent(request: Request) -> None:
        asked.append(request.url)

    page.on("request", sent)
    register(page, darkroom.url)
    upload(page, "ocr", photos["page"], photos["astronaut"])
    done = page.locator("[data-testid=image-card][data-state=succeeded]")
    expect(done).to_have_count(2, timeout=RESULT_MS)
    page.get_by_test_id("begin-selecting").click()
    page.get_by_test_id("select-all").click()
    expect(page.get_by_test_id("selected-count")).to_have_text("2 selected")
    page.get_by_test_id("download-selected").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Photos and results (ZIP)").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert archive.testzip() is None
        names = sorted(archive.namelist())
    assert [name for name in names if name.startswith("originals/")] == [
        "originals/astronaut.png",
        "originals/page.png",
    ]
    assert any(name.startswith("results/") for name in names)
    page.get_by_test_id("download-selected").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Results as a table (CSV)").click()
    assert b"Region-based segmentation" in waiting.value.path().read_bytes()
    expect(page.get_by_test_id("notice").last).to_have_text("Downloading 2 photos.")
    tokens = [url for url in asked if "eyJ" in url or "token=" in url]
    assert tokens == []
