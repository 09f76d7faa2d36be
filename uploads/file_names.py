"""File names: text that came in any charset, kept as it was written, and shown safely."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from uploads.models import lengths

# What clients' systems name files in, where it is not UTF-8.
_CHARSETS: Final = (
    *("cp949", "cp932", "euc-jp", "gb18030", "big5hkscs", "cp874", "koi8-r"),
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256"),
)
_WESTERN: Final = "cp1252"
_WESTERN_WEIGHT: Final = 1.5
"""Of few letters nobody can tell Western from Central European; there are more of the former."""
_ALPHABETS: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI"})
_BREAKS: Final = re.compile(r"[\t-\r]+")
_INVISIBLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Formats without a use in names: spaces of no width, soft hyphens, marks of deprecated kinds.
_USELESS_FORMATS: Final = frozenset(
    map(chr, (0xAD, 0x200B, *range(0x2060, 0x2065), *range(0x206A, 0x2070), 0xFEFF))
) | frozenset("\ufff9\ufffa\ufffb\U000e0001")
_DIRECTIONS: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
MAX_LENGTH: Final = lengths.IMAGE_NAME
_TOGETHER: Final = 16
"""So many names tell the charset of all."""
_WORD: Final = re.compile(r"[^\W\d_]+")


def clean_name(name: str) -> str:
    """A client's file name as it is kept: as it was written, in NFC, without control characters.

    What joins letters or says their direction stays; `shown` is for where it is shown.
    """
    name = _BREAKS.sub(" ", name)
    visible = "".join(
        c for c in name if unicodedata.category(c) not in _INVISIBLE and c not in _USELESS_FORMATS
    )
    return unicodedata.normalize("NFC", visible).strip()[:MAX_LENGTH]


def shown(name: str) -> str:
    """A kept name without what turns the direction of letters, so that its end is its end."""
    return _DIRECTIONS.sub("", name)


def is_blank(name: str) -> bool:
    """Whether nothing of a name can be seen."""
    return all(unicodedata.category(c) in {*_INVISIBLE, "Cf", "Zs"} for c in name)


def decoded(names: Sequence[bytes]) -> list[str]:
    """File names as text: as UTF-8, else in the charset that they fit, else with escapes.

    They come from one computer, so that what is not UTF-8 is first judged together.
    """
    foreign = [name for name in names if not _is_utf8(name)]
    together = _fitting(b"\n".join(foreign[:_TOGETHER])) if len(foreign) > 1 else None
    return [_text(name, together) for name in names]


def _text(name: bytes, charset: str | None) -> str:
    if _is_utf8(name):
        return name.decode()
    for candidate in (charset, _fitting(name)):
        if candidate and (text := _plausible(name, candidate)) is not None:
            return text
    return name.decode("utf-8", "backslashreplace")


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _fitting(text: bytes) -> str | None:
    """The charset that this text most likely is in."""
    # Four megabytes, for names that few processes ever meet.
    import chardet  # noqa: PLC0415

    found = [
        (one["confidence"] * (_WESTERN_WEIGHT if one["encoding"] == _WESTERN else 1), name)
        for one in chardet.detect_all(
            text, ignore_threshold=True, compat_names=False, include_encodings=_CHARSETS
        )
        if (name := one["encoding"]) and _plausible(text, name) is not None
    ]
    return max(found)[1] if found else None


def _plausible(name: bytes, charset: str) -> str | None:
    """The text in this charset; None where that is none, or mixes alphabets within a word."""
    try:
        text = name.decode(charset)
    except ValueError:
        return None
    readable = all(c.isprintable() or c in "\n\t" for c in text)
    return text if readable and not any(_is_mixed(word) for word in _WORD.findall(text)) else None


def _is_mixed(word: str) -> bool:
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
    return len(scripts & _ALPHABETS) > 1
