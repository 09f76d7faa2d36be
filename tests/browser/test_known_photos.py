"""Photos that are on the server already: a person says whether they are sent once more."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import PASSWORD, Running, choose_model, has_kept, register, upload
from tests.darkroom import ROOT, Person
from tests.photos import on_disk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def small(tmp_path: Path) -> list[Path]:
    """Photos that are quickly sent and read."""
    return on_disk(tmp_path / "photos", "coffee", "chelsea", "rocket")


def test_a_photo_that_is_there_is_shown_instead_of_sent(
    page: Page, darkroom: Running, small: list[Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "digits", small[0])
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    upload(page, "digits", small[0])
    known = page.get_by_test_id("known")
    expect(known).to_contain_text("“coffee.png” is already here.")
    page.get_by_role("button", name="Use that one: coffee.png").click()
    expect(page.get_by_test_id("detail")).to_be_visible()
    expect(known).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    expect(page.get_by_test_id("image-card").get_by_role("button").first).to_be_focused()
    upload(page, "digits", small[0])
    page.get_by_role("button", name="Send anyway: coffee.png").click()
    expect(page.get_by_test_id("image-card")).to_have_count(2)
    expect(known).to_be_hidden()


def test_a_photo_that_is_there_is_given_to_the_model_that_it_was_not_asked_of(
    page: Page, darkroom: Running, small: list[Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "digits", small[0])
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    upload(page, "style-transfer", small[0])
    page.get_by_test_id("use-known").click()
    expect(page.get_by_test_id("detail")).to_be_visible()
    page.keyboard.press("Escape")
    # What is chosen before the address has gone back goes with it.
    page.wait_for_url(lambda url: "/photos/" not in url)
    page.get_by_test_id("filter-model").select_option("style-transfer")
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    page.get_by_test_id("clear-filter").click()
    expect(page.get_by_test_id("image-card")).to_have_count(1)


def test_of_a_photo_that_is_there_the_result_is_shown_that_was_asked_for(
    page: Page, darkroom: Running, small: list[Path]
) -> None:
    register(page, darkroom.url)
    for model in ("digits", "background-removal"):
        upload(page, model, small[0])
        expect(page.get_by_test_id("image-card")).to_have_count(1)
    page.get_by_test_id("use-known").click()
    chosen = page.get_by_test_id("detail").locator(".tab[data-state][aria-pressed=true]")
    expect(chosen).to_have_text("Remove the background")
    page.keyboard.press("Escape")
    upload(page, "digits", small[0])
    page.get_by_test_id("use-known").click()
    expect(chosen).to_have_text("Read a digit")


def test_who_tries_a_model_is_not_asked_whatever_has_become_of_its_sample_before(
    page: Page, darkroom: Running
) -> None:
    register(page, darkroom.url)
    cards = page.get_by_test_id("image-card")
    # Another model has had the same photo.
    upload(page, "background-removal", ROOT / "inference" / "models" / "digits" / "sample.jpg")
    expect(cards).to_have_count(1)
    choose_model(page, "digits")
    for count in (2, 3):
        page.get_by_test_id("try-sample").click()
        expect(cards).to_have_count(count)
        expect(cards.first).to_contain_text("digits.jpg")
        expect(page.get_by_test_id("known")).to_be_hidden()
    cards.first.get_by_role("button").first.click()
    page.get_by_test_id("delete-photo").click()
    page.keyboard.press("Escape")
    expect(cards).to_have_count(2)
    page.get_by_test_id("try-sample").click()
    expect(cards).to_have_count(3)
    expect(page.get_by_test_id("known")).to_be_hidden()


def test_one_line_asks_about_many_and_holds_nothing_back(
    page: Page, darkroom: Running, small: list[Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "digits", *small[:2])
    cards = page.get_by_test_id("image-card")
    expect(cards).to_have_count(2)
    upload(page, "digits", *small)
    known = page.get_by_test_id("known")
    expect(known).to_contain_text("2 of 3 photos are already here")
    expect(cards).to_have_count(3)
    has_kept(page, 1)
    page.reload()
    expect(known).to_contain_text("2 of 3 photos are already here")
    expect(cards).to_have_count(3)
    page.get_by_role("button", name="Skip them").click()
    expect(known).to_be_hidden()
    has_kept(page, 0)
    page.reload()
    expect(cards).to_have_count(3)
    expect(known).to_be_hidden()


def test_a_photo_that_is_deleted_elsewhere_while_it_is_asked_about_is_sent(
    page: Page, darkroom: Running, small: list[Path]
) -> None:
    name = register(page, darkroom.url)
    upload(page, "digits", small[0])
    cards = page.get_by_test_id("image-card")
    expect(cards).to_have_count(1)
    upload(page, "digits", small[0])
    expect(page.get_by_test_id("known")).to_be_visible()
    elsewhere = Person(darkroom.url, name, PASSWORD)
    (image,) = elsewhere.get("/api/images/")["results"]
    elsewhere.http.delete(f"/api/images/{image['id']}/").raise_for_status()
    expect(page.get_by_test_id("known")).to_be_hidden()
    expect(cards).to_have_count(1)
    expect(cards).not_to_have_attribute("data-image", str(image["id"]))
    (again,) = elsewhere.get("/api/images/")["results"]
    assert again["sha256"] == image["sha256"]


def test_another_tab_knows_what_this_one_has_sent_and_each_asks_about_its_own(
    page: Page, darkroom: Running, small: list[Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "digits", small[0])
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    other = page.context.new_page()
    other.goto(darkroom.url)
    expect(other.get_by_test_id("image-card")).to_have_count(1)
    upload(other, "digits", small[0])
    expect(other.get_by_test_id("known")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    expect(page.get_by_test_id("known")).to_be_hidden()
    other.get_by_test_id("send-known").click()
    expect(page.get_by_test_id("image-card")).to_have_count(2)
