"""Corrects recognized text line by line: the newest is what is shown, found and taken along."""

import unicodedata
from typing import Final

from uploads import bus, events, services
from uploads.corrected_text import corrected
from uploads.errors import (
    Fault,
    Invalid,
    NoSuchLine,
    NotCorrectable,
    TextChanged,
    TooManyCorrections,
)
from uploads.event_kinds import Kind
from uploads.events import Actor
from uploads.models import Correction, ModelOutput, Prediction
from uploads.queue.rows import locked_one
from uploads.states import State

MAX_LENGTH: Final = 2000
"""Of a line, in characters."""
MAX_CORRECTIONS: Final = 4000
"""Of one prediction, over all time."""
MAX_OF_A_LINE: Final = 100
"""Of one of its lines, over all time."""
_UNPRINTABLE: Final = frozenset({"Cc", "Cs"})


def correct(
    prediction: Prediction, line: int, *, text: str, seen: str | None, actor: Actor
) -> Prediction:
    """Has a line read otherwise; gives the prediction as it is then.

    Args:
        prediction: with its image.
        line: its place among the output's regions, from 0.
        text: what it reads from now on; in one line.
        seen: what it read to whoever corrects it. None: whatever it reads.
        actor: who does it.

    Raises:
        Invalid: the text is too long.
        NotCorrectable: the result is no text.
        TooManyCorrections: it, or the line, was corrected too often; what the model read can be
            brought back still.
        NoSuchLine: it has no such line.
        TextChanged: somebody else was faster.
        SourceGone: it was deleted.
    """
    text = _in_one_line(text)
    with events.recording() as log:
        services.hold_image(prediction.image)
        row = locked_one(prediction.pk)
        current = _text_of(row, line)
        if seen is not None and current != seen:
            raise TextChanged
        if text == current:
            return row
        if seen is not None:
            _check_bounds(row, line)
        _apply(row, line, text)
        actor_id = actor.id or row.user_id
        Correction.objects.create(
            prediction=row, line=line, before=current, after=text, actor_id=actor_id
        )
        log.add_prediction(Kind.PREDICTION_CORRECTED, row, row.image.upload_id, actor)
    bus.after_commit(seqs=log.seqs)
    return row


def undo(prediction: Prediction, line: int, actor: Actor) -> Prediction:
    """Has a line read as the model has read it; gives the prediction as it is then.

    Raises:
        NotCorrectable: the result is no text.
        NoSuchLine: it has no such line.
        SourceGone: it was deleted.
    """
    current = _text_of(prediction, line)
    region = (prediction.output or {})["regions"][line]
    read = str(region.get("original", current))
    return correct(prediction, line, text=read, seen=None, actor=actor)


def _text_of(prediction: Prediction, line: int) -> str:
    output = prediction.output or {}
    if prediction.state != State.SUCCEEDED or output.get("kind") != "text":
        raise NotCorrectable
    regions = output.get("regions") or []
    if not 0 <= line < len(regions):
        raise NoSuchLine
    return str(regions[line]["text"])


def _check_bounds(row: Prediction, line: int) -> None:
    if row.corrections.filter(line=line).count() >= MAX_OF_A_LINE:
        message = f"A line is corrected {MAX_OF_A_LINE} times at most: this one can only be undone."
        raise TooManyCorrections(message)
    if row.corrections.count() >= MAX_CORRECTIONS:
        raise TooManyCorrections


def _apply(row: Prediction, line: int, text: str) -> None:
    """Puts the line into the locked row; the model's own output is kept beside it meanwhile."""
    kept, _ = ModelOutput.objects.get_or_create(prediction=row, defaults={"output": row.output})
    regions = (row.output or {})["regions"]
    lines = {at: str(one["text"]) for at, one in enumerate(regions) if "original" in one}
    row.output = corrected(kept.output, {**lines, line: text})
    Prediction.objects.filter(pk=row.pk).update(output=row.output)
    if row.output == kept.output:
        kept.delete()


def _in_one_line(text: str) -> str:
    plain = unicodedata.normalize("NFC", " ".join(text.split()))
    plain = "".join(c for c in plain if unicodedata.category(c) not in _UNPRINTABLE)
    if len(plain) > MAX_LENGTH:
        message = f"A line has at most {MAX_LENGTH:,} characters."
        raise Invalid(message, (Fault("invalid", message, field="text"),))
    return plain
