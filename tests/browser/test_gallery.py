"""The gallery: found again, chosen together, and on a phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visit import RESULT_MS, Running, card, choose_model, register, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def test_photos_are_found_by_their_text_and_the_address_keeps_what_was_asked(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "ocr", photos["page"], photos["astronaut"])
    cards = page.get_by_test_id("image-card")
    expect(card(page, "page.png")).to_have_attribute("data-state", "succeeded", timeout=RESULT_MS)
    page.get_by_test_id("search").fill("region-based SEGMENTATION")
    expect(cards).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=region-based\+SEGMENTATION$"))
    page.reload()
    expect(cards).to_have_count(1)
    expect(cards).to_contain_text("page.png")
    page.get_by_test_id("search").fill("no such words")
    expect(page.get_by_text("No photo is like this.")).to_be_visible()
    page.get_by_test_id("clear-filter").click()
    expect(cards).to_have_count(2)
    page.get_by_test_id("filter-model").select_option("ocr")
    page.get_by_test_id("filter-state").select_option("failed")
    expect(cards).to_have_count(0)
    page.get_by_test_id("clear-filter").click()
    today = page.evaluate("new Date().toLocaleDateString('sv')")
    page.get_by_test_id("more-filters").click()
    page.get_by_test_id("filter-until").fill(today)
    expect(page).to_have_url(re.compile(rf"\?until={today}$"))
    page.reload()
    expect(cards).to_have_count(2)
    page.get_by_test_id("filter-from").fill("2999-01-01")
    expect(cards).to_have_count(0)
    page.get_by_test_id("filter-from").fill("")
    expect(cards).to_have_count(2)
    page.get_by_test_id("filter-label").fill("7")
    expect(cards).to_have_count(0)


def test_chosen_photos_are_given_to_another_model_together(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "background-removal", photos["page"], photos["astronaut"])
    cards = page.get_by_test_id("image-card")
    expect(cards).to_have_count(2)
    cards.first.get_by_test_id("select").check()
    cards.last.get_by_test_id("select").click(modifiers=["Shift"])
    expect(page.get_by_test_id("selected-count")).to_have_text("2 selected")
    page.get_by_role("button", name="Run a model").click()
    page.get_by_test_id("run-model").select_option("ocr")
    page.get_by_test_id("run-submit").click()
    expect(page.get_by_test_id("selected-count")).to_be_hidden()
    page.get_by_test_id("filter-model").select_option("ocr")
    expect(cards).to_have_count(2)
    expect(card(page, "page.png").get_by_test_id("ocr-text")).to_contain_text(
        "segmentation", timeout=RESULT_MS
    )


def test_what_one_photo_was_given_is_given_to_others_with_its_options(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "digits", photos["page"])
    choose_model(page, "background-removal")
    options = page.get_by_test_id("param-options")
    options.locator("summary").click()
    options.get_by_label("Background").fill("#ff0000")
    page.get_by_test_id("file-input").set_input_files([photos["astronaut"]])
    done = card(page, "astronaut.png")
    expect(done).to_have_attribute("data-state", "succeeded", timeout=RESULT_MS)
    done.get_by_role("button", name="Open astronaut.png").click()
    page.get_by_test_id("same-again").click()
    expect(page.get_by_test_id("detail")).to_be_hidden()
    count = page.get_by_test_id("selected-count")
    expect(count).to_have_text("Choose photos for: Remove the background")
    page.get_by_role("button", name="Open page.png").click()
    expect(count).to_have_text("1 selected")
    page.get_by_role("button", name="Run a model").click()
    expect(page.get_by_test_id("run-model")).to_have_value("background-removal")
    expect(page.locator("#run-background")).to_have_value("#ff0000")
    page.get_by_test_id("run-submit").click()
    expect(page.get_by_test_id("full-image")).to_be_visible(timeout=RESULT_MS)


def test_on_a_phone_one_button_opens_what_photos_are_sent_with(
    chromium: Browser, darkroom: Running, photos: dict[str, Path]
) -> None:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    register(page, darkroom.url)
    expect(page.get_by_test_id("models")).to_be_hidden()
    page.get_by_test_id("add-photos").tap()
    expect(page.get_by_test_id("sheet")).to_be_visible()
    upload(page, "digits", photos["page"])
    expect(page.get_by_test_id("sheet")).to_be_hidden()
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    small = page.get_by_role("button").evaluate_all(
        "all => all.filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44)"
        ".map(e => e.ariaLabel ?? e.textContent)"
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    context.close()
