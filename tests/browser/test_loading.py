"""What a person sees where parts of the page do not come."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.visit import Running, register

pytestmark = [pytest.mark.browser]


def refuse(route: Route) -> None:
    route.abort()


@pytest.mark.parametrize("module", ["main", "sign_in", "messages/ko"])
def test_a_page_that_lacks_a_module_says_so_in_the_readers_language(
    page: Page, darkroom: Running, module: str
) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'languages', {value: ['ko-KR']})")
    page.route(f"**/js/{module}.*js", refuse)
    page.goto(darkroom.url)
    expect(page.get_by_role("alert")).to_have_text("페이지를 다 불러오지 못했습니다. 다시 불러오기")
    page.unroute_all()
    page.get_by_role("link", name="다시 불러오기").click()
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    expect(page.get_by_role("alert").locator("visible=true")).to_have_count(0)


@pytest.mark.parametrize("module", ["main", "sign_in"])
def test_a_page_that_has_lost_a_module_to_a_changing_network_comes_by_itself(
    page: Page, darkroom: Running, module: str
) -> None:
    loads: list[str] = []

    def lose(route: Route) -> None:
        if len(loads) > 1:
            route.continue_()
        else:
            route.abort("internetdisconnected")

    page.on("request", lambda one: loads.append(one.url) if one.is_navigation_request() else None)
    page.route(f"**/js/{module}.*js", lose)
    page.goto(darkroom.url)
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    assert len(loads) == 2
    expect(page.get_by_role("alert").locator("visible=true")).to_have_count(0)


def test_photos_that_cannot_be_shown_for_want_of_a_module_leave_no_empty_page(
    page: Page, darkroom: Running
) -> None:
    register(page, darkroom.url)
    page.route("**/js/view/workspace.*js", refuse)
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Load it again")


def test_who_is_not_signed_in_waits_for_nothing_the_server_says_of_itself(
    page: Page, darkroom: Running
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/metadata", hold)
    with page.expect_request("**/metadata"):
        page.goto(darkroom.url)
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    for route in held:
        route.abort()
