"""The page in the languages that people speak."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visit import RESULT_MS, Running, card, register, upload

ENGLISH = re.compile(r"[A-Za-z]{2,},? [a-z]{2,}")
"""Words in a row: what is no name."""
TEXTS = (
    ".model-tile, summary, label, legend, small, option, dt, dt:not(:nth-last-of-type(-n+2)) + dd"
)
"""Where models' words are; the last two of a card are names: the license and the source."""

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("locale", "language", "refusal", "title", "opens", "lines"),
    [
        (
            "ko-KR",
            "ko",
            "이름이나 비밀번호가 맞지 않아요.",
            "사진 고르기",
            "page.png 열기",
            r"글자 \d+줄",
        ),
        (
            "ja-JP",
            "ja",
            "名前かパスワードが違います。",
            "写真を選ぶ",
            "page.pngを開く",
            r"文字\d+行",
        ),
    ],
)
def test_the_page_speaks_the_browsers_language(
    chromium: Browser, darkroom: Running, photos: dict[str, Path], locale: str, language: str,
    refusal: str, title: str, opens: str, lines: str,
) -> None:  # fmt: skip
    context = chromium.new_context(locale=locale)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(darkroom.url)
    page.get_by_test_id("username").fill("nobody")
    page.get_by_test_id("password").fill("nothing-much")
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_test_id("account-problem")).to_have_text(refusal)
    expect(page.get_by_test_id("password")).to_be_focused()
    expect(page.locator("html")).to_have_attribute("lang", language)
    register(page, darkroom.url)
    expect(page.get_by_role("button", name=title)).to_be_visible()
    for tile in page.get_by_test_id("model").all():
        tile.check(force=True)
        texts = page.get_by_role("complementary").locator(TEXTS)
        words = [text for text in texts.all_text_contents() if ENGLISH.search(text)]
        assert words == [], "the shipped models speak the page's language"
    upload(page, "ocr", photos["page"])
    expect(page.get_by_role("button", name=opens)).to_be_visible()
    shown = card(page, "page.png")
    expect(shown).to_have_attribute("data-state", "succeeded", timeout=RESULT_MS)
    assert shown.get_by_test_id("state").evaluate(
        "(element, lines) => new RegExp(`^${lines}$`).test(element.textContent)", lines
    )
    assert not [url for url in asked if "/messages/en." in url]
    page.get_by_role("button", name=opens).click()
    lines_of = """(button) => {
      const words = document.createRange();
      words.selectNodeContents(button);
      return new Set([...words.getClientRects()].map(({ top }) => top)).size;
    }"""
    assert page.get_by_test_id("again-submit").evaluate(lines_of) == 1, "its word is not broken"
    context.close()


def test_a_language_that_was_chosen_stays(chromium: Browser, darkroom: Running) -> None:
    context = chromium.new_context(locale="ja-JP")
    page = context.new_page()
    page.goto(darkroom.url)
    expect(page.get_by_test_id("sign-in")).to_have_text("サインイン")
    page.get_by_test_id("language").select_option("ko")
    expect(page.get_by_test_id("sign-in")).to_have_text("로그인")
    page.reload()
    expect(page.get_by_test_id("sign-in")).to_have_text("로그인")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    context.close()


@pytest.mark.parametrize("locale", ["en-US", "ko-KR", "ja-JP"])
def test_the_bar_at_the_top_fits_a_small_phone_whatever_the_connection_is(
    chromium: Browser, darkroom: Running, locale: str
) -> None:
    context = chromium.new_context(locale=locale, viewport={"width": 320, "height": 640})
    page = context.new_page()
    register(page, darkroom.url)
    brand = page.locator(".brand")
    height = brand.evaluate("it => it.offsetHeight")
    connection = page.get_by_test_id("connection")
    context.set_offline(True)
    expect(connection).to_have_attribute("data-status", "offline")
    for word in (None, "Reconnecting, as ever and ever"):
        if word:
            connection.evaluate("(it, word) => (it.textContent = word)", word)
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert brand.evaluate("it => it.offsetHeight") == height
        assert brand.evaluate("it => it.scrollWidth <= it.clientWidth")
    context.close()


@pytest.mark.parametrize("locale", ["en-US", "ko-KR", "ja-JP"])
def test_on_a_phone_the_buttons_for_many_photos_stand_in_one_row(
    chromium: Browser, darkroom: Running, locale: str
) -> None:
    context = chromium.new_context(
        locale=locale, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    register(page, darkroom.url)
    tops = """(bar, hidden) => {
      for (const each of [bar, ...bar.querySelectorAll("button")]) each.hidden = false;
      for (const each of bar.querySelectorAll(hidden)) each.hidden = true;
      for (const each of bar.querySelectorAll("p")) each.textContent = "100 / 250 · 20-30 sec, 30";
      const buttons = [...bar.querySelectorAll("button")].filter((each) => each.checkVisibility());
      return [buttons.length, new Set(buttons.map((each) => each.offsetTop)).size];
    }"""
    assert page.get_by_test_id("overview").evaluate(tops, "dialog") == [2, 1]
    # What can be canceled or tried again is not of the usual ones.
    rare = "dialog, button:nth-of-type(3), button:nth-of-type(4)"
    assert page.get_by_role("toolbar", include_hidden=True).evaluate(tops, rare) == [7, 1]
    context.close()
