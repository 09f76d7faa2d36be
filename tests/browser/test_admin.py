"""The admin in a real browser: its pages work under the policy for their content."""

from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser.visit import RESULT_MS, card, register, upload
from tests.darkroom import Darkroom

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def sign_in_as_admin(page: Page, darkroom: Darkroom) -> None:
    page.goto(f"{darkroom.url}/admin/")
    page.get_by_label("Username").fill("Admin")
    password = (darkroom.folder / "var" / "admin-password").read_text()
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{darkroom.url}/admin/")


def test_the_pages_of_the_admin_work_under_their_content_policy(
    page: Page, darkroom: Darkroom, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "style-transfer", photos["astronaut"])
    expect(card(page, "astronaut.png")).to_have_attribute(
        "data-state", "succeeded", timeout=RESULT_MS
    )
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"{message.text} {message.location.get('url')}")

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in_as_admin(page, darkroom)
    for table in ("upload", "prediction", "event", "session", "model", "user"):
        page.goto(f"{darkroom.url}/admin/uploads/{table}/")
        expect(page.locator("#result_list tbody tr, #result_list > tbody").first).to_be_visible()
    # Alpine opens the filters, whose expressions a stricter policy would refuse.
    page.goto(f"{darkroom.url}/admin/uploads/prediction/")
    page.get_by_role("link", name="Filters").or_(page.get_by_text("Filters")).first.click()
    expect(page.get_by_text("By state").or_(page.get_by_text("state")).first).to_be_visible()
    page.goto(f"{darkroom.url}/admin/uploads/upload/")
    page.locator("#result_list a[href*='/change/']").first.click()
    pictures = page.locator("img[src^='/admin/']")
    expect(pictures).to_have_count(2)
    for index in range(2):
        width = "image => image.decode().then(() => image.naturalWidth)"
        assert pictures.nth(index).evaluate(width) > 0
    assert errors == []


def test_a_split_of_traffic_is_begun_changed_and_ended_by_hand(
    page: Page, darkroom: Darkroom
) -> None:
    sign_in_as_admin(page, darkroom)
    model = f"{darkroom.url}/admin/uploads/model/ocr/change/"

    def confirm(verb: str) -> None:
        page.get_by_label("Why?").fill("It is new.")
        page.get_by_role("button", name=verb, exact=True).click()
        expect(page).to_have_url(model)

    page.goto(model)
    page.get_by_label("percent").fill("15")
    page.get_by_role("button", name="Split…").click()
    confirm("Split")
    expect(page.get_by_role("heading", name="15 % (running)")).to_be_visible()
    page.get_by_label("Percent to version 2").fill("30")
    page.get_by_role("button", name="Change…").click()
    confirm("Change")
    expect(page.get_by_role("heading", name="30 % (running)")).to_be_visible()
    for link, verb in (("Take back…", "Take back"), ("Remove…", "Remove")):
        page.get_by_role("link", name=link).click()
        confirm(verb)
    expect(page.get_by_text("No label is split between two versions.")).to_be_visible()
