"""No page breaks the policy that it comes with, as Chromium sees it."""

import re

import pytest
from playwright.sync_api import Page, Response, expect

from project.up.accounts import ADMIN, admin_password_file
from tests.browser.visit import register
from tests.darkroom import Darkroom

pytestmark = pytest.mark.browser

WATCH = """
window.broken = [];
document.addEventListener('securitypolicyviolation', event =>
    window.broken.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


def test_no_page_asks_for_what_its_policy_refuses(page: Page, darkroom: Darkroom) -> None:
    page.add_init_script(WATCH)
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))

    def visit(path: str, shows: str) -> None:
        page.goto(f"{darkroom.url}{path}")
        page.wait_for_load_state("networkidle")
        assert shows in page.content(), path
        assert page.evaluate("window.broken") == [], path

    visit("/", "Darkroom")
    visit("/api/docs/", "/api/uploads/")
    visit("/nonsense", "There is nothing here.")
    visit("/admin/login/", "Darkroom")
    page.fill("input[name=username]", ADMIN)
    page.fill("input[name=password]", admin_password_file(darkroom.folder / "var").read_text())
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/admin/")
    for path in ("", "uploads/upload/", "uploads/worker/", "uploads/user/", "uploads/event/"):
        visit(f"/admin/{path}", "Darkroom")
    visit("/admin/uploads/nonsense/", "")
    policy = [line for line in said if "Content Security Policy" in line or "error:" in line]
    assert policy == []


SCRIPTS = """performance.getEntriesByType('resource')
    .filter(({ name }) => name.endsWith('.js'))
    .map(({ name, encodedBodySize, transferSize }) => [name, encodedBodySize, transferSize])"""
MOST_SCRIPT_BYTES = 120_000
"""For all that the page can do, as it is sent: compressed."""


def test_scripts_are_small_and_are_fetched_once_for_good(page: Page, darkroom: Darkroom) -> None:
    missing: list[str] = []

    def answered(response: Response) -> None:
        if response.status >= 400:
            missing.append(response.url)

    page.on("response", answered)
    register(page, darkroom.url)
    page.get_by_test_id("try-sample").click()
    page.get_by_test_id("image-card").get_by_role("button").first.click()
    expect(page.get_by_test_id("detail")).to_be_visible()
    first = page.evaluate(SCRIPTS)
    assert [name for name, _, _ in first if not re.search(r"\.[0-9a-f]{12}\.js$", name)] == []
    assert sum(size for _, size, _ in first) < MOST_SCRIPT_BYTES
    page.goto(darkroom.url)
    expect(page.get_by_test_id("connection")).to_have_attribute("data-status", "live")
    again = page.evaluate(SCRIPTS)
    assert again
    assert sum(transferred for _, _, transferred in again) == 0
    assert missing == []
