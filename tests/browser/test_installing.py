"""The page as an app: what systems are told of it, and photos that are shared with it."""

from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.visit import Running, card, register

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

SHARE = """
() => {
  const input = Object.assign(document.createElement("input"), { type: "file", name: "photos" });
  input.dataset.testid = "to-share";
  const form = Object.assign(document.createElement("form"), {
    action: "/share", method: "post", enctype: "multipart/form-data", id: "share",
  });
  form.append(input);
  document.body.append(form);
}
"""


def share(page: Page, photo: Path) -> None:
    """Posts a photo as a system does that shares it."""
    page.evaluate("navigator.serviceWorker.getRegistration('/share').then((it) => it.update())")
    page.evaluate(SHARE)
    page.get_by_test_id("to-share").set_input_files(photo)
    page.evaluate("document.getElementById('share').submit()")


def test_what_was_shared_is_sent_when_somebody_says_so(
    page: Page, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(page, darkroom.url)
    share(page, photos["astronaut"])
    shared = page.get_by_test_id("shared")
    expect(shared).to_contain_text("1 photo was shared")
    expect(page.get_by_test_id("image-card")).to_have_count(0)
    page.reload()
    page.get_by_test_id("send-shared").click()
    expect(card(page, "astronaut.png")).to_be_visible()
    expect(shared).to_be_hidden()
    page.reload()
    expect(card(page, "astronaut.png")).to_be_visible()
    expect(shared).to_be_hidden()


def test_icons_are_of_the_sizes_that_the_manifest_tells(darkroom: Running, tmp_path: Path) -> None:
    with httpx.Client(base_url=darkroom.url) as client:
        page = client.get("/").text
        manifest = client.get("/manifest.webmanifest").json()
        assert 'href="/manifest.webmanifest"' in page
        for icon in manifest["icons"]:
            file = tmp_path / "icon.png"
            file.write_bytes(client.get(icon["src"]).content)
            with Image.open(file) as image:
                assert f"{image.width}x{image.height}" == icon["sizes"]
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
