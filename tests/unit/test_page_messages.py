"""The page's messages: each is used, and nothing that people read stands anywhere else."""

import re
from collections.abc import Iterator
from pathlib import Path

import imagefile.errors
import inference.engine.errors
import uploads.errors
from uploads.queue.pauses import PAUSED

JS = Path(__file__).resolve().parents[2] / "frontend/static/frontend/js"
MESSAGES = JS / "messages"
KEY = re.compile(r'^  "([^"]+)":', re.MULTILINE)
PROBLEM = re.compile(r'^  "?([a-z_.]+)"?: "', re.MULTILINE)

COMMENT = re.compile(r"/\*.*?\*/|(?<=\s)//[^\n]*", re.DOTALL)
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`')
WORDS = re.compile(r"[A-Z][a-z]+[.…]?$|.*[A-Za-z]{2,},? [A-Za-z']{2,}")
"""A sentence, several words, or one that begins as a label does."""
NO_TEXT = re.compile(
    r"class: (\w+ \? )?$|(translate|transform) = .*$|FOCUSABLE = $|key === $"
    r"|(matches|closest|includes|throw new Error)\($"
)
"""What stands before a string that is no text: a style, a query, a key, a programmer's error."""
CODE = {"snippets.js"}
"""Modules whose text is programs'."""
NAMES = {
    *("Darkroom", "English", "JPEG XL"),
    *("Edge", "Opera", "Samsung Internet", "Firefox", "Chrome", "Safari"),
    *("Android", "Windows", "Linux", "Mozilla"),
}


OF_OTHERS = {
    *("error", "invalid", "not_waiting", "front_is_full", "not_for_keys"),
    "scope_missing",
}
"""The codes of requests that the page does not make."""


def modules() -> Iterator[Path]:
    return (path for path in sorted(JS.rglob("*.js")) if path.parent != MESSAGES)


def test_every_message_is_used() -> None:
    keys = set(KEY.findall((MESSAGES / "en.js").read_text()))
    code = "\n".join(path.read_text() for path in modules())
    assert {key for key in keys if f'"{key}"' not in code} == set()


def test_no_text_that_people_read_stands_outside_the_messages() -> None:
    found = []
    for path in (each for each in modules() if each.name not in CODE):
        code = COMMENT.sub("", path.read_text())
        for literal in LITERAL.finditer(code):
            text = re.sub(r"\$\{[^}]*\}", "", literal[0][1:-1])
            before = code[code.rfind("\n", 0, literal.start()) + 1 : literal.start()]
            if WORDS.match(text) and text not in NAMES and not NO_TEXT.search(before):
                found.append(f"{path.relative_to(JS)}: {literal[0]}")
    assert found == []


def test_no_style_says_anything() -> None:
    for path in sorted(JS.parent.glob("css/*.css")):
        assert re.findall(r'content: "[^"]*[A-Za-z][^"]*"', path.read_text()) == [], path.name


def test_what_the_server_refuses_is_said_in_every_language() -> None:
    codes = {
        error.code
        for module in (imagefile.errors, inference.engine.errors, uploads.errors)
        for error in vars(module).values()
        if isinstance(error, type) and issubclass(error, Exception) and hasattr(error, "code")
    }
    codes.add(PAUSED)
    for catalog in ("ko_problems.js", "ja_problems.js"):
        told = set(PROBLEM.findall((MESSAGES / catalog).read_text()))
        assert codes - told - OF_OTHERS == set(), catalog
