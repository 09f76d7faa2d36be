"""The account's page: what it uses, its password, who is signed in to it, and its end."""

import re
import zipfile

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visit import PASSWORD, Running, register, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

BETTER = "fixing-bath-7"


@pytest.fixture
def username(page: Page, darkroom: Running) -> str:
    """Whose page it is, with the account opened."""
    name = register(page, darkroom.url)
    page.get_by_test_id("account").click()
    expect(page.get_by_test_id("account-page")).to_be_visible()
    return name


def change_password(page: Page, current: str, new: str) -> None:
    page.get_by_test_id("current-password").fill(current)
    page.get_by_test_id("new-password").fill(new)
    page.get_by_test_id("change-password").click()


@pytest.mark.usefixtures("username")
def test_back_closes_the_account_and_leaves_the_focus_where_it_was_opened(page: Page) -> None:
    expect(page).to_have_url(re.compile("/account$"))
    expect(page.get_by_test_id("storage-used")).not_to_be_empty()
    page.go_back()
    expect(page.get_by_test_id("account-page")).to_be_hidden()
    expect(page.get_by_test_id("account")).to_be_focused()
    page.go_forward()
    expect(page.get_by_test_id("account-page")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/$"))


def test_a_link_to_the_account_opens_it_after_signing_in(
    page: Page, username: str, darkroom: Running
) -> None:
    page.get_by_test_id("account-page").get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_test_id("sign-in-form")).to_be_visible()
    sign_in(page, f"{darkroom.url}/account", username)
    expect(page.get_by_role("heading", name=f"Account of {username}")).to_be_focused()
    page.get_by_test_id("close-account").click()
    expect(page).to_have_url(re.compile("/$"))
    expect(page.get_by_test_id("empty-state")).to_be_visible()


def test_a_new_password_ends_all_other_sign_ins_and_errors_stand_by_their_fields(
    chromium: Browser, page: Page, username: str, darkroom: Running
) -> None:
    elsewhere = chromium.new_context()
    other = elsewhere.new_page()
    sign_in(other, darkroom.url, username)
    expect(other.get_by_test_id("connection")).to_have_attribute("data-status", "live")
    page.reload()
    expect(page.get_by_test_id("sign-in-row")).to_have_count(2)
    expect(page.get_by_test_id("sign-in-row").first).to_contain_text("Chrome on")
    change_password(page, "not-the-one", BETTER)
    expect(page.locator("#current-password-problem")).to_have_text("This is not your password.")
    expect(page.get_by_test_id("current-password")).to_be_focused()
    change_password(page, PASSWORD, "12345678")
    expect(page.locator("#new-password-problem")).not_to_be_empty()
    expect(page.locator("#current-password-problem")).to_be_empty()
    change_password(page, PASSWORD, BETTER)
    expect(page.get_by_test_id("password")).to_contain_text("The password is changed.")
    expect(page.get_by_test_id("sign-in-row")).to_have_count(1)
    expect(other.get_by_test_id("sign-in-form")).to_be_visible()
    elsewhere.close()


def test_one_sign_in_is_ended_from_another(
    chromium: Browser, page: Page, username: str, darkroom: Running
) -> None:
    elsewhere = chromium.new_context()
    other = elsewhere.new_page()
    sign_in(other, darkroom.url, username)
    expect(other.get_by_test_id("connection")).to_have_attribute("data-status", "live")
    page.reload()
    page.get_by_role("button", name="Sign out there").click()
    expect(page.get_by_test_id("sign-in-row")).to_have_count(1)
    expect(page.get_by_test_id("sign-ins")).to_contain_text("Signed out there.")
    assert page.evaluate("document.activeElement !== document.body")
    expect(other.get_by_test_id("sign-in-form")).to_be_visible()
    elsewhere.close()


@pytest.mark.usefixtures("username")
def test_everything_comes_along_in_one_file(page: Page) -> None:
    with page.expect_download() as download:
        page.get_by_test_id("export-all").click()
    assert "account.json" in zipfile.ZipFile(download.value.path()).namelist()
    expect(page.get_by_test_id("account-page")).to_be_visible()


def test_an_account_is_deleted_in_two_steps_and_the_page_says_so(
    page: Page, username: str, darkroom: Running
) -> None:
    page.get_by_test_id("delete-account").click()
    expect(page.get_by_test_id("delete-password")).to_be_focused()
    page.get_by_role("button", name="Keep the account").click()
    expect(page.get_by_test_id("delete-account")).to_be_focused()
    page.get_by_test_id("delete-account").click()
    page.get_by_test_id("delete-password").fill("not-the-one")
    page.get_by_test_id("delete-for-good").click()
    expect(page.locator("#delete-password-problem")).to_have_text("This is not your password.")
    page.get_by_test_id("delete-password").fill(PASSWORD)
    page.get_by_test_id("delete-for-good").click()
    expect(page.get_by_test_id("farewell")).to_contain_text("Your account is deleted.")
    expect(page).to_have_url(re.compile("/$"))
    sign_in(page, darkroom.url, username)
    expect(page.get_by_test_id("account-problem")).not_to_be_empty()


@pytest.mark.usefixtures("username")
def test_a_key_is_shown_once_works_and_is_revoked_after_a_question(
    page: Page, darkroom: Running
) -> None:
    page.get_by_test_id("key-name").fill("nightly")
    page.get_by_label("Write").uncheck()
    page.get_by_test_id("make-key").click()
    expect(page.get_by_test_id("copy-key")).to_be_focused()
    key = page.get_by_test_id("key-secret").inner_text()
    row = page.get_by_test_id("key-row")
    expect(row).to_contain_text("Read · ends in 90 d")

    def status() -> int:
        headers = {"Authorization": f"Api-Key {key}"}
        return httpx.get(f"{darkroom.url}/api/users/me/", headers=headers).status_code

    assert status() == 200
    page.reload()
    expect(row).to_contain_text("nightly")
    assert key not in page.content()
    page.get_by_role("button", name="Revoke nightly").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Revoke nightly").click()
    page.get_by_test_id("really-remove-key").click()
    expect(row).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body")
    assert status() == 401
