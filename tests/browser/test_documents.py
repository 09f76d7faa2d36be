"""Photos of phones and documents on the page: each page a card, and pictures that browsers show."""

import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.visit import Running, register, upload
from tests.heif_files import heic

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def letter(path: Path, pages: int) -> Path:
    """A PDF whose pages each have a line of text."""
    sheets = []
    for page in range(1, pages + 1):
        sheet = Image.new("RGB", (850, 1100), "white")
        ImageDraw.Draw(sheet).text((90, 120), f"This is page {page}", "black", font_size=60)
        sheets.append(sheet)
    sheets[0].save(path, "PDF", save_all=True, append_images=sheets[1:], resolution=100)
    return path


def test_a_phones_photo_and_every_page_of_a_document_become_cards(
    page: Page, darkroom: Running, tmp_path: Path
) -> None:
    photo = tmp_path / "IMG_0001.HEIC"
    photo.write_bytes(heic("photo"))
    broken = tmp_path / "broken.heic"
    broken.write_bytes(heic("photo")[:900])
    register(page, darkroom.url)
    upload(page, "digits", photo, letter(tmp_path / "letter.pdf", 3), broken)
    cards = page.get_by_test_id("image-card")
    expect(cards).to_have_count(4)
    expect(page.get_by_test_id("refusals")).to_contain_text("1 of 3 files can't be used")
    expect(cards.filter(has_text="letter.pdf").filter(has_text="Page 2")).to_have_count(1)
    for card in cards.all():
        expect(card.get_by_test_id("thumbnail")).to_have_attribute(
            "src", re.compile("^blob:"), timeout=60_000
        )
    cards.filter(has_text="Page 3").get_by_role("button").first.click()
    picture = page.get_by_role("dialog").get_by_role("img").first
    expect(picture).to_have_js_property("complete", value=True)
    page.wait_for_function("image => image.naturalWidth > 1000", arg=picture.element_handle())
