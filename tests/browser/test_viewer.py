"""Looking at photos: the viewer's address, the keyboard's focus, and names of any length."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import PASSWORD, RESULT_MS, Running, card, register, sign_in, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

LONG = "a-photo-with-a-name-" * 9 + ".png"


@pytest.fixture
def viewing(page: Page, darkroom: Running, photos: dict[str, Path]) -> Page:
    """A page with two uploads of a photo each, astronaut.png being the newer one."""
    register(page, darkroom.url)
    upload(page, "style-transfer", photos["page"])
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    upload(page, "style-transfer", photos["astronaut"])
    expect(page.get_by_test_id("image-card")).to_have_count(2)
    return page


def open_photo(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Open {name}").click()
    expect(page.get_by_test_id("detail")).to_be_visible()


def test_back_closes_the_viewer_and_forward_opens_it_again(viewing: Page) -> None:
    open_photo(viewing, "page.png")
    opened = viewing.url
    assert re.search(r"/photos/\d+$", opened)
    viewing.go_back()
    expect(viewing.get_by_test_id("detail")).to_be_hidden()
    expect(viewing.get_by_test_id("image-card")).to_have_count(2)
    viewing.go_forward()
    expect(viewing.get_by_test_id("detail")).to_contain_text("page.png")


def test_closing_the_viewer_leaves_no_step_behind(viewing: Page) -> None:
    before = viewing.evaluate("history.length")
    for _ in range(2):
        open_photo(viewing, "page.png")
        viewing.keyboard.press("Escape")
        expect(viewing.get_by_test_id("detail")).to_be_hidden()
        expect(viewing).to_have_url(re.compile("/$"))
    assert viewing.evaluate("history.length") == before + 1


def test_a_link_to_a_photo_opens_it_after_signing_in(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    username = register(page, darkroom.url)
    upload(page, "digits", photos["page"])
    open_photo(page, "page.png")
    link = page.url
    page.get_by_test_id("close-detail").click()
    page.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("sign-in-form")).to_be_visible()
    sign_in(page, link, username)
    expect(page.get_by_test_id("detail")).to_contain_text("page.png")
    page.get_by_test_id("close-detail").click()
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    expect(page).to_have_url(re.compile("/$"))


def test_a_link_to_what_is_not_there_says_so(page: Page, darkroom: Running) -> None:
    register(page, darkroom.url)
    page.goto(f"{darkroom.url}/photos/999999999")
    expect(page.get_by_test_id("notice")).to_contain_text("no such photo")
    expect(page.get_by_test_id("detail")).to_be_hidden()
    expect(page).to_have_url(re.compile("/$"))


def test_the_viewer_begins_at_the_photo_and_ends_where_the_photos_end(viewing: Page) -> None:
    open_photo(viewing, "astronaut.png")
    expect(viewing.get_by_role("heading", name="astronaut.png")).to_be_focused()
    expect(viewing.get_by_role("button", name="Previous photo")).to_be_disabled()
    viewing.get_by_role("button", name="Next photo").focus()
    viewing.keyboard.press("Enter")
    expect(viewing.get_by_test_id("detail")).to_contain_text("page.png")
    expect(viewing.get_by_role("button", name="Next photo")).to_be_disabled()
    expect(viewing.get_by_role("button", name="Previous photo")).to_be_focused()
    viewing.keyboard.press("Escape")
    expect(viewing.get_by_test_id("detail")).to_be_hidden()
    expect(viewing.get_by_role("button", name="Open page.png")).to_be_focused()


def test_what_is_deleted_can_be_taken_back_and_leaves_the_focus_near(viewing: Page) -> None:
    viewing.get_by_role("checkbox", name="Select astronaut.png").focus()
    viewing.keyboard.press("Space")
    viewing.keyboard.press("Delete")
    cards = viewing.get_by_test_id("image-card")
    expect(cards).to_have_count(1)
    assert viewing.evaluate("document.activeElement !== document.body")
    viewing.get_by_role("button", name="Undo").click()
    expect(cards).to_have_count(2)
    expect(viewing.get_by_role("button", name="Open astronaut.png")).to_be_focused()


def test_the_last_photo_s_deletion_leaves_the_focus_on_the_page(viewing: Page) -> None:
    open_photo(viewing, "astronaut.png")
    viewing.keyboard.press("Delete")
    expect(viewing.get_by_test_id("detail")).to_contain_text("page.png")
    viewing.keyboard.press("Delete")
    expect(viewing.get_by_test_id("detail")).to_be_hidden()
    expect(viewing.get_by_role("main")).to_be_focused()


def test_what_is_deleted_is_gone_when_the_page_is_left(viewing: Page) -> None:
    open_photo(viewing, "astronaut.png")
    viewing.keyboard.press("Delete")
    detail = viewing.get_by_test_id("detail")
    expect(detail).to_contain_text("page.png")
    detail.get_by_role("button", name="Undo").click()
    expect(viewing.get_by_role("heading", name="astronaut.png")).to_be_focused()
    viewing.keyboard.press("Delete")
    expect(detail).to_contain_text("page.png")
    viewing.keyboard.press("Escape")
    expect(detail).to_be_hidden()
    expect(viewing).not_to_have_url(re.compile("/photos/"))
    viewing.reload()
    expect(viewing.get_by_test_id("image-card")).to_have_count(1)
    expect(viewing.get_by_test_id("image-card")).to_contain_text("page.png")


def test_focus_stays_at_the_photo_that_is_canceled(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "background-removal", *[photos["astronaut"]] * 8)
    last = page.get_by_test_id("image-card").last
    last.get_by_role("button", name="Cancel astronaut.png").focus()
    page.keyboard.press("Enter")
    expect(last).to_have_attribute("data-state", "canceled", timeout=RESULT_MS)
    expect(last.get_by_role("button", name="Retry astronaut.png")).to_be_focused()
    page.get_by_test_id("cancel-everything").click()


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844), (320, 640)])
def test_a_long_name_breaks_nothing(
    page: Page, darkroom: Running, photos: dict[str, Path], tmp_path: Path, width: int, height: int
) -> None:
    long = tmp_path / LONG
    long.write_bytes(photos["page"].read_bytes())
    notes = tmp_path / LONG.replace(".png", ".txt")
    notes.write_text("no picture")
    page.set_viewport_size({"width": width, "height": height})
    register(page, darkroom.url)
    upload(page, "digits", long, notes)
    expect(card(page, LONG)).to_be_visible()
    page.get_by_test_id("refusals").locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    open_photo(page, LONG)
    box = page.get_by_test_id("close-detail").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    detail = page.get_by_test_id("detail")
    assert detail.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    title = detail.get_by_role("heading", name=LONG)
    expect(title.locator("span").last).to_have_text("me-.png")
    assert title.locator("span").last.evaluate("it => it.getBoundingClientRect().width > 40")


def test_another_photo_is_seen_from_its_beginning_however_far_one_had_scrolled(
    viewing: Page,
) -> None:
    viewing.set_viewport_size({"width": 390, "height": 600})
    open_photo(viewing, "astronaut.png")
    body = viewing.locator(".detail-body")
    scrolled = "it => ((it.scrollTop = 10_000), it.scrollTop > 0)"
    assert body.evaluate(scrolled)
    viewing.get_by_role("button", name="Next photo").click()
    expect(viewing.get_by_test_id("detail")).to_contain_text("page.png")
    assert body.evaluate("it => it.scrollTop") == 0
    assert body.evaluate(scrolled)
    viewing.get_by_test_id("close-detail").click()
    open_photo(viewing, "astronaut.png")
    assert body.evaluate("it => it.scrollTop") == 0


def test_results_side_by_side_stand_right_below_their_names(viewing: Page) -> None:
    open_photo(viewing, "page.png")
    viewing.get_by_test_id("again-model").select_option("digits")
    viewing.get_by_test_id("again-submit").click()
    expect(viewing.get_by_test_id("side-by-side")).to_be_visible(timeout=RESULT_MS)
    viewing.get_by_test_id("side-by-side").click()
    sections = viewing.get_by_test_id("pair").locator("section")
    expect(sections).to_have_count(2)
    gaps = sections.evaluate_all(
        "all => all.map(({ children: [head, result] }) =>"
        " result.offsetTop - head.parentElement.offsetTop)"
    )
    assert gaps == [52, 52], "a row of 40 px for the name, and 12 px"


def test_where_the_subject_is_is_drawn_on_the_photo(viewing: Page) -> None:
    open_photo(viewing, "astronaut.png")
    viewing.get_by_test_id("again-model").select_option("background-removal")
    viewing.get_by_test_id("again-options").locator("summary").click()
    viewing.get_by_test_id("draw").click()
    rectangle = viewing.get_by_test_id("rectangle")
    expect(rectangle).to_be_focused()
    box = viewing.get_by_test_id("drawing").bounding_box()
    assert box is not None

    def at(x: float, y: float) -> tuple[float, float]:
        return box["x"] + box["width"] * x, box["y"] + box["height"] * y

    viewing.mouse.move(*at(0.01, 0.01))
    viewing.mouse.down()
    viewing.mouse.move(*at(0.5, 0.75), steps=3)
    viewing.mouse.up()
    viewing.keyboard.press("ArrowRight")
    viewing.keyboard.press("Shift+ArrowDown")
    detail = viewing.get_by_test_id("detail")
    fields = detail.get_by_role("group", name="Where the subject is").get_by_role("spinbutton")
    drawn = [int(field.input_value()) for field in fields.all()]
    viewing.keyboard.press("Escape")
    expect(rectangle).to_be_hidden()
    expect(viewing.get_by_test_id("draw")).to_be_focused()
    for number, about in zip(drawn, (10, 5, 251, 384), strict=True):
        assert abs(number - about) < 6
    with viewing.expect_request(lambda sent: sent.method == "POST") as asked:
        viewing.get_by_test_id("again-submit").click()
    sent = asked.value.post_data_json
    assert sent is not None
    assert sent["params"]["rect"] == drawn
    picture = viewing.get_by_test_id("full-image")
    expect(picture).to_have_attribute("alt", re.compile("Remove the background"), timeout=RESULT_MS)


def test_every_button_of_the_gallery_says_what_it_is_of(viewing: Page) -> None:
    done = viewing.locator("[data-testid=image-card][data-state=succeeded]")
    expect(done).to_have_count(2, timeout=RESULT_MS)
    names = viewing.get_by_role("button").evaluate_all(
        "all => all.filter(e => e.closest('.cards')).map(e => e.ariaLabel ?? e.textContent)"
    )
    assert sorted(names) == [
        *("Download the result of astronaut.png", "Download the result of page.png"),
        *("Open astronaut.png", "Open page.png"),
    ]
    assert viewing.locator("input[type=file]:visible").count() == 0


def test_everything_is_canceled_at_once(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "ocr", *[photos["page"]] * 12)
    expect(page.get_by_test_id("image-card")).to_have_count(12)
    page.get_by_test_id("cancel-everything").focus()
    page.keyboard.press("Enter")
    last = page.get_by_test_id("image-card").last
    expect(last).to_have_attribute("data-state", "canceled", timeout=RESULT_MS)
    expect(page.get_by_test_id("overview")).to_be_hidden(timeout=RESULT_MS)
    assert page.evaluate("document.activeElement !== document.body")


@pytest.mark.parametrize("is_same", [True, False])
def test_a_tab_signed_out_by_another_keeps_its_search_for_its_own_user_alone(
    page: Page, darkroom: Running, is_same: bool
) -> None:
    other = page.context.new_page()
    somebody_else = register(other, darkroom.url)
    other.get_by_role("button", name="Sign out").click()
    username = register(page, darkroom.url)
    page.goto(f"{darkroom.url}/?q=secret")
    expect(page.get_by_test_id("search")).to_have_value("secret")
    other.bring_to_front()
    other.get_by_role("button", name="Sign out").click()
    page.get_by_test_id("username").fill(username if is_same else somebody_else)
    page.get_by_test_id("password").fill(PASSWORD)
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_role("heading", name="Photos", exact=True)).to_be_attached()
    expect(page).to_have_url(re.compile(r"/\?q=secret$" if is_same else "/$"))
