"""Which of a user's images a list or an export is of, by what a client asks for."""

from collections.abc import Mapping
from typing import Final

from django.db.models import QuerySet

from uploads.api import queries
from uploads.errors import Fault, Invalid
from uploads.models import Image, User
from uploads.states import State

MAX_TEXT_LENGTH: Final = 200
NAMES: Final = ("q", "model", "state")


def filtered(user: User, asked: Mapping[str, str]) -> QuerySet[Image]:
    """A user's images by text, model and state; what is not asked for, or empty, filters nothing.

    Raises:
        Invalid: a value is none that there can be.
    """
    rows = queries.images_of(user)
    if model := asked.get("model"):
        rows = queries.seen_by(rows, model.replace("\0", ""))
    if state := asked.get("state"):
        if state not in set(State):
            message = "A state is one of " + ", ".join(State) + "."
            raise Invalid(message, (Fault("invalid", message, field="state"),))
        rows = queries.now_in_state(rows, state)
    if text := asked.get("q", "").replace("\0", ""):
        if len(text) > MAX_TEXT_LENGTH:
            message = f"'q' is text of at most {MAX_TEXT_LENGTH} characters."
            raise Invalid(message, (Fault("invalid", message, field="q"),))
        rows = queries.with_text(rows, text)
    return rows
