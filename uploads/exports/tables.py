"""Results as a table: a row for each prediction, as CSV, JSON or JSON Lines."""

import codecs
import json
from collections.abc import Iterator
from typing import Any, Final

from uploads.exports.selection import Row, Some
from uploads.models import Image, Prediction
from uploads.representation import maybe_timestamp, prediction_view, timestamp
from uploads.spreadsheet import csv_rows

COLUMNS: Final = (
    *("name", "page", "state", "model", "model_version", "label", "score", "labels", "text"),
    *("language", "notes", "error_code", "error_message"),
    *("uploaded_at", "started_at", "finished_at", "total_ms"),
    *("image", "upload", "prediction", "sha256"),
)


class Csv:
    """CSV in UTF-8 with a byte order mark, without which spreadsheets guess another charset.

    `label` and `score` are those of the best label, `labels` has all of them as JSON.
    """

    def begin(self) -> Iterator[bytes]:
        """The names of the columns."""
        yield codecs.BOM_UTF8 + csv_rows([COLUMNS]).encode()

    def of(self, some: Some) -> Iterator[bytes]:
        """The rows of these images."""
        for row in some.rows:
            yield csv_rows(_cells(row.image, one) for one in row.predictions).encode()

    def end(self) -> Iterator[bytes]:
        """Nothing more."""
        return iter(())


class JsonLines:
    """An object on a line for each prediction: as the API gives it, with its image's facts."""

    def begin(self) -> Iterator[bytes]:
        """Nothing yet."""
        return iter(())

    def of(self, some: Some) -> Iterator[bytes]:
        """The lines of these images."""
        for row in some.rows:
            for one in _objects(row):
                yield f"{_json(one)}\n".encode()

    def end(self) -> Iterator[bytes]:
        """Nothing more."""
        return iter(())


class Json:
    """The same objects as one array."""

    def __init__(self) -> None:
        self._is_first = True

    def begin(self) -> Iterator[bytes]:
        """Its bracket."""
        yield b"["

    def of(self, some: Some) -> Iterator[bytes]:
        """The objects of these images."""
        for row in some.rows:
            for one in _objects(row):
                yield f"{'' if self._is_first else ','}\n{_json(one)}".encode()
                self._is_first = False

    def end(self) -> Iterator[bytes]:
        """Its other bracket."""
        yield b"\n]\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _objects(row: Row) -> Iterator[dict[str, Any]]:
    facts = _facts(row.image)
    for one in row.predictions:
        yield {"image_facts": facts, **prediction_view(one, row.image.upload_id, {})}


def _facts(image: Image) -> dict[str, Any]:
    return {
        "name": image.image_name,
        "page": image.page,
        "pages": image.pages,
        "image_type": image.image_type,
        "content_type": image.content_type,
        "width": image.width,
        "height": image.height,
        "size": image.size,
        "sha256": image.sha256,
        "uploaded_at": timestamp(image.upload.created_at),
    }


def _cells(image: Image, prediction: Prediction) -> list[Any]:
    output = prediction.output or {}
    labels = output.get("labels") or []
    best = labels[0] if labels else {}
    return [
        image.image_name,
        image.page,
        prediction.state,
        prediction.model,
        prediction.model_version,
        best.get("label"),
        best.get("score"),
        _json(labels) if labels else None,
        output.get("text"),
        output.get("language"),
        "; ".join(str(note.get("message", "")) for note in output.get("notes") or []),
        prediction.error_code,
        prediction.error_message,
        timestamp(image.upload.created_at),
        maybe_timestamp(prediction.started_at),
        maybe_timestamp(prediction.finished_at),
        (prediction.timing or {}).get("total_ms"),
        image.pk,
        image.upload_id,
        prediction.pk,
        image.sha256,
    ]
