"""What the viewer gives programs: each runs as it stands, with a key made on the page."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import RESULT_MS, Running, card, register, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

COMMANDS = {
    "curl": ["sh"],
    "Python": [sys.executable],
    "JavaScript": ["node", "--input-type=module", "-"],
}
"""What reads each of them from its standard input."""


def test_every_program_runs_as_it_stands(
    page: Page, darkroom: Running, photos: dict[str, Path], tmp_path: Path
) -> None:
    register(page, darkroom.url)
    page.get_by_test_id("account").click()
    page.get_by_test_id("key-name").fill("programs")
    page.get_by_test_id("make-key").click()
    expect(page.get_by_test_id("copy-key")).to_be_focused()
    key = page.get_by_test_id("key-secret").inner_text()
    page.get_by_test_id("close-account").click()
    upload(page, "style-transfer", photos["astronaut"])
    expect(card(page, "astronaut")).to_have_attribute("data-state", "succeeded", timeout=RESULT_MS)
    card(page, "astronaut").get_by_role("button", name="Open").click()
    shown = page.get_by_test_id("from-program")
    shown.locator("summary").click()
    shutil.copy(photos["astronaut"], tmp_path / "photo.jpg")
    environment = {**os.environ, "DARKROOM_API_KEY": key}  # noqa: TID251
    for name, command in COMMANDS.items():
        if shutil.which(command[0]) is None:
            continue
        tab = shown.get_by_role("button", name=name, exact=True)
        tab.click()
        expect(tab).to_have_attribute("aria-pressed", "true")
        program = shown.locator("pre").inner_text()
        assert key not in program
        ran = subprocess.run(
            command, input=program, cwd=tmp_path, env=environment, text=True,
            capture_output=True, check=False, timeout=90,
        )  # fmt: skip
        assert ran.returncode == 0, f"{name}: {ran.stderr}"
        assert "succeeded" in ran.stdout, f"{name}: {ran.stdout}"
        expect(page.get_by_test_id("image-card")).to_have_count(list(COMMANDS).index(name) + 2)
