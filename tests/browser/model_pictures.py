"""`make pictures`, of models: what the viewer shows of their samples, in `docs/models`."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import ViewportSize, expect, sync_playwright

from project.up.accounts import DEMO, DEMO_PASSWORD
from tests.browser.conftest import ARGUMENTS, TIMEOUT_MS, program
from tests.browser.readme_pictures import DOCS, developed, frame
from tests.browser.screenshots import browsing
from tests.browser.visit import card, sign_in, upload
from tests.darkroom import ROOT, Darkroom

SHOWN: Final = {
    "ocr": ROOT / "inference" / "models",
    "digits": ROOT / "inference" / "models",
    "classify": ROOT / "inference" / "weights" / "catalog",
}
"""Models that tell words, and where their samples lie; results that are pictures have others."""
ADDED: Final = "classify"
SIZE: Final = (840, 525)
WINDOW: Final[ViewportSize] = {"width": 1280, "height": 800}


def main() -> None:
    """Starts a Darkroom, one model of the catalog in it, and takes its viewer with each sample."""
    expect.set_options(timeout=TIMEOUT_MS)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        repository = {"MODEL_REPOSITORY": str(folder / "models")}
        (folder / "models").mkdir()
        command = [sys.executable, "manage.py", "models", "add", ADDED]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **repository}, check=True)  # noqa: TID251
        darkroom = Darkroom(folder)
        darkroom.start(**repository)
        browser = playwright.chromium.launch(executable_path=program(), args=list(ARGUMENTS))
        try:
            with browsing(browser) as context:
                page = context.new_page()
                page.set_viewport_size(WINDOW)
                sign_in(page, darkroom.url, DEMO, DEMO_PASSWORD)
                for model, models in SHOWN.items():
                    sample = folder / f"{model}.jpg"
                    shutil.copy(models / model / "sample.jpg", sample)
                    upload(page, model, sample)
                    developed(page, [sample])
                    opened = card(page, sample.name)
                    opened.get_by_role("button", name=f"Open {sample.name}").click()
                    expect(page.get_by_test_id("close-detail")).to_be_visible()
                    page.mouse.move(0, 0)
                    page.wait_for_timeout(600)
                    shown = frame(page).resize(SIZE, Image.Resampling.LANCZOS)
                    shown.save(DOCS / "models" / sample.name, quality=85)
                    page.get_by_test_id("close-detail").click()
        finally:
            browser.close()
            darkroom.stop()


if __name__ == "__main__":
    main()
