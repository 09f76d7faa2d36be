"""Runs the `*.test.js` modules in Chromium and reports each of their tests by its name."""

import re
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
NAME = re.compile(r'^test\("(.+)", ', re.MULTILINE)

NAMES = {path.name: NAME.findall(path.read_text()) for path in sorted(HERE.glob("*.test.js"))}
CASES = [
    pytest.param(module, name, id=f"{module}: {name}")
    for module, names in NAMES.items()
    for name in names
]

pytestmark = pytest.mark.browser


@cache
def empty_page(chromium: Browser) -> Page:
    """One for all modules, each of which gets a document of its own."""
    return chromium.new_page()


@cache
def outcomes(chromium: Browser, files_url: str, module: str) -> dict[str, str | None]:
    """For each test of a module its failure, or None; the module runs once."""
    page = empty_page(chromium)
    folder = f"{files_url}/tests/browser/"
    page.goto(folder)
    found: dict[str, str | None] = page.evaluate(
        "async (module) => (await import(module)).run()", f"{folder}{module}"
    )
    return found


@pytest.mark.parametrize(("module", "name"), CASES)
def test_the_page_keeps_its_rules(
    chromium: Browser, files_url: str, module: str, name: str
) -> None:
    failure = outcomes(chromium, files_url, module)[name]
    assert failure is None, failure


@pytest.mark.parametrize("module", NAMES)
def test_every_test_of_a_module_is_reported(chromium: Browser, files_url: str, module: str) -> None:
    assert set(outcomes(chromium, files_url, module)) == set(NAMES[module])
