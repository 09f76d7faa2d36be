"""The language of a text: the user's hint, else a guess by its script."""

import re

NAMES = {"english": "en", "chinese": "zh", "japanese": "ja"}
TAGS = frozenset(NAMES.values())
SCRIPTS = (
    ("ja", (("\u3040", "\u30ff"),)),  # kana, which no other language writes
    ("zh", (("\u4e00", "\u9fff"), ("\u3400", "\u4dbf"))),
    ("en", (("A", "Z"), ("a", "z"))),
)
UNREADABLE = {
    "am": "Amharic",
    "ar": "Arabic",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "fa": "Persian",
    "gu": "Gujarati",
    "he": "Hebrew",
    "hi": "Hindi",
    "hy": "Armenian",
    "ka": "Georgian",
    "kk": "Kazakh",
    "km": "Khmer",
    "kn": "Kannada",
    "ko": "Korean",
    "lo": "Lao",
    "mk": "Macedonian",
    "ml": "Malayalam",
    "mr": "Marathi",
    "my": "Burmese",
    "ne": "Nepali",
    "pa": "Punjabi",
    "ru": "Russian",
    "si": "Sinhala",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "uk": "Ukrainian",
    "ur": "Urdu",
}
"""Languages whose letters the recognizer does not have, by ISO 639-1 code."""

_TAG = re.compile(r"([a-z]{2})([-_](handwritten|printed|[a-z]{2}))*")


def hinted(hint: str) -> str | None:
    """The language that a hint such as `en-handwritten` or `Japanese, printed` names, if any."""
    for word in _words(hint):
        if word in TAGS:
            return word
        if word in NAMES:
            return NAMES[word]
    return None


def unreadable(hint: str) -> str | None:
    """The name of the language that a hint names, where its letters cannot be read.

    A code counts as the hint or its beginning alone (`ko`, `ko-handwritten`, `ko-KR`), since in
    other texts it may be a word.
    """
    tag = _TAG.fullmatch(hint.strip().lower())
    if tag and tag[1] in UNREADABLE:
        return UNREADABLE[tag[1]]
    return next((name for name in UNREADABLE.values() if name.lower() in _words(hint)), None)


def guessed(text: str) -> str | None:
    """The language that the letters of a text point to; None: there are no letters."""
    for language, ranges in SCRIPTS:
        if any(first <= letter <= last for letter in text for first, last in ranges):
            return language
    return None


def _words(hint: str) -> list[str]:
    return re.findall(r"\w+", hint.lower().replace("_", " "))
