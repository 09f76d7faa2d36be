"""The page shows a photo as the server turned it, and its regions lie on its text."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import FloatRect, Page, expect

from tests import image_files
from tests.browser.visit import RESULT_MS, Running, card, register, upload
from tests.image_files import chunk, exif, segment, tiff
from tests.photos import encoded

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

SHORT = 3
UNDO = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How an upright picture is stored, by its orientation."""


def sign() -> Image.Image:
    """A page with one line of text, above and left of its middle."""
    page = Image.new("RGB", (600, 400), "white")
    font = ImageFont.load_default(48)
    ImageDraw.Draw(page).text((40, 60), "Harbour street", "black", font)
    return page


def lying(orientation: int) -> Image.Image:
    """The page as a camera stores it that was held this way."""
    return sign().transpose(UNDO[orientation]) if orientation > 1 else sign()


def png_with_late_exif(orientation: int) -> bytes:
    whole = encoded(lying(orientation))
    end = whole.index(b"IEND") - 4
    metadata = chunk(b"eXIf", tiff(SHORT, 1, bytes([0, orientation])))
    return whole[:end] + metadata + whole[end:]


def jpeg_with(metadata: bytes) -> bytes:
    whole = encoded(sign(), "JPEG", quality=95)
    return whole[:2] + metadata + whole[2:]


FILES = {
    **{
        f"jpeg{number}.jpg": encoded(lying(number), "JPEG", exif=exif(number))
        for number in range(1, 9)
    },
    "early6.png": encoded(lying(6), exif=exif(6)),
    "late6.png": png_with_late_exif(6),
    "exif6.webp": encoded(lying(6), "WEBP", exif=exif(6)),
    "xmp6.jpg": jpeg_with(image_files.xmp(6)),
    "cut.jpg": encoded(sign(), "JPEG", quality=95)[:-2],
    "float6.jpg": jpeg_with(segment(0xE1, b"Exif\0\0" + tiff(11, 1, b"\x40\xc0\0\0"))),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every one of them on the disk."""
    folder = tmp_path_factory.mktemp("lying")
    paths = []
    for name, body in FILES.items():
        (folder / name).write_bytes(body)
        paths.append(folder / name)
    return paths


def dark(page: Page, box: FloatRect) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Where a part of the screen is black."""
    shot = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
    return np.asarray(np.asarray(shot).max(axis=2) < 90)


def test_photo_and_regions_agree_whatever_the_browser_makes_of_the_metadata(
    page: Page, darkroom: Running, files: list[Path]
) -> None:
    register(page, darkroom.url)
    upload(page, "ocr", *files)
    done = page.locator("[data-testid=image-card][data-state=succeeded]")
    expect(done).to_have_count(len(files), timeout=RESULT_MS)
    for file in files:
        card(page, file.name).get_by_role("button", name=f"Open {file.name}").click()
        detail = page.get_by_test_id("detail")
        expect(detail.get_by_test_id("ocr-lines")).to_contain_text("Harbour")
        picture = detail.get_by_test_id("full-image")
        expect(picture).to_have_attribute("src", re.compile("^blob:"))
        picture.evaluate("image => image.decode()")
        overlay = detail.locator("svg.overlay")
        assert overlay.get_attribute("viewBox") == "0 0 600 400", file.name
        region = overlay.locator("polygon").first.bounding_box()
        frame = detail.locator(".stage .frame").bounding_box()
        assert region is not None
        assert frame is not None
        overlay.evaluate("overlay => overlay.style.visibility = 'hidden'")
        in_all, in_region = dark(page, _photo(frame)).sum(), dark(page, region).sum()
        assert in_all > 500, file.name
        assert in_region > 0.9 * in_all, file.name
        overlay.evaluate("overlay => overlay.style.visibility = ''")
        noted = detail.get_by_test_id("note")
        expect(noted).to_have_count(int(file.name == "cut.jpg"))
        detail.get_by_test_id("close-detail").click()
    expect(card(page, "cut.jpg").get_by_test_id("note")).to_contain_text("ends before")


def _photo(frame: FloatRect) -> FloatRect:
    """Where a photo of 3:2 stands in its frame."""
    scale = min(frame["width"] / 600, frame["height"] / 400)
    width, height = 600 * scale, 400 * scale
    return {
        "x": frame["x"] + (frame["width"] - width) / 2,
        "y": frame["y"] + (frame["height"] - height) / 2,
        "width": width,
        "height": height,
    }
