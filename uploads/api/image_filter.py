"""Which of a user's images a list or an export is of, by what a client asks for."""

import re
from collections.abc import Mapping
from typing import Final

from django.db.models import QuerySet

from uploads.api import queries
from uploads.errors import Fault, Invalid
from uploads.models import Image, User
from uploads.states import State

MAX_TEXT_LENGTH: Final = 200
MAX_HASHES: Final = 50
NAMES: Final = ("q", "model", "state", "sha256")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def filtered(user: User, asked: Mapping[str, str]) -> QuerySet[Image]:
    """A user's images by text, model, state and the hashes of their files, which commas separate;
    what is not asked for, or empty, filters nothing.

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
    if hashes := asked.get("sha256"):
        rows = rows.filter(sha256__in=_sha256s(hashes))
    return rows


def _sha256s(text: str) -> set[str]:
    hashes = text.lower().split(",")
    if len(hashes) > MAX_HASHES or not all(map(_SHA256.fullmatch, hashes)):
        message = f"'sha256' is up to {MAX_HASHES} hashes of 64 hexadecimal digits, with commas."
        raise Invalid(message, (Fault("invalid", message, field="sha256"),))
    return set(hashes)
