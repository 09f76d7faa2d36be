"""No page breaks the policy that it comes with, as Chromium sees it."""

import pytest
from playwright.sync_api import Page

from project.up.accounts import ADMIN, admin_password_file
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
