"""Sending photos from the page: which can be used, what is canceled, whose they are."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.visit import Running, has_kept, register, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

UPLOADS = re.compile(r"/api/uploads/(\?partial=1)?$")


def hold(page: Page) -> list[Route]:
    """Lets no upload through to the server; what was held comes into the list."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        if route.request.method == "POST":
            held.append(route)
        else:
            route.continue_()

    page.route(UPLOADS, keep)
    return held


def test_sending_is_paused_and_goes_on(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    held = hold(page)
    with page.expect_request(lambda request: request.method == "POST"):
        upload(page, "digits", photos["page"])
    batch = page.get_by_test_id("batch")
    expect(batch).to_have_attribute("data-state", "sending")
    expect(page.get_by_test_id("empty-state")).to_be_hidden()
    pause = page.get_by_test_id("pause-sending")
    pause.click()
    expect(batch).to_contain_text("1 photo waiting, paused")
    expect(page.get_by_test_id("progress")).to_have_count(0)
    page.unroute(UPLOADS)
    assert len(held) == 1
    pause.click()
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    expect(page.get_by_test_id("pending")).to_be_hidden()


def test_files_that_can_not_be_used_are_told_in_one_line_and_hold_nothing_back(
    page: Page, darkroom: Running, photos: dict[str, Path], tmp_path: Path
) -> None:
    notes = tmp_path / "notes.png"
    notes.write_text("These are notes, not a picture.")
    register(page, darkroom.url)
    upload(page, "digits", notes, photos["page"])
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    refusals = page.get_by_test_id("refusals")
    expect(refusals).to_contain_text("1 of 2 files can't be used")
    upload(page, "digits", notes)
    expect(refusals).to_contain_text("2 of 3 files can't be used")
    expect(refusals.get_by_text("notes.png").first).to_be_hidden()
    refusals.locator("summary").click()
    expect(refusals.get_by_text("notes.png").first).to_be_visible()
    refusals.get_by_role("button", name="Dismiss").click()
    expect(refusals).to_be_hidden()


def test_a_file_that_only_the_server_can_refuse_holds_nothing_back(
    page: Page, darkroom: Running, photos: dict[str, Path], tmp_path: Path
) -> None:
    cut = tmp_path / "cut.png"
    cut.write_bytes(photos["page"].read_bytes()[:20])
    register(page, darkroom.url)
    upload(page, "digits", cut, photos["page"])
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    expect(page.get_by_test_id("refusals")).to_contain_text("1 of 2 files can't be used")
    expect(page.get_by_test_id("batch")).to_have_count(0)


def test_what_is_being_sent_can_be_canceled(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    held = hold(page)
    upload(page, "digits", photos["page"])
    upload(page, "digits", photos["astronaut"])
    expect(page.get_by_test_id("batch")).to_have_count(2)
    page.get_by_role("button", name="Cancel sending 1 photo").last.click()
    expect(page.get_by_test_id("batch")).to_have_count(1)
    upload(page, "digits", photos["astronaut"])
    page.get_by_test_id("cancel-all").click()
    expect(page.get_by_test_id("batch").filter(has_text="waiting")).to_have_count(0)
    # What has been sent whole is given up only with its answer, which never comes.
    for route in held:
        route.abort()
    expect(page.get_by_test_id("batch")).to_have_count(0)
    page.unroute_all()
    page.reload()
    expect(page.get_by_test_id("empty-state")).to_be_visible()


def test_what_can_not_be_sent_offline_can_be_canceled(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    page.context.set_offline(True)
    upload(page, "digits", photos["page"])
    page.get_by_test_id("cancel-sending").click()
    expect(page.get_by_test_id("batch")).to_have_count(0)
    page.context.set_offline(False)
    expect(page.get_by_test_id("connection")).to_have_attribute("data-status", "live")
    upload(page, "digits", photos["astronaut"])
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    expect(page.get_by_test_id("image-card")).to_contain_text("astronaut.png")


def test_what_is_being_sent_when_somebody_signs_out_is_nobodys(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    hold(page)
    upload(page, "digits", photos["page"])
    expect(page.get_by_test_id("batch")).to_have_attribute("data-state", "sending")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_test_id("sign-out").click()
    page.unroute_all()
    register(page, darkroom.url)
    expect(page.get_by_test_id("empty-state")).to_be_visible()
    expect(page.get_by_test_id("batch")).to_have_count(0)


def test_signing_out_while_photos_are_sent_can_be_thought_better_of(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    hold(page)
    upload(page, "digits", photos["page"])
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("batch")).to_have_attribute("data-state", "sending")


def test_photos_that_were_not_sent_are_sent_on_after_a_reload(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    hold(page)
    upload(page, "digits", photos["page"], photos["astronaut"])
    expect(page.get_by_test_id("batch")).to_have_attribute("data-state", "sending")
    has_kept(page, 1)
    page.unroute_all()
    page.reload()
    expect(page.get_by_test_id("image-card")).to_have_count(2)
    expect(page.get_by_test_id("batch")).to_have_count(0)
    page.reload()
    expect(page.get_by_test_id("image-card")).to_have_count(2)
