"""The forms in which a selection is taken along."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from uploads.exports import account, archive, tables
from uploads.exports.selection import Selection
from uploads.exports.streaming import Form
from uploads.models import Export

EVERYTHING: Final = "account"
"""The one that is of no selection."""


def _selected(export: Export) -> Selection:
    return Selection(export.user_id, export.image_ids)


def _everything(export: Export) -> Selection:
    with_account = account.ACCOUNT in export.include
    return account.AccountSelection(export.user_id, export.image_ids, with_account=with_account)


@dataclass(frozen=True)
class Kind:
    """One of them: what it is called, and how one is made of what is to be included."""

    content_type: str
    suffix: str
    make: Callable[[list[str]], Form]
    select: Callable[[Export], Selection] = _selected


FORMS: Final[dict[str, Kind]] = {
    "zip": Kind("application/zip", ".zip", archive.Archive),
    EVERYTHING: Kind("application/zip", ".zip", archive.Archive, _everything),
    "csv": Kind("text/csv; charset=utf-8", ".csv", lambda _: tables.Csv()),
    "json": Kind("application/json", ".json", lambda _: tables.Json()),
    "jsonl": Kind("application/jsonl", ".jsonl", lambda _: tables.JsonLines()),
}
