"""A recognized line is corrected on the page, by the keyboard, in two tabs and on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visit import RESULT_MS, Running, card, register, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def open_read(page: Page) -> None:
    """Open the scanned page once it is read."""
    expect(card(page, "page.png")).to_have_attribute("data-state", "succeeded", timeout=RESULT_MS)
    card(page, "page.png").get_by_role("button", name="Open page.png").click()
    expect(page.get_by_test_id("ocr-lines")).to_be_visible()


def test_a_line_is_corrected_by_the_keyboard_and_put_back_and_other_tabs_follow(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "ocr", photos["page"])
    open_read(page)
    line = page.get_by_test_id("ocr-lines").get_by_role("button").first
    read = line.inner_text()
    other = page.context.new_page()
    other.goto(page.url)
    theirs = other.get_by_test_id("ocr-lines").get_by_role("button").first
    expect(theirs).to_have_text(read)
    line.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("line-text")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Corrected by hand")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(line).to_contain_text("Corrected by hand")
    expect(line).to_be_focused()
    expect(theirs).to_contain_text("Corrected by hand")
    theirs.click()
    other.get_by_test_id("line-history").locator("summary").click()
    expect(other.get_by_test_id("line-history")).to_contain_text("Corrected by hand")
    other.get_by_test_id("undo-correction").click()
    expect(theirs).to_have_text(read)
    expect(line).to_have_text(read)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("detail")).to_be_hidden()


def test_a_correction_that_is_not_saved_outlives_the_viewer_and_is_asked_about(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "ocr", photos["page"])
    open_read(page)
    page.get_by_test_id("ocr-lines").get_by_role("button").first.click()
    page.get_by_test_id("line-text").fill("Not yet saved")
    page.get_by_test_id("close-detail").click()
    expect(page.get_by_test_id("notice")).to_contain_text("not saved")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_test_id("sign-out").click()
    page.get_by_role("button", name="Go on with it").click()
    expect(page.get_by_test_id("line-text")).to_have_value("Not yet saved")
    page.get_by_role("button", name="Save").click()
    line = page.get_by_test_id("ocr-lines").get_by_role("button").first
    expect(line).to_contain_text("Not yet saved")
    page.get_by_test_id("close-detail").click()
    page.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("sign-in-form")).to_be_visible()


def test_on_a_phone_of_two_corrections_at_once_one_is_chosen(
    chromium: Browser, darkroom: Running, photos: dict[str, Path]
) -> None:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    register(page, darkroom.url)
    upload(page, "ocr", photos["page"])
    open_read(page)
    line = page.get_by_test_id("ocr-lines").get_by_role("button").first
    box = line.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    other = context.new_page()
    other.goto(page.url)
    theirs = other.get_by_test_id("ocr-lines").get_by_role("button").first
    theirs.tap()
    other.get_by_test_id("line-text").fill("Mine")
    page.bring_to_front()
    line.tap()
    page.get_by_test_id("line-text").fill("Theirs")
    page.get_by_role("button", name="Save").tap()
    expect(line).to_contain_text("Theirs")
    other.bring_to_front()
    editor = other.get_by_test_id("line-editor")
    expect(editor).to_contain_text("Theirs")
    expect(other.get_by_test_id("line-text")).to_have_value("Mine")
    assert other.evaluate("document.documentElement.scrollWidth") == 390
    editor.get_by_role("button", name="Save mine instead").tap()
    expect(theirs).to_contain_text("Mine")
    expect(line).to_contain_text("Mine")
    context.close()
