"""Rows of predictions, locked in one order, so that two writers never wait for each other."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from uploads.models import Prediction
from uploads.states import State


def locked(ids: Iterable[int]) -> list[Prediction]:
    """These rows, locked in the order of their ids until the transaction ends."""
    rows = Prediction.objects.filter(pk__in=list(ids)).select_related("image").order_by("pk")
    return list(rows.select_for_update(of=("self",)) if _has_row_locks() else rows)


def locked_one(prediction_id: int) -> Prediction:
    """This row, locked until the transaction ends.

    Raises:
        Prediction.DoesNotExist: it is gone.
    """
    rows = locked([prediction_id])
    if not rows:
        raise Prediction.DoesNotExist
    return rows[0]


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
