"""Photos are seen on the page while they wait, also by whoever reloads it or opens another tab."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.visit import PASSWORD, register
from tests.darkroom import Darkroom, Person
from tests.photos import on_disk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

CHAOS = Path(__file__).resolve().parents[1] / "chaos" / "models"


def test_a_reload_in_mid_work_shows_photos_and_not_blanks(
    page: Page, own_darkroom: Darkroom, tmp_path: Path
) -> None:
    own_darkroom.start(MODEL_REPOSITORY=str(CHAOS), DEFAULT_MODEL="chaos")
    name = register(page, own_darkroom.url)
    # Sent by another device: this page has no files of its own to show.
    elsewhere = Person(own_darkroom.url, name, PASSWORD)
    photos = on_disk(tmp_path / "photos", "coffee", "chelsea", "rocket") * 8
    upload = elsewhere.upload(*photos, params='{"ms": 60000}')
    waiting = page.locator('[data-testid="image-card"][data-state="queued"]')
    for _ in range(2):
        expect(waiting.first).to_be_visible()
        for card in waiting.all()[:5]:
            card.scroll_into_view_if_needed()
            shown = card.get_by_test_id("thumbnail")
            expect(shown).to_have_attribute("src", re.compile("^blob:"))
        expect(waiting.first).to_be_visible()
        page.reload()
    # A Darkroom that is stopped waits for what runs.
    elsewhere.http.delete(f"/api/uploads/{upload['id']}/").raise_for_status()


def test_colors_stand_for_a_photo_until_its_thumbnail_has_come(
    page: Page, darkroom: Darkroom, tmp_path: Path
) -> None:
    name = register(page, darkroom.url)
    elsewhere = Person(darkroom.url, name, PASSWORD)
    (photo,) = on_disk(tmp_path / "photos", "coffee")
    elsewhere.finished(elsewhere.upload(photo, model="digits"), seconds=90)
    held: list[Route] = []

    is_held = True

    def hold(route: Route) -> None:
        # It may be asked for later than its colors are seen.
        if is_held:
            held.append(route)
        else:
            route.continue_()

    page.route(re.compile("/thumbnail/$"), hold)
    page.reload()
    card = page.get_by_test_id("image-card")
    behind = card.locator(".frame")
    expect(behind).to_have_css("background-image", re.compile(r'^url\("data:image/png'))
    is_held = False
    for route in held:
        route.continue_()
    expect(card.get_by_test_id("thumbnail")).to_have_attribute("src", re.compile("^blob:"))
    expect(behind).to_have_css("background-image", "none")
