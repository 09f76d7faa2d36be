"""The page against a real Darkroom: real models, real sockets, a real browser."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visit import RESULT_MS, Running, card, register, sign_in, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def test_text_is_read_and_a_cut_out_shown_without_a_reload(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "ocr", photos["page"])
    expect(card(page, "page.png").get_by_test_id("ocr-text")).to_contain_text(
        "Region-based segmentation", timeout=RESULT_MS
    )
    upload(page, "background-removal", photos["astronaut"])
    cutout = card(page, "astronaut.png").get_by_test_id("cutout")
    expect(cutout).to_have_attribute("src", re.compile("^blob:"), timeout=RESULT_MS)
    assert cutout.evaluate("image => image.decode().then(() => image.naturalWidth)") == 512


def test_who_has_signed_in_goes_on_from_the_pages_contents(page: Page, darkroom: Running) -> None:
    register(page, darkroom.url)
    expect(page.get_by_role("main")).to_be_focused()
    first = page.get_by_role("button", name="Choose photos")
    # It comes with the models.
    expect(first).to_be_visible()
    page.keyboard.press("Tab")
    expect(first).to_be_focused()


def test_a_line_of_text_and_its_region_point_at_each_other(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "ocr", photos["page"])
    expect(card(page, "page.png")).to_have_attribute("data-state", "succeeded", timeout=RESULT_MS)
    card(page, "page.png").get_by_role("button", name="Open page.png").click()
    detail = page.get_by_test_id("detail")
    lines = detail.get_by_test_id("ocr-lines").locator("li")
    expect(detail.locator("polygon")).to_have_count(lines.count())
    lines.first.get_by_role("button").focus()
    expect(detail.locator("polygon.marked")).to_have_count(1)


def test_a_reload_in_mid_work_shows_where_everything_stands_and_goes_on(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "background-removal", *[photos["astronaut"]] * 2)
    expect(page.get_by_test_id("image-card")).to_have_count(2)
    page.reload()
    cards = page.get_by_test_id("image-card")
    expect(cards).to_have_count(2)
    states = {cards.nth(index).get_attribute("data-state") for index in range(2)}
    assert states <= {"queued", "running", "succeeded"}
    done = page.locator("[data-testid=image-card][data-state=succeeded]")
    expect(done).to_have_count(2, timeout=RESULT_MS)


def test_another_user_sees_none_of_it(
    chromium: Browser, page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "digits", photos["page"])
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    other = chromium.new_context().new_page()
    register(other, darkroom.url)
    expect(other.get_by_test_id("empty-state")).to_be_visible()
    expect(other.get_by_test_id("image-card")).to_have_count(0)
    other.context.close()


def test_signing_out_in_one_tab_signs_out_the_other(page: Page, darkroom: Running) -> None:
    register(page, darkroom.url)
    second = page.context.new_page()
    second.goto(darkroom.url)
    second.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("sign-in-form")).to_be_visible()
    expect(page.get_by_test_id("farewell")).to_contain_text("You have been signed out.")
    expect(second.get_by_test_id("sign-in-form")).to_be_visible()
    expect(second.get_by_test_id("farewell")).to_be_hidden()


def test_what_was_said_to_one_user_is_not_left_for_the_next(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "digits", photos["page"])
    announced = page.locator("#announcer")
    expect(announced).to_contain_text("page.png", timeout=RESULT_MS)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_test_id("username")).to_be_visible()
    expect(announced).to_be_empty()


def test_who_comes_back_finds_the_photos(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    username = register(page, darkroom.url)
    upload(page, "digits", photos["page"])
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    page.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    sign_in(page, darkroom.url, username)
    expect(page.get_by_test_id("image-card")).to_have_count(1)


def test_the_page_asks_no_other_host_and_breaks_no_policy_of_its_own(
    page: Page, darkroom: Running
) -> None:
    hosts: set[str] = set()
    complaints: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    register(page, darkroom.url)
    expect(page.get_by_test_id("model-ocr").locator("img")).to_have_js_property("complete", True)
    page.get_by_test_id("try-sample").click()
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    assert hosts - {""} == {urlsplit(darkroom.url).netloc}
    assert complaints == []
