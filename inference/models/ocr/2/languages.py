"""The language of a text: the user's hint where the text bears it out, else a guess by script."""

import re

NAMES = {
    "am": "Amharic",
    "ar": "Arabic",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "gu": "Gujarati",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "hy": "Armenian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
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
    "nl": "Dutch",
    "no": "Norwegian",
    "pa": "Punjabi",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "si": "Sinhala",
    "sr": "Serbian",
    "sv": "Swedish",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""By ISO 639-1 code."""
LATIN = frozenset(
    ("cs", "da", "de", "en", "es", "fi", "fr", "hu", "id", "it", "nl", "no", "pl", "pt", "sv", "tr")
)
"""Languages whose letters the recogniser of English knows, or nearly all."""
SCRIPTS = {
    "hangul": (("\u1100", "\u11ff"), ("\u3130", "\u318f"), ("\uac00", "\ud7a3")),
    "kana": (("\u3041", "\u30ff"), ("\uff66", "\uff9d")),
    "han": (("\u3400", "\u4dbf"), ("\u4e00", "\u9fff"), ("\uf900", "\ufaff")),
    "latin": (("A", "Z"), ("a", "z"), ("\u00c0", "\u024f")),
}
SCRIPTS_OF = {"ko": ("hangul",), "ja": ("kana", "han"), "zh": ("han",)}
ENOUGH = 0.15
"""Of a text's letters, so many of a script tell its language beside any number of Latin ones."""
KANA = 0.05
"""Of the letters that Chinese and Japanese share, so many kana beside them tell Japanese."""

_TAG = re.compile(r"([a-z]{2})([-_](handwritten|printed|[a-z]{2}))*")


def hinted(hint: str) -> str | None:
    """The code of the language that a hint such as `en-handwritten` or `Japanese, printed` names.

    A code counts as the hint or its beginning alone (`ko`, `ko-KR`): elsewhere it may be a word.
    """
    tag = _TAG.fullmatch(hint.strip().lower())
    if tag and tag[1] in NAMES:
        return tag[1]
    words = re.findall(r"\w+", hint.lower().replace("_", " "))
    return next((code for code, name in NAMES.items() if name.lower() in words), None)


def is_handwritten(hint: str) -> bool:
    """Whether a hint says that the text is written by hand."""
    return "handwrit" in hint.lower()


def guessed(text: str) -> str | None:
    """The language that the letters of a text point to; None: there are no letters."""
    counts = _counts(text)
    letters = sum(counts.values())
    if not letters:
        return None
    if counts["hangul"] >= ENOUGH * letters:
        return "ko"
    shared = counts["kana"] + counts["han"]
    if shared >= ENOUGH * letters:
        return "ja" if counts["kana"] >= KANA * shared else "zh"
    return "en"


def bears_out(text: str, language: str) -> bool:
    """Whether a text has letters of a language's script, or none at all."""
    counts = _counts(text)
    scripts = SCRIPTS_OF.get(language, ("latin",))
    return not any(counts.values()) or any(counts[script] for script in scripts)


def _counts(text: str) -> dict[str, int]:
    """How many letters of each script a text has."""
    return {
        script: sum(first <= letter <= last for letter in text for first, last in ranges)
        for script, ranges in SCRIPTS.items()
    }
