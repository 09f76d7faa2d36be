"""The page against a real Darkroom: real models, real sockets, a real browser."""

import re
import uuid
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, expect
from skimage import data

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

# A model's first use loads it, which on a busy machine takes a while.
RESULT_MS = 90_000
PASSWORD = "silver-halide-42"


class Running(Protocol):
    """A running Darkroom."""

    url: str


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A portrait and a scanned page, as PNG files."""
    folder = tmp_path_factory.mktemp("photos")
    files = {}
    for name in ("astronaut", "page"):
        files[name] = folder / f"{name}.png"
        Image.fromarray(getattr(data, name)()).save(files[name])
    return files


def register(page: Page, url: str) -> str:
    """Make a new account on the page; returns its name once the page is live."""
    username = f"user-{uuid.uuid4().hex[:8]}"
    page.goto(url)
    page.get_by_test_id("register").click()
    page.get_by_test_id("username").fill(username)
    page.get_by_test_id("password").fill(PASSWORD)
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_test_id("connection")).to_have_attribute("data-status", "live")
    return username


def sign_in(page: Page, url: str, username: str) -> None:
    page.goto(url)
    page.get_by_test_id("username").fill(username)
    page.get_by_test_id("password").fill(PASSWORD)
    page.get_by_test_id("sign-in").click()


def upload(page: Page, model: str, *files: Path) -> None:
    page.get_by_test_id("model-select").select_option(model)
    page.get_by_test_id("file-input").set_input_files(files)


def card(page: Page, name: str) -> Locator:
    """The newest card of a photo with this name."""
    return page.get_by_test_id("image-card").filter(has_text=name).first


def test_text_is_read_and_a_cut_out_shown_without_a_reload(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "ocr", photos["page"])
    expect(card(page, "page.png").get_by_test_id("ocr-text")).to_contain_text(
        "Region-based segmentation", timeout=RESULT_MS
    )
    upload(page, "background-removal", photos["astronaut"])
    cutout = card(page, "astronaut.png").get_by_test_id("cutout")
    expect(cutout).to_have_attribute("src", re.compile("^blob:"), timeout=RESULT_MS)
    assert cutout.evaluate("image => image.decode().then(() => image.naturalWidth)") == 512


def test_a_line_of_text_and_its_region_point_at_each_other(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "ocr", photos["page"])
    expect(card(page, "page.png")).to_have_attribute("data-state", "succeeded", timeout=RESULT_MS)
    card(page, "page.png").get_by_role("button", name="Open page.png").click()
    detail = page.get_by_test_id("detail")
    lines = detail.get_by_test_id("ocr-lines").locator("li")
    expect(detail.locator("polygon")).to_have_count(lines.count())
    lines.first.focus()
    expect(detail.locator("polygon.marked")).to_have_count(1)


def test_a_reload_in_mid_work_shows_where_everything_stands_and_goes_on(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "background-removal", *[photos["astronaut"]] * 4)
    expect(page.get_by_test_id("image-card")).to_have_count(4)
    page.reload()
    cards = page.get_by_test_id("image-card")
    expect(cards).to_have_count(4)
    states = {cards.nth(index).get_attribute("data-state") for index in range(4)}
    assert states <= {"queued", "running", "succeeded"}
    done = page.locator("[data-testid=image-card][data-state=succeeded]")
    expect(done).to_have_count(4, timeout=RESULT_MS)


def test_another_user_sees_none_of_it(
    chromium: Browser, page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "ocr", photos["page"])
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    other = chromium.new_context().new_page()
    register(other, darkroom.url)
    expect(other.get_by_test_id("empty-state")).to_be_visible()
    expect(other.get_by_test_id("image-card")).to_have_count(0)
    other.context.close()


def test_a_refused_file_is_named_and_the_good_one_can_be_sent_on(
    page: Page, darkroom: Running, photos: dict[str, Path], tmp_path: Path
) -> None:
    broken = tmp_path / "notes.png"
    broken.write_text("These are notes, not a picture.")
    register(page, darkroom.url)
    upload(page, "ocr", broken, photos["page"])
    expect(page.get_by_test_id("batch")).to_contain_text("notes.png")
    page.get_by_test_id("send-others").click()
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    expect(page.get_by_test_id("batch")).to_have_count(0)


def test_signing_out_in_one_tab_signs_out_the_other(page: Page, darkroom: Running) -> None:
    register(page, darkroom.url)
    second = page.context.new_page()
    second.goto(darkroom.url)
    second.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("sign-in-form")).to_be_visible()


def test_what_is_being_sent_when_somebody_signs_out_is_nobodys(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    held: list[Route] = []
    page.route(re.compile(r"/api/uploads/(\?partial=1)?$"), held.append)
    upload(page, "ocr", photos["page"])
    expect(page.get_by_test_id("batch")).to_have_attribute("data-state", "sending")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_test_id("sign-out").click()
    page.unroute_all()
    register(page, darkroom.url)
    expect(page.get_by_test_id("empty-state")).to_be_visible()
    expect(page.get_by_test_id("batch")).to_have_count(0)


def test_who_comes_back_finds_the_photos(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    username = register(page, darkroom.url)
    upload(page, "ocr", photos["page"])
    expect(page.get_by_test_id("image-card")).to_have_count(1)
    page.get_by_test_id("sign-out").click()
    sign_in(page, darkroom.url, username)
    expect(page.get_by_test_id("image-card")).to_have_count(1)


def test_the_page_asks_no_other_host_and_breaks_no_policy_of_its_own(
    page: Page, darkroom: Running
) -> None:
    hosts: set[str] = set()
    complaints: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    register(page, darkroom.url)
    page.get_by_test_id("try-samples").click()
    expect(page.get_by_test_id("image-card")).to_have_count(3)
    assert hosts - {""} == {urlsplit(darkroom.url).netloc}
    assert complaints == []
