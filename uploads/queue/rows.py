"""Rows of predictions, locked in one order, so that two writers never wait for each other."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from uploads import columns
from uploads.models import Image, Prediction
from uploads.queue import statements
from uploads.queue.statements import ENDING, IMAGE, PREDICTION, THUMBNAIL
from uploads.raw_rows import chunks
from uploads.states import ACTIVE, State


def locked(ids: Iterable[int]) -> list[Prediction]:
    """These rows with their images, locked in the order of their ids until the transaction ends.

    One statement, however many they are.
    """
    wanted = list(ids)
    if not wanted:
        return []
    values: list[Any] = wanted
    among = f"IN ({', '.join(['%s'] * len(wanted))})"
    if connection.vendor == "postgresql":
        # One statement for any number of them, which is planned once.
        among, values = "= ANY(%s)", [wanted]
    lock = "FOR UPDATE OF p" if _has_row_locks() else ""
    with connection.cursor() as cursor:
        cursor.execute(statements.LOCKED.format(among=among, lock=lock), values)
        found = cursor.fetchall()
    rows = PREDICTION.read(row[: len(PREDICTION)] for row in found)
    images = IMAGE.read(row[len(PREDICTION) :] for row in found)
    for row, image in zip(rows, images, strict=True):
        row.image = image
    return rows


def locked_one(prediction_id: int) -> Prediction:
    """This row, locked until the transaction ends.

    Raises:
        Prediction.DoesNotExist: it is gone.
    """
    rows = locked([prediction_id])
    if not rows:
        raise Prediction.DoesNotExist
    return rows[0]


def lock_all(predictions: QuerySet[Prediction]) -> list[int]:
    """Locks these in the same order, however many they are; the ids of those that have not ended.

    Nothing is read of what they recognized.
    """
    found = predictions.only("pk", "state").order_by("pk")
    if _has_row_locks():
        found = found.select_for_update(of=("self",))
    return [one.pk for one in found.iterator() if one.state in ACTIVE]


def store(rows: Sequence[Prediction]) -> None:
    """Writes what the moves of these locked rows have changed: one statement.

    Raises:
        Unstorable: one of them holds a value that not every database keeps; nothing is written.
    """
    for row in rows:
        columns.check(row, *ENDING.names)
    for some in chunks(rows):
        query, values = ENDING.given(some)
        sql = statements.STORE.format(given=query, assigned=ENDING.assigned("v"))
        with connection.cursor() as cursor:
            cursor.execute(sql, values)


def store_thumbnails(images: Sequence[Image]) -> None:
    """Writes where these images' thumbnails are, unless another attempt has told: one statement.

    Raises:
        Unstorable: a key is none that every database keeps; nothing is written.
    """
    for image in images:
        columns.check(image, *THUMBNAIL.names)
    lock = "FOR NO KEY UPDATE OF i" if _has_row_locks() else ""
    for some in chunks(images):
        query, values = THUMBNAIL.given(some)
        with connection.cursor() as cursor:
            cursor.execute(statements.THUMBNAILS.format(given=query, lock=lock), values)


def expired() -> QuerySet[Prediction]:
    """What is running on a lease that has run out."""
    return Prediction.objects.filter(state=State.RUNNING, lease_until__lt=Now())


def locked_expired(limit: int) -> list[Prediction]:
    """At most so many of those, locked; not those that somebody else takes back right now."""
    found = expired().select_related("image").order_by("pk")
    if _has_row_locks():
        found = found.select_for_update(skip_locked=True, of=("self",))
    return list(found[:limit])


def _has_row_locks() -> bool:
    """SQLite has none and needs none: its transactions have one writer at a time."""
    return connection.features.has_select_for_update_of
