"""Which of a user's images a list or an export is of, by what a client asks for."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime

from uploads.api import queries
from uploads.errors import Fault, Invalid
from uploads.models import Image, User
from uploads.states import State

MAX_TEXT_LENGTH: Final = 200
MAX_HASHES: Final = 50
_SHA256: Final = re.compile(r"[0-9a-f]{64}")

_Rows = QuerySet[Image]


def _in_state(rows: _Rows, state: str) -> _Rows:
    if state not in set(State):
        raise ValueError("A state is one of " + ", ".join(State) + ".")
    return queries.now_in_state(rows, state)


def _labelled(rows: _Rows, label: str) -> _Rows:
    return queries.labelled(rows, _short(label, "'label'"))


def _sent_after(rows: _Rows, moment: str) -> _Rows:
    return rows.filter(upload__created_at__gte=_moment(moment, "'created_after'"))


def _sent_before(rows: _Rows, moment: str) -> _Rows:
    return rows.filter(upload__created_at__lt=_moment(moment, "'created_before'"))


def _with_text(rows: _Rows, text: str) -> _Rows:
    return queries.with_text(rows, _short(text, "'q'"))


def _of_files(rows: _Rows, hashes: str) -> _Rows:
    wanted = hashes.lower().split(",")
    if len(wanted) > MAX_HASHES or not all(map(_SHA256.fullmatch, wanted)):
        message = f"'sha256' is up to {MAX_HASHES} hashes of 64 hexadecimal digits, with commas."
        raise ValueError(message)
    return rows.filter(sha256__in=set(wanted))


_FILTERS: Final[dict[str, Callable[[_Rows, str], _Rows]]] = {
    "model": queries.seen_by,
    "state": _in_state,
    "label": _labelled,
    "created_after": _sent_after,
    "created_before": _sent_before,
    "q": _with_text,
    "sha256": _of_files,
}
NAMES: Final = tuple(_FILTERS)
_WORDS: Final = {"model", "label", "q"}


def filtered(user: User, asked: Mapping[str, str]) -> QuerySet[Image]:
    """A user's images by text, model, state, likeliest label, when they were sent, and the hashes
    of their files, which commas separate; what is not asked for, or empty, filters nothing.

    Raises:
        Invalid: a value is none that there can be.
    """
    rows = queries.images_of(user)
    for name, narrow in _FILTERS.items():
        value = asked.get(name, "")
        if name in _WORDS:
            value = value.replace("\0", "")  # No database has a text with a zero in it.
        try:
            rows = narrow(rows, value) if value else rows
        except ValueError as error:
            raise Invalid(str(error), (Fault("invalid", str(error), field=name),)) from error
    return rows


def _short(text: str, name: str) -> str:
    if len(text) > MAX_TEXT_LENGTH:
        raise ValueError(f"{name} is text of at most {MAX_TEXT_LENGTH} characters.")
    return text


def _moment(text: str, name: str) -> datetime:
    message = f"{name} is a moment with its offset, such as 2026-11-30T00:00:00Z."
    try:
        moment = parse_datetime(text)
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(message) from error
    raise ValueError(message)
