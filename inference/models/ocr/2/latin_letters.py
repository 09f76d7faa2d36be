"""Which of the Latin letters that PP-OCR reads in a Korean line are none: parts of syllables."""

from collections.abc import Sequence

from hangul import SURE, WIDEST, Span, certain, is_hangul, is_korean, is_narrow, spans
from korean_line import NEAR, KoreanLine
from latin_runs import is_latin
from recogniser import Letter
from run_readings import is_written

APART = 0.5
"""What is so near to a letter may be of its word. This and the next are over the letters'
height."""
SLACK = 0.05
"""How much of a syllable may stand beside the columns that Tesseract gives it."""
ALIKE = frozenset("0Oo1lI|7[](){}LTEHFC^\N{DEGREE SIGN}\N{WHITE CIRCLE}\N{WHITE SQUARE}")
"""Letters that look like parts of syllables."""
STRONG = 0.95
"""The chance of a letter that is none of these and surely there."""
SYLLABLE = 0.5
"""A syllable is so wide at least."""
CONFIRMED = 0.8
"""The chance of a letter in the whole line that confirms one in a part of it."""


def latin_letters(line: KoreanLine, letters: Sequence[Letter]) -> list[Letter]:
    """Those letters of a word that aren't parts of syllables."""
    return [
        letter
        for letter in letters
        if is_latin(letter.text)
        and letter.confidence >= _least_chance(line, letter)
        and not _is_alone(line, letter)
        and not _is_part(line, letter, letters)
    ]


def is_likely(line: KoreanLine, run: Span, letters: Sequence[Letter]) -> bool:
    """Whether a run isn't a part of a syllable: two letters may look like one."""
    if not any(is_written(letter.text) for letter in letters):
        return False
    strong = [one for one in letters if one.text not in ALIKE and one.confidence >= STRONG]
    if len(letters) > 2 or strong:
        return True
    near = NEAR * line.height
    return any(
        one.confidence >= CONFIRMED and run.first - near <= one.place <= run.end + near
        for one in line.whole
        if is_written(one.text)
    ) or any(
        not is_korean(one.text) and one.left < run.end and run.first < one.right
        for one in line.symbols
    )


def without_syllables(
    line: KoreanLine, run: Span, letters: Sequence[Letter]
) -> list[tuple[Span, Sequence[Letter]]]:
    """A run in parts, without the syllables in it that both readers of Hangul see.

    Of a syllable PP-OCR makes one letter or none; where it reads several, they are letters.
    """
    taken = [
        Span(round(one.left), round(one.right) + 1)
        for one in line.symbols
        if one.is_confirmed
        and one.right - one.left >= SYLLABLE * line.height
        and run.first <= (one.left + one.right) / 2 < run.end
    ]
    taken = [
        span
        for span in taken
        if sum(span.first <= one.place < span.end for one in letters if one.text != " ") <= 1
    ]
    edges = [run.first, *(edge for span in taken for edge in (span.first, span.end)), run.end]
    found = []
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        strokes = spans(line.ink[max(0, first) : max(0, end)]) if first < end else []
        if strokes:
            part = Span(first + strokes[0].first, first + strokes[-1].end)
            own = [one for one in letters if first <= one.place < end] if taken else letters
            found.append((part, own))
    return found


def _is_alone(line: KoreanLine, letter: Letter) -> bool:
    """Whether it looks like a part of a syllable and nothing else speaks for it."""
    if letter.text not in ALIKE or letter.confidence >= STRONG:
        return False
    near = NEAR * line.height
    return not any(
        abs(one.place - letter.place) <= near for one in line.whole if is_written(one.text)
    ) and not any(
        one.left - near <= letter.place <= one.right + near
        for one in line.symbols
        if not is_hangul(one.text)
    )


def _is_part(line: KoreanLine, letter: Letter, letters: Sequence[Letter]) -> bool:
    """Whether it is a stroke of a sure syllable that has others, which are no letters."""
    if letter.text not in ALIKE:
        return False
    if _looks_like_a_syllable(line, letter, letters):
        return True
    near = SLACK * line.height
    places = [one.place for one in (*letters, *line.whole) if one.text.isalnum()]
    for span in certain(line.symbols, line.height):
        strokes = [
            Span(span.first + part.first, span.first + part.end)
            for part in spans(line.ink[span.first : span.end])
        ]
        if span.first <= letter.place < span.end and not all(
            any(one.first - near <= place <= one.end + near for place in places) for one in strokes
        ):
            return True
    return False


def _looks_like_a_syllable(line: KoreanLine, letter: Letter, letters: Sequence[Letter]) -> bool:
    """Whether it and its neighbors, by themselves, are all that Tesseract takes for a syllable.

    `LH` is what PP-OCR makes of one.
    """
    near = APART * line.height
    for one in line.symbols:
        is_over = one.left - 1 <= letter.place <= one.right + 1
        if not (is_hangul(one.text) and is_over and one.confidence >= STRONG):
            continue
        if not is_narrow(one, line.height):
            continue
        beside = [
            other
            for other in letters
            if is_written(other.text) and one.left - near <= other.place <= one.right + near
        ]
        return all(
            other.text in ALIKE and one.left - 1 <= other.place <= one.right + 1 for other in beside
        )
    return False


def _least_chance(line: KoreanLine, letter: Letter) -> float:
    """How sure a letter must be beside what Tesseract has read there."""
    slack = SLACK * line.height
    syllable = max(
        (
            one.confidence + one.is_confirmed
            for one in line.symbols
            if is_hangul(one.text)
            and one.left - slack <= letter.place <= one.right + slack
            and one.right - one.left <= 1.2 * WIDEST * line.height
        ),
        default=0.0,
    )
    confirmed = any(
        one.text == letter.text and abs(one.place - letter.place) <= NEAR * line.height
        for one in line.whole
    )
    if syllable < SURE:
        return 0.6
    if syllable < 0.97:
        return 0.7 if confirmed else 0.97
    return 0.98 if confirmed and syllable <= 1 else 2.0
