"""What a phone needs of the page: its camera, and a screen that stays on while photos are sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.visit import Running, card, register, upload
from tests.darkroom import until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(120)]

WAKE_LOCK = """
(() => {
  const locks = (window.locks = []);
  const state = (window.shown = { is: "visible" });
  Object.defineProperty(document, "visibilityState", { get: () => state.is });
  const release = (lock) => async () => void (lock.released = true);
  const request = async (kind) => {
    if (state.is !== "visible") throw new DOMException("hidden", "NotAllowedError");
    const lock = { kind, released: false };
    locks.push(lock);
    return Object.assign(lock, { release: release(lock) });
  };
  Object.defineProperty(navigator, "wakeLock", { value: { request } });
})();
"""
"""A browser's wake lock, which ends when the page is hidden; `locks` are those it has given."""
SHOW = """
(is) => {
  window.shown.is = is;
  if (is === "hidden") for (const lock of window.locks) lock.released = true;
  document.dispatchEvent(new Event("visibilitychange"));
}
"""


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.add_init_script(WAKE_LOCK)
    yield page
    context.close()


def test_a_phone_s_camera_is_one_tap_away_and_what_it_takes_is_sent(
    phone: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(phone, darkroom.url)
    phone.get_by_test_id("add-photos").tap()
    phone.get_by_test_id("model-digits").tap()
    with phone.expect_file_chooser() as opened:
        phone.get_by_role("button", name="Take a photo").tap()
    chooser = opened.value
    assert not chooser.is_multiple()
    asked = [chooser.element.get_attribute(name) for name in ("accept", "capture")]
    assert asked == ["image/*", "environment"]
    chooser.set_files(photos["page"])
    expect(card(phone, "page.png")).to_be_visible()


def test_a_computer_has_no_button_for_a_camera(page: Page, darkroom: Running) -> None:
    register(page, darkroom.url)
    expect(page.get_by_role("button", name="Choose photos")).to_be_visible()
    expect(page.get_by_test_id("take-photo")).to_have_count(0)


def test_the_screen_stays_on_while_photos_are_sent_and_no_longer(
    phone: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    held: list[Route] = []
    register(phone, darkroom.url)

    def hold(route: Route) -> None:
        held.append(route)

    phone.route("**/api/uploads/?*", hold)

    def kept_on(count: int) -> None:
        lit = "window.locks.filter(({ kind, released }) => kind === 'screen' && !released).length"
        until(lambda: phone.evaluate(lit) == count, f"{count} locks are held")

    upload(phone, "digits", photos["page"])
    kept_on(1)
    pause = phone.get_by_test_id("pause-sending")
    pause.tap()
    kept_on(0)
    pause.tap()
    kept_on(1)
    phone.evaluate(SHOW, "hidden")
    kept_on(0)
    phone.evaluate(SHOW, "visible")
    kept_on(1)
    until(lambda: len(held) == 2, "it is sent anew")
    held[-1].continue_()
    expect(card(phone, "page.png")).to_be_visible()
    kept_on(0)
    assert phone.evaluate("window.locks.length") == 3
