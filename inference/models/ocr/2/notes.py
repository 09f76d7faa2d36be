"""What is told beside a text: what could not be read, and which hint could not be followed."""

from collections.abc import Sequence
from dataclasses import dataclass

from languages import LATIN, NAMES, bears_out, hinted, is_handwritten

from inference.engine.model import Note

MISSING = 0.04
"""Where so much of the ink in a line that was read is no letter, letters are missing: of lines read
rightly it is 0.01, where there are many quotes nearly 0.04."""
DOUBT = 0.08
"""Where the letters of a page, or of a line that has nothing but Latin ones, are doubted so much on
average, some are in no alphabet: those read rightly come up to 0.045, others begin at 0.13."""

ENOUGH_SYLLABLES = 12
"""Fewer don't tell print from handwriting."""
ALIKE = 0.4
"""Where two networks, both made for print, read no more of the syllables alike, they are written by
hand."""


@dataclass(frozen=True)
class Outcome:
    """What became of a page's lines."""

    text: str
    unread: int
    """Lines that were found and not read, specks left out."""
    missing: float
    """The part of a read line's ink that no letter accounts for, where it is most."""
    doubt: float = 0.0
    """How much is doubted what the read lines say, on average."""
    line_doubt: float = 0.0
    """The most that it is of one line of Latin letters."""
    syllables: int = 0
    """Of Hangul, in all lines."""
    confirmed: int = 0
    """Those that two networks read alike."""

    @property
    def is_partial(self) -> bool:
        """Whether letters are missing, or others stand in their place."""
        return self.missing >= MISSING or max(self.doubt, self.line_doubt) >= DOUBT

    @property
    def looks_handwritten(self) -> bool:
        """Whether its Hangul is not of the forms that print has."""
        return self.syllables >= ENOUGH_SYLLABLES and self.confirmed <= ALIKE * self.syllables


def notes(hint: str, outcome: Outcome, languages: Sequence[str]) -> list[Note]:
    """What is to be told; `languages` are the codes of those that can be read."""
    found = []
    language = hinted(hint)
    if language and language not in languages and language not in LATIN:
        name = NAMES[language]
        message = f"This model doesn't read {name}: it knows no letters of that language."
        found.append(Note("script_not_readable", message))
    elif outcome.unread:
        count = "1 line is" if outcome.unread == 1 else f"{outcome.unread} lines are"
        message = f"{count} text in a script this model doesn't read, or no text at all."
        found.append(Note("script_not_readable", message))
    elif outcome.is_partial:
        message = (
            "This is partly text in a script this model doesn't read: "
            "letters of it are missing or wrong."
        )
        found.append(Note("script_not_readable", message))
    elif language and not bears_out(outcome.text, language):
        message = f"The hint says {NAMES[language]}, but no letters of it were found."
        found.append(Note("hint_not_followed", message))
    if is_handwritten(hint):
        message = "This model is made for print: handwriting is read only where it is neat."
        if language == "ko":
            message = "This model reads printed Korean only: of handwriting most will be wrong."
        found.append(Note("handwriting_not_supported", message))
    elif outcome.looks_handwritten:
        message = "The Korean looks written by hand, of which this model reads some letters wrong."
        found.append(Note("handwriting_not_supported", message))
    return found
