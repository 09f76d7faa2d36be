"""The language of a text: the user's hint, else a guess by its script."""

NAMES = {"english": "en", "chinese": "zh", "japanese": "ja", "korean": "ko"}
TAGS = frozenset(NAMES.values())
SCRIPTS = (
    ("ja", (("\u3040", "\u30ff"),)),  # kana, which no other language writes
    ("ko", (("\uac00", "\ud7a3"), ("\u1100", "\u11ff"))),
    ("zh", (("\u4e00", "\u9fff"), ("\u3400", "\u4dbf"))),
    ("en", (("A", "Z"), ("a", "z"))),
)


def hinted(hint: str) -> str | None:
    """The language that a hint such as `en-handwritten` or `Korean, printed` names, if any."""
    for word in hint.lower().replace("-", " ").replace("_", " ").replace(",", " ").split():
        if word in TAGS:
            return word
        if word in NAMES:
            return NAMES[word]
    return None


def guessed(text: str) -> str | None:
    """The language that the letters of a text point to; None: there are no letters."""
    for language, ranges in SCRIPTS:
        if any(first <= letter <= last for letter in text for first, last in ranges):
            return language
    return None
