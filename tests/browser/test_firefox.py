"""The page in Firefox: what no browser but Chromium was asked, asked of the other engine."""

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.firefox import DARK, ESCAPE, PHONE, Firefox, by_id, program, register, upload
from tests.browser.test_store import NAMES
from tests.browser.visit import KEPT, PASSWORD, RESULT_MS, Running
from tests.darkroom import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

RESULT_S = RESULT_MS / 1000
CARD, DONE = by_id("image-card"), "[data-testid=image-card][data-state=succeeded]"
UNIT = """
const script = document.createElement("script");
script.type = "module";
script.textContent = `
  const module = await import(${JSON.stringify(arguments[0])});
  document.body.remove();
  document.documentElement.append(document.createElement("body"));
  const found = await module.run();
  document.documentElement.setAttribute("data-found", JSON.stringify(found));
`;
document.head.append(script);
"""
BARS = """
const bar = document.createElement("progress");
bar.className = "bar";
document.body.append(bar);
const color = () => getComputedStyle(bar, "::-moz-progress-bar").backgroundColor;
const unknown = color();
bar.value = 0.5;
return [unknown, color()];
"""
DRAGGED = """
const { left, right, top, bottom } = document.querySelector(arguments[0]).getBoundingClientRect();
return [left, right, top, bottom];
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """One Firefox for all of these tests."""
    path = program()
    if path is None:
        pytest.skip("NO FIREFOX FOUND: the page is not tested in it (apt-get install firefox-esr)")
    firefox = Firefox(path, tmp_path_factory.mktemp("firefox"))
    yield firefox
    firefox.stop()


@pytest.fixture
def firefox(started: Firefox) -> Iterator[Firefox]:
    """A tab of somebody new, in which nothing goes wrong unseen."""
    started.somebody_new()
    yield started
    assert started.complaints() == []


def a_name() -> str:
    return f"user-{uuid.uuid4().hex[:8]}"


def test_a_first_visit_ends_with_text_that_can_be_marked(
    firefox: Firefox, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(firefox, darkroom.url, a_name())
    firefox.ask("window.isTheSame = true")
    upload(firefox, "ocr", photos["page"])
    firefox.expect_text(by_id("ocr-text"), "Region-based segmentation", RESULT_S)
    assert firefox.ask("return window.isTheSame")
    firefox.click(f"{CARD} button")
    firefox.expect_seen(by_id("detail"))
    assert re.search(r"/photos/\d+$", firefox.url)
    firefox.expect_seen(f"{by_id('detail')} .frame:not(.is-waiting) text.word")
    left, right, top, bottom = firefox.ask(DRAGGED, "text.word")
    middle = (top + bottom) / 2
    firefox.drag((left + 1, middle), (right - 1, middle))
    read = firefox.ask("return document.querySelector('text.word').textContent.trim()")
    marked = firefox.ask("return getSelection().toString().trim()")
    assert len(read) > 8
    assert marked[1:-1] in read
    assert len(marked) >= len(read) - 2
    firefox.back()
    firefox.expect_seen(by_id("detail"), is_seen=False)
    firefox.expect_count(CARD, 1)


def test_a_reload_in_mid_work_shows_where_everything_stands_and_goes_on(
    firefox: Firefox, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(firefox, darkroom.url, a_name())
    upload(firefox, "background-removal", *[photos["astronaut"]] * 2)
    firefox.expect_count(CARD, 2)
    firefox.reload()
    firefox.expect_count(CARD, 2)
    firefox.expect_count(DONE, 2, RESULT_S)
    firefox.click(f"{CARD} button")
    seen = f"{by_id('detail')} .frame:not(.is-waiting) {by_id('full-image')}"
    firefox.expect_seen(seen)
    assert firefox.ask("return document.querySelector(arguments[0]).naturalWidth", seen) == 512
    firefox.press(ESCAPE)
    firefox.expect_seen(by_id("detail"), is_seen=False)


def test_what_is_pasted_or_dropped_is_sent(
    firefox: Firefox, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(firefox, darkroom.url, a_name())
    firefox.expect_seen(by_id("model-digits"))
    firefox.click(by_id("model-digits"))
    firefox.hand_over("paste", photos["page"])
    firefox.expect_count(CARD, 1)
    firefox.hand_over("drop", photos["astronaut"], photos["page"])
    firefox.expect_seen(by_id("known"))
    firefox.click(by_id("send-known"))
    firefox.expect_count(CARD, 3)


def test_who_comes_next_sees_nothing_of_who_was_there(
    firefox: Firefox, darkroom: Running, photos: dict[str, Path]
) -> None:
    first = a_name()
    register(firefox, darkroom.url, first)
    upload(firefox, "digits", photos["astronaut"])
    firefox.expect_count(CARD, 1)
    firefox.click(by_id("sign-out"))
    register(firefox, darkroom.url, a_name())
    firefox.expect_seen(by_id("empty-state"))
    firefox.expect_count(CARD, 0)
    firefox.click(by_id("sign-out"))
    firefox.write(by_id("username"), first)
    firefox.write(by_id("password"), PASSWORD)
    firefox.click(by_id("sign-in"))
    firefox.expect_count(CARD, 1)


def test_what_happened_and_was_sent_offline_is_there_once_it_is_online(
    firefox: Firefox, darkroom: Running, photos: dict[str, Path]
) -> None:
    username = a_name()
    register(firefox, darkroom.url, username)
    firefox.offline(True)
    try:
        firefox.expect_count("[data-testid=connection][data-status=offline]", 1)
        upload(firefox, "digits", photos["astronaut"])
        firefox.expect_seen(by_id("batch"))
        Person(darkroom.url, username, PASSWORD).upload(photos["page"], model="digits")
        firefox.expect_count(CARD, 0)
    finally:
        firefox.offline(False)
    firefox.expect_count("[data-testid=connection][data-status=live]", 1)
    firefox.expect_count(CARD, 2)
    firefox.expect_count(by_id("batch"), 0)


def test_what_could_not_be_sent_is_sent_at_the_next_visit(
    firefox: Firefox, darkroom: Running, photos: dict[str, Path]
) -> None:
    register(firefox, darkroom.url, a_name())
    firefox.offline(True)
    try:
        upload(firefox, "digits", photos["astronaut"])
        firefox.expect(lambda: firefox.ask(f"return ({KEPT})()"), "it is kept")
        firefox.visit("about:blank")
    finally:
        firefox.offline(False)
    firefox.visit(darkroom.url)
    firefox.expect_count(CARD, 1)
    firefox.expect_count(by_id("batch"), 0)


def test_a_bar_of_which_nobody_knows_how_far_it_is_is_no_full_one(
    firefox: Firefox, darkroom: Running
) -> None:
    firefox.visit(darkroom.url)
    unknown, known = firefox.ask(BARS)
    assert unknown == "rgba(0, 0, 0, 0)"
    assert known != unknown


@pytest.mark.parametrize(
    ("languages", "title", "lines"),
    [("ko-KR, ko", "사진 추가", r"글자 \d+줄"), ("ja-JP, ja", "写真を追加", r"文字\d+行")],
)
def test_a_phone_in_the_dark_shows_all_of_it_in_its_language(
    started: Firefox, darkroom: Running, photos: dict[str, Path],
    languages: str, title: str, lines: str,
) -> None:  # fmt: skip
    started.somebody_new(languages=languages, look=DARK, size=PHONE)
    register(started, darkroom.url, a_name())
    started.expect_text(by_id("add-photos"), title)
    upload(started, "ocr", photos["page"])
    started.expect_count(DONE, 1, RESULT_S)
    assert re.fullmatch(lines, started.text(by_id("state")))
    assert started.ask("return [innerWidth, innerHeight]") == [*PHONE]
    assert started.ask("return document.documentElement.scrollWidth <= innerWidth")
    color = started.ask("return getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", color)[:3])) < 64
    assert started.complaints() == []


def test_the_page_s_modules_keep_their_rules_in_firefox(firefox: Firefox, files_url: str) -> None:
    folder = f"{files_url}/tests/browser/"
    failures: dict[str, str] = {}
    for module, names in NAMES.items():
        firefox.visit(folder)
        firefox.ask(UNIT, f"{folder}{module}")
        answer = firefox.expect(
            lambda: firefox.ask("return document.documentElement.dataset.found"), module
        )
        found: dict[str, str | None] = json.loads(answer)
        assert found.keys() == set(names)
        failures |= {f"{module}: {name}": why for name, why in found.items() if why is not None}
    assert failures == {}
