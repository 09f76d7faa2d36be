"""`make pictures`, of models: what each makes of its sample, in `docs/models`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from project.up.accounts import DEMO, DEMO_PASSWORD
from tests.browser.conftest import ARGUMENTS, TIMEOUT_MS, program
from tests.browser.readme_pictures import DOCS, developed, frame
from tests.browser.result_pictures import SHEETS
from tests.browser.screenshots import browsing
from tests.browser.visit import card, choose_model, sign_in
from tests.darkroom import ROOT, Darkroom

SHOWN: Final = ("ocr", "digits", "classify", "ocr-fast", "page-orientation", "moderation")
"""Models that tell words: they are shown in the viewer."""
ADDED: Final = (*SHOWN[2:], "upscale", "upscale-esrgan-slim")
SIZE: Final = (840, 525)
WINDOW: Final[ViewportSize] = {"width": 1280, "height": 800}
MOST_BYTES: Final = 100_000
QUALITIES: Final = (85, 75, 65, 55)


def main() -> None:
    """Starts a Darkroom with models of the catalog, and shows what each model gives."""
    expect.set_options(timeout=TIMEOUT_MS)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        repository = {"MODEL_REPOSITORY": str(folder / "models")}
        (folder / "models").mkdir()
        for model in ADDED:
            command = [sys.executable, "manage.py", "models", "add", model]
            subprocess.run(command, cwd=ROOT, env={**os.environ, **repository}, check=True)  # noqa: TID251
        darkroom = Darkroom(folder)
        darkroom.start(**repository)
        browser = playwright.chromium.launch(executable_path=program(), args=list(ARGUMENTS))
        try:
            with browsing(browser) as context:
                page = context.new_page()
                page.set_viewport_size(WINDOW)
                sign_in(page, darkroom.url, DEMO, DEMO_PASSWORD)
                for model in SHOWN:
                    save(viewed(page, model), model)
            person = darkroom.person("painter")
            for model, draw in SHEETS.items():
                save(draw(person, folder), model)
        finally:
            browser.close()
            darkroom.stop()


def viewed(page: Page, model: str) -> Image.Image:
    """The viewer after *Try it with this photo*."""
    sample = Path(f"{model}.jpg")
    choose_model(page, model)
    page.get_by_test_id("try-sample").click()
    developed(page, [sample])
    card(page, sample.name).get_by_role("button", name=f"Open {sample.name}").click()
    expect(page.get_by_test_id("close-detail")).to_be_visible()
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)
    shown = frame(page).resize(SIZE, Image.Resampling.LANCZOS)
    page.get_by_test_id("close-detail").click()
    return shown


def save(picture: Image.Image, model: str) -> None:
    """Into the documents, as fine as its bytes allow."""
    file = DOCS / "models" / f"{model}.jpg"
    for quality in QUALITIES:
        picture.save(file, quality=quality, optimize=True)
        if file.stat().st_size <= MOST_BYTES:
            return
    raise AssertionError(f"{file.name} has {file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
