"""The audit's events as a file that others can check: streamed, with a manifest of its hash."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Final
from zipfile import ZIP_DEFLATED

from django.db.models import QuerySet
from django.utils import timezone
from zipstream import ZipStream  # type: ignore[import-untyped]  # it has no types

from uploads.models import Event
from uploads.representation import timestamp
from uploads.spreadsheet import csv_rows

ROWS_AT_ONCE: Final = 2000
_CHUNK_BYTES: Final = 64 * 1024
_COLUMNS: Final = tuple(field.attname for field in Event._meta.concrete_fields)


class Format(StrEnum):
    """How an event is written."""

    CSV = "csv"
    JSON_LINES = "jsonl"


def exported(rows: QuerySet[Event], form: Format, about: dict[str, Any]) -> Iterator[bytes]:
    """A ZIP file in pieces: the events, oldest first, and then `manifest.json`.

    The manifest has the number of events, the SHA-256 and size in bytes of their file, and whatever
    `about` says of the export. A batch of rows is in memory at a time.
    """
    file = _File(rows, form)
    archive = ZipStream(compress_type=ZIP_DEFLATED, compress_level=6)
    archive.add(file.lines(), f"events.{form}")
    archive.add(_manifest(file, about), "manifest.json")
    return _larger(archive)


class _File:
    """The file of events, measured while it is written."""

    def __init__(self, rows: QuerySet[Event], form: Format) -> None:
        self._rows = rows
        self._form = form
        self._digest = hashlib.sha256()
        self.size = 0
        self.count = 0

    @property
    def sha256(self) -> str:
        """Of what was written so far."""
        return self._digest.hexdigest()

    @property
    def name(self) -> str:
        return f"events.{self._form}"

    def lines(self) -> Iterator[bytes]:
        """The file, a batch of events at a time."""
        if self._form is Format.CSV:
            yield self._measured(csv_rows([_COLUMNS]))
        for batch in _batches(self._rows):
            self.count += len(batch)
            yield self._measured(
                csv_rows(map(_cells, batch)) if self._form is Format.CSV else _json(batch)
            )

    def _measured(self, text: str) -> bytes:
        data = text.encode()
        self._digest.update(data)
        self.size += len(data)
        return data


def _manifest(file: _File, about: dict[str, Any]) -> Iterator[bytes]:
    """Written when the events are."""
    told = {
        **about,
        "exported_at": timestamp(timezone.now()),
        "events": file.count,
        "files": [{"name": file.name, "size": file.size, "sha256": file.sha256}],
    }
    yield json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"


def _batches(rows: QuerySet[Event]) -> Iterator[list[dict[str, Any]]]:
    """By number: each batch is a query of its own, so that no cursor or transaction stays open."""
    last = 0
    ordered = rows.order_by("pk").values(*_COLUMNS)
    while batch := list(ordered.filter(pk__gt=last)[:ROWS_AT_ONCE]):
        yield batch
        last = batch[-1]["id"]


def _cells(event: dict[str, Any]) -> list[Any]:
    return [
        json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
        for value in _plain(event).values()
    ]


def _json(batch: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(_plain(event), ensure_ascii=False) + "\n" for event in batch)


def _plain(event: dict[str, Any]) -> dict[str, Any]:
    return {**event, "at": timestamp(event["at"])}


def _larger(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces: each is a turn of a thread."""
    joined = bytearray()
    for piece in pieces:
        joined += piece
        if len(joined) >= _CHUNK_BYTES:
            yield bytes(joined)
            joined.clear()
    if joined:
        yield bytes(joined)
