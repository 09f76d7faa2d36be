"""The forms in which a selection is taken along."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from uploads.exports import archive, tables
from uploads.exports.streaming import Form


@dataclass(frozen=True)
class Kind:
    """One of them: what it is called, and how one is made of what is to be included."""

    content_type: str
    suffix: str
    make: Callable[[list[str]], Form]


FORMS: Final[dict[str, Kind]] = {
    "zip": Kind("application/zip", ".zip", archive.Archive),
    "csv": Kind("text/csv; charset=utf-8", ".csv", lambda _: tables.Csv()),
    "json": Kind("application/json", ".json", lambda _: tables.Json()),
    "jsonl": Kind("application/jsonl", ".jsonl", lambda _: tables.JsonLines()),
}
