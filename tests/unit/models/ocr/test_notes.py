"""What is told beside a text: languages, hints and what could not be read."""

from typing import Any

import pytest

from tests.shipped import code_of

ocr = code_of("ocr", "2")
READABLE = ("en", "zh", "ja", "ko")


def codes(hint: str, text: str = "Hello", **values: Any) -> list[str]:
    outcome = ocr.notes.Outcome(**{"text": text, "unread": 0, "missing": 0.0, **values})
    return [note.code for note in ocr.notes.notes(hint, outcome, READABLE)]


@pytest.mark.parametrize("hint", ["", "en", "en-US", "de", "my receipt", "English, printed"])
def test_nothing_is_noted_where_the_hint_was_followed(hint: str) -> None:
    assert codes(hint) == []


@pytest.mark.parametrize("hint", ["ru", "vi", "Arabic", "th-TH"])
def test_a_hint_at_letters_that_are_not_known_is_told(hint: str) -> None:
    assert codes(hint) == ["script_not_readable"]


@pytest.mark.parametrize(("hint", "text"), [("ja", "Hello"), ("en", "春の夜"), ("ko", "Hello")])
def test_a_hint_that_the_text_does_not_bear_out_is_told(hint: str, text: str) -> None:
    assert codes(hint, text) == ["hint_not_followed"]


def test_a_hint_at_handwriting_is_told() -> None:
    assert codes("en-handwritten") == ["handwriting_not_supported"]


@pytest.mark.parametrize(
    ("syllables", "confirmed", "expected"),
    [(40, 5, ["handwriting_not_supported"]), (40, 35, []), (8, 0, [])],
)
def test_hangul_that_two_networks_read_differently_is_told_as_handwriting(
    syllables: int, confirmed: int, expected: list[str]
) -> None:
    found = codes("", "동생은 사과를 샀다", syllables=syllables, confirmed=confirmed)
    assert found == expected


@pytest.mark.parametrize(
    "values",
    [{"unread": 1}, {"unread": 4}, {"missing": 0.05}, {"doubt": 0.1}, {"line_doubt": 0.1}],
)
def test_a_page_of_which_something_was_not_read_says_so(values: dict[str, Any]) -> None:
    assert codes("", **values) == ["script_not_readable"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello", "en"),
        ("春の夜の夢", "ja"),
        ("今天下雨了", "zh"),
        ("오늘 Zoom 회의", "ko"),
        ("Sushi 寿司 menu of the day", "en"),
        ("12:45", None),
    ],
)
def test_the_language_is_told_by_the_letters(text: str, language: str | None) -> None:
    assert ocr.languages.guessed(text) == language


@pytest.mark.parametrize(
    ("hint", "language"),
    [("ja-handwritten", "ja"), ("Japanese, printed", "ja"), ("fr", "fr"), ("is it en", None)],
)
def test_a_hint_names_a_language_by_its_code_alone_or_by_its_name(
    hint: str, language: str | None
) -> None:
    assert ocr.languages.hinted(hint) == language
