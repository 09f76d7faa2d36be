"""Models that come and go while a page is open."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import choose_model, register
from tests.darkroom import ROOT, Darkroom

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(120)]

CHAOS = ROOT / "tests" / "chaos" / "models"


def test_a_model_that_comes_and_one_that_goes_are_seen_on_an_open_page_within_moments(
    page: Page, own_darkroom: Darkroom, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    shutil.copytree(CHAOS / "chaos", models / "chaos")
    own_darkroom.start(MODEL_REPOSITORY=str(models), DEFAULT_MODEL="chaos")
    register(page, own_darkroom.url)
    tile = page.get_by_test_id("model-negative")
    expect(page.get_by_test_id("model-chaos")).to_be_attached()
    expect(tile).to_have_count(0)
    shutil.copytree(CHAOS / "negative", models / "negative")
    own_darkroom.manage("models", "load", "negative")
    # Sooner than the page would ask by itself.
    expect(tile).to_have_count(1, timeout=10_000)
    choose_model(page, "negative")
    options = page.locator("#param-ms")
    page.get_by_text("Options").click()
    options.fill("30")
    own_darkroom.manage("models", "unload", "negative")
    expect(tile).to_have_count(0, timeout=10_000)
    expect(page.get_by_text("“negative” isn't available any more.")).to_be_visible()
    expect(page.get_by_test_id("model-chaos").get_by_role("radio")).to_be_checked()
    expect(options).not_to_have_value("30")
