"""No page of the admin breaks a rule of WCAG 2.2 AA that a program can check."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.test_accessibility import WCAG, found
from tests.browser.test_admin import sign_in_as_admin
from tests.darkroom import Darkroom, Person
from tests.photos import on_disk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

OF_BOTH = ("", "find/?q=coffee", "uploads/upload/")
"""Pages whose colors differ most between light and dark."""
OTHERS = ("failures/", "password_change/", "nowhere/", "uploads/user/", "uploads/image/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_the_admin_breaks_a_rule(
    chromium: Browser, darkroom: Darkroom, tmp_path: Path, scheme: Literal["light", "dark"]
) -> None:
    person = Person(darkroom.url, f"seen-{scheme}")
    (photo,) = on_disk(tmp_path / "photos", "coffee")
    upload = person.finished(person.upload(photo, model="digits"), seconds=90)
    (image,) = upload["images"]
    rows = (
        f"uploads/upload/{upload['id']}/change/",
        f"uploads/image/{image['id']}/change/",
        f"uploads/prediction/{image['prediction']['id']}/change/",
        f"uploads/user/{person.get('/api/users/me/')['id']}/change/",
        "uploads/model/digits/change/",
    )
    context = chromium.new_context(bypass_csp=True, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{darkroom.url}/admin/")
    problems = found(page, "sign in", WCAG)
    sign_in_as_admin(page, darkroom)
    of_scheme = (*OTHERS, *rows)[scheme == "dark" :: 2]
    for address in (*OF_BOTH, *of_scheme):
        page.goto(f"{darkroom.url}/admin/{address}")
        problems += found(page, address, WCAG)
    assert problems == []
    context.close()
