"""No state of the page breaks a rule of WCAG 2.2 AA that a program can check."""

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect

from tests.browser.test_installing import share
from tests.browser.visit import RESULT_MS, Running, card, register, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
RULES = (*WCAG, "best-practice")
CHECK = """
async (tags) => {
  const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 120))]);
}
"""
OUTLINES = """
() => {
  const bright = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map((each) => each / 255)
      .map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const solid = (color) => /^rgb\\(/.test(color);
  const behind = (element) => {
    for (let each = element.parentElement; each; each = each.parentElement) {
      const { backgroundColor } = getComputedStyle(each);
      if (solid(backgroundColor)) return backgroundColor;
    }
  };
  const all = document.querySelectorAll("button:enabled, select, textarea, input, .model-tile");
  return [...all].filter((each) => {
    const { borderTopColor, borderTopWidth } = getComputedStyle(each);
    const drawn = /checkbox|radio|range|file/.test(each.type) || !parseFloat(borderTopWidth);
    if (drawn || !solid(borderTopColor) || !each.checkVisibility()) return false;
    const [one, other] = [bright(borderTopColor), bright(behind(each))];
    return Math.max(one, other) / Math.min(one, other) < 3;
  }).map(({ outerHTML }) => outerHTML.slice(0, 120));
}
"""
"""Where the outline of what can be pressed or filled in is too faint (WCAG 1.4.11)."""
LOOKS: dict[str, dict[str, Any]] = {
    "desktop, light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "phone, dark": {
        "viewport": {"width": 390, "height": 844},
        "color_scheme": "dark",
        "has_touch": True,
        "is_mobile": True,
    },
}
ZOOMED: ViewportSize = {"width": 640, "height": 400}
"""As a window of 1280 by 800 pixels is when it is zoomed to 200 %."""
MOVIE = b"\0\0\0\x14ftypqt  " + bytes(200)
RTL_AND_EMOJI = "\u0635\u0648\u0631\u0629 \U0001f469\u200d\U0001f467.png"


def found(page: Page, state: str, rules: tuple[str, ...] = RULES) -> list[str]:
    """What the checker finds in the present state, which is named."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(content=AXE)
    # What is fading in has no contrast yet.
    page.evaluate(
        "Promise.all(document.getAnimations().map((each) => each.effect.getTiming().iterations"
        " === Infinity ? null : each.finished.catch(() => null)))"
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state
    problems = page.evaluate(CHECK, list(rules)) + page.evaluate(OUTLINES)
    return [f"{state}: {problem}" for problem in problems]


def open_all_of_a_model(page: Page) -> None:
    """Shows a model's options and what is said about it."""
    page.get_by_test_id("model-background-removal").click()
    page.get_by_test_id("param-options").locator("summary").click()
    page.get_by_text("About this model").click()


def with_tensors(route: Route) -> None:
    """Answers with the photos that there are, as if their models gave bare numbers."""
    answer = route.fetch()
    images = answer.json()
    values = {"datatype": "FP32", "shape": [1, 40], "data": [[0.125] * 40]}
    for image in images["results"]:
        for run in image["runs"]:
            run["output"] = run["output"] and {"kind": "raw", "tensors": {"scores": values}}
    route.fulfill(response=answer, json=images)


@pytest.fixture(params=LOOKS, ids=str)
def context(chromium: Browser, request: pytest.FixtureRequest) -> BrowserContext:
    # The checker is a script from elsewhere, which the page's policy refuses.
    return chromium.new_context(bypass_csp=True, **LOOKS[request.param])


def test_no_state_of_the_page_breaks_a_rule(
    context: BrowserContext, darkroom: Running, photos: dict[str, Path], tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(darkroom.url)
    page.get_by_test_id("username").fill("nobody")
    page.get_by_test_id("password").fill("nothing-much")
    problems = found(page, "sign in")
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_test_id("account-problem")).not_to_be_empty()
    problems += found(page, "signing in failed")
    page.get_by_test_id("register").click()
    problems += found(page, "new account")
    register(page, darkroom.url)
    expect(page.get_by_test_id("empty-state")).to_be_visible()
    if not page.get_by_test_id("add-photos").is_visible():
        open_all_of_a_model(page)
    problems += found(page, "empty, with all of a model")
    named = tmp_path / RTL_AND_EMOJI
    named.write_bytes(photos["page"].read_bytes())
    movie = tmp_path / "clip.mov"
    movie.write_bytes(MOVIE)
    damaged = tmp_path / "damaged.png"
    head, mark, rest = photos["page"].read_bytes().partition(b"IDAT")
    damaged.write_bytes(head + mark + bytes(400) + rest[400:])
    upload(page, "ocr", damaged, photos["page"], photos["astronaut"], named, movie)
    expect(page.get_by_test_id("image-card")).to_have_count(4)
    problems += found(page, "working")
    page.get_by_test_id("refusals").locator("summary").click()
    problems += found(page, "refused")
    upload(page, "ocr", photos["page"], photos["astronaut"])
    expect(page.get_by_test_id("known")).to_be_visible()
    problems += found(page, "already here")
    page.get_by_test_id("use-known").click()
    expect(page.get_by_test_id("known")).to_be_hidden()
    for name in ("page.png", RTL_AND_EMOJI, "astronaut.png"):
        expect(card(page, name[-8:])).to_have_attribute(
            "data-state", "succeeded", timeout=RESULT_MS
        )
    expect(card(page, "damaged.png")).to_have_attribute("data-state", "failed", timeout=RESULT_MS)
    problems += found(page, "done, and failed")
    page.get_by_test_id("more-filters").click()
    page.get_by_test_id("search").fill("no such words")
    expect(page.get_by_test_id("image-card")).to_have_count(0)
    problems += found(page, "nothing found, all filters open")
    page.get_by_test_id("clear-filter").click()
    page.get_by_test_id("begin-selecting").click()
    page.get_by_test_id("select").first.check()
    problems += found(page, "selection")
    page.get_by_test_id("download-selected").click()
    problems += found(page, "download a selection")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Run a model").click()
    problems += found(page, "run a model")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    card(page, "page.png").get_by_role("button", name="Open").click()
    expect(page.get_by_test_id("full-image")).to_be_visible()
    problems += found(page, "viewer")
    line = page.get_by_test_id("ocr-lines").get_by_role("button").first
    line.click()
    problems += found(page, "correcting")
    other = context.new_page()
    other.goto(page.url)
    other.get_by_test_id("ocr-lines").get_by_role("button").first.click()
    other.get_by_test_id("line-text").fill("Corrected elsewhere")
    page.get_by_test_id("line-text").fill("Corrected by hand")
    page.keyboard.press("Enter")
    expect(line).to_contain_text("Corrected by hand")
    problems += found(page, "corrected")
    expect(other.get_by_test_id("line-editor")).to_contain_text("Corrected by hand")
    problems += found(other, "corrected in two places at once")
    other.close(run_before_unload=False)
    line.click()
    page.get_by_test_id("line-history").locator("summary").click()
    expect(page.get_by_test_id("line-history").locator("li")).to_have_count(1)
    problems += found(page, "history of a line")
    page.keyboard.press("Escape")
    expect(line).to_be_visible()
    page.get_by_test_id("download").click()
    problems += found(page, "download a result")
    page.keyboard.press("Escape")
    page.get_by_test_id("detail").locator(".about summary").first.click()
    page.get_by_role("button", name="Paragraphs").click()
    page.get_by_test_id("pin").click()
    expect(page.get_by_test_id("notice")).to_be_visible()
    problems += found(page, "details, paragraphs, and kept")
    page.get_by_test_id("from-program").locator("summary").click()
    expect(page.get_by_test_id("copy-snippet")).to_be_visible()
    problems += found(page, "use from a program")
    page.get_by_test_id("again-model").select_option("background-removal")
    page.get_by_test_id("again-options").locator("summary").click()
    page.get_by_test_id("draw").click()
    expect(page.get_by_test_id("rectangle")).to_be_focused()
    problems += found(page, "drawing a rectangle")
    page.get_by_test_id("end-drawing").click()
    page.get_by_test_id("again-submit").click()
    pairing = page.get_by_test_id("side-by-side")
    expect(pairing).to_be_visible(timeout=RESULT_MS)
    pairing.click()
    expect(page.get_by_test_id("pair").locator("img")).to_be_visible()
    problems += found(page, "side by side")
    pairing.click()
    expect(page.get_by_test_id("pair")).to_be_hidden()
    if not page.get_by_test_id("add-photos").is_visible():
        page.set_viewport_size(ZOOMED)
        problems += found(page, "zoomed viewer of a cut-out")
    else:
        problems += found(page, "cut-out")
    page.get_by_test_id("delete-photo").click()
    expect(page.get_by_test_id("notice").filter(has_text="deleted")).to_be_visible()
    problems += found(page, "deleted")
    page.get_by_test_id("close-detail").click()
    page.route(re.compile(r"/api/images/\?"), with_tensors)
    share(page, photos["astronaut"])
    expect(page.get_by_test_id("shared")).to_be_visible()
    problems += found(page, "shared from elsewhere")
    card(page, "astronaut.png").get_by_role("button", name="Open").click()
    expect(page.get_by_test_id("tensors").first).to_be_visible()
    problems += found(page, "tensors")
    page.get_by_test_id("close-detail").click()
    page.unroute_all()
    context.set_offline(True)
    upload(page, "ocr", photos["page"])
    expect(page.get_by_test_id("batch")).to_contain_text("can't be reached")
    page.get_by_test_id("pause-sending").click()
    problems += found(page, "narrow, offline, and paused")
    page.get_by_test_id("cancel-sending").click()
    context.set_offline(False)
    if page.get_by_test_id("add-photos").is_visible():
        page.get_by_test_id("add-photos").click()
        open_all_of_a_model(page)
        problems += found(page, "sheet, with all of a model")
        page.keyboard.press("Escape")
    page.get_by_test_id("account").click()
    expect(page.get_by_test_id("storage-used")).not_to_be_empty()
    expect(page.get_by_test_id("sign-in-row").first).to_be_visible()
    problems += found(page, "account")
    page.get_by_test_id("current-password").fill("not-the-one")
    page.get_by_test_id("new-password").fill("nothing-much")
    page.get_by_test_id("change-password").click()
    expect(page.locator("#current-password-problem")).not_to_be_empty()
    page.get_by_test_id("key-name").fill("nightly")
    page.get_by_test_id("make-key").click()
    expect(page.get_by_test_id("key-row")).to_be_visible()
    page.get_by_role("button", name="Revoke nightly").click()
    page.get_by_test_id("hook-url").fill("https://hook.invalid/")
    page.get_by_test_id("make-hook").click()
    expect(page.get_by_test_id("hook-row")).to_be_visible()
    page.get_by_test_id("test-hook").click()
    expect(page.get_by_test_id("delivery")).to_be_visible()
    page.get_by_test_id("delete-account").click()
    problems += found(page, "account, key and webhook made and deletion asked")
    assert problems == []
    context.close()


def test_a_browser_s_largest_text_leaves_room_for_everything(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    register(page, darkroom.url)
    upload(page, "digits", photos["page"])
    done = card(page, "page.png")
    expect(done).to_have_attribute("data-state", "succeeded", timeout=RESULT_MS)
    page.get_by_test_id("more-filters").click()
    done.get_by_test_id("select").check()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    done.get_by_role("button", name="Open page.png").click()
    panel = page.get_by_test_id("detail").locator(".panel")
    expect(panel.get_by_test_id("same-again")).to_be_visible()
    assert panel.evaluate("it => it.scrollWidth <= it.clientWidth")
