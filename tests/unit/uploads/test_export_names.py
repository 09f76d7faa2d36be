"""Names in an archive: readable, safe, unique, and of a length that every system takes."""

import unicodedata

import pytest

from uploads.exports import names as naming
from uploads.exports.names import MAX_BYTES, MAX_CHARACTERS, Names, safe_name, split


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("영수증 12월.jpg", "영수증 12월.jpg"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..\\windows\\cmd.exe", "_windows_cmd.exe"),
        ("a:b*c?.png", "a_b_c_.png"),
        ("CON.png", "_CON.png"),
        ("nul", "_nul"),
        ("CON .txt", "_CON .txt"),
        ("com¹.png", "_com¹.png"),
        ("CONOUT$.png", "_CONOUT$.png"),
        ("console.png", "console.png"),
        (".hidden.png", "hidden.png"),
        ("ends. ", "ends"),
        ("", "photo"),
        ("...", "photo"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("\u1112\u1161\u11ab.png", "한.png"),
        ("👩‍👩‍👧.png", "👩‍👩‍👧.png"),
    ],
)
def test_a_name_is_made_safe_and_stays_readable(given: str, safe: str) -> None:
    assert safe_name(given) == safe


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.tar.gz", ("a.tar", ".gz")),
        ("photo", ("photo", "")),
        ("v1. final", ("v1. final", "")),
        ("사진.jpeg", ("사진", ".jpeg")),
    ],
)
def test_a_suffix_is_what_looks_like_one(name: str, parts: tuple[str, str]) -> None:
    assert split(name) == parts


@pytest.mark.parametrize("letter", ["a", "한", "👩‍👩‍👧", "e\u0301"])
def test_a_long_name_is_cut_in_the_middle(letter: str) -> None:
    name = Names().claim("originals", f"first{letter * 200}last", ".png")
    stem = name.removeprefix("originals/")
    assert stem.startswith("first")
    assert stem.endswith("last.png")
    assert "…" in stem
    assert len(stem) <= MAX_CHARACTERS
    assert len(stem.encode()) <= MAX_BYTES
    after = stem[stem.index("…") + 1]
    assert unicodedata.category(after) not in {"Mn", "Cf"}


def test_each_name_is_given_once_whatever_its_case() -> None:
    names = Names()
    given = [names.claim("o", stem, ".png") for stem in ("a", "A", "a", "a-2", "ß", "SS")]
    assert len({name.casefold() for name in given}) == len(given)
    assert given[:3] == ["o/a.png", "o/A-2.png", "o/a-3.png"]


def test_equal_long_names_are_numbered_within_their_length() -> None:
    names = Names()
    given = {names.claim("o", "x" * 300, ".jpeg") for _ in range(12)}
    assert len(given) == 12
    assert all(len(name) <= len("o/") + MAX_CHARACTERS for name in given)


def test_long_names_that_differ_in_the_middle_try_few_numbers_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cut = naming._cut
    cuts: list[str] = []

    def counted(stem: str, taken: int) -> str:
        cuts.append(stem)
        return cut(stem, taken)

    monkeypatch.setattr(naming, "_cut", counted)
    given = Names()
    found = {given.claim("o", f"{'x' * 99}{at:03}{'y' * 99}", ".png") for at in range(300)}
    assert len(found) == 300
    assert len(cuts) < 4 * 300
