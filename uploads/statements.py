"""The statements of a photo's way in, as SQL that is made once.

Django compiles a query anew each time it runs: for these, which run with every request, that took
several times as long as the database took to answer. Whatever is asked less often stays in the
ORM. Columns, their order and the conversion of values come from the models, so that a migration
changes nothing here.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import DatabaseError, InterfaceError, connection

from uploads.event_kinds import WITH_OUTPUT, Kind
from uploads.models import (
    Event,
    Image,
    Model,
    ModelCommand,
    ModelVersion,
    Prediction,
    QueuePause,
    Session,
    TrafficSplit,
    Upload,
    User,
    Worker,
)
from uploads.raw_rows import Columns
from uploads.together import Together

UPLOAD: Final = Columns(Upload)
IMAGE: Final = Columns(Image)
PREDICTION: Final = Columns(Prediction)
EVENT: Final = Columns(Event)
_USER: Final = Columns(User)
_WORKER: Final = Columns(Worker)
_SPLIT: Final = Columns(TrafficSplit)
_UPLOADS: Final = UPLOAD.table
_PREDICTIONS: Final = PREDICTION.table
_PAUSES: Final = QueuePause._meta.db_table


def next_upload_id() -> int:
    """An id that no other upload gets, also if none is stored under it: of a sequence.

    On SQLite it comes from the sequence of AUTOINCREMENT, in a commit of its own that is not
    flushed: where a power failure undoes it, no row has the id either. Threads that wait for one
    get theirs together.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT nextval(pg_get_serial_sequence('{_UPLOADS}', 'id'))")
            return int(cursor.fetchone()[0])
    return _next_ids([1])[0] if connection.in_atomic_block else _ids.call(1)


def _next_ids(asked: Sequence[int]) -> list[int]:
    """As many ids of SQLite's sequence."""
    is_alone = not connection.in_atomic_block
    with connection.cursor() as cursor:
        if is_alone:
            cursor.execute("PRAGMA synchronous=NORMAL")
        try:
            row = None
            while row is None:
                cursor.execute(
                    "UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq",
                    [len(asked), _UPLOADS],
                )
                row = cursor.fetchone()
                if row is None:
                    # Until the first row is inserted there is no sequence.
                    cursor.execute(
                        "INSERT INTO sqlite_sequence (name, seq) SELECT %s, 0 "
                        "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %s)",
                        [_UPLOADS, _UPLOADS],
                    )
        finally:
            if is_alone:
                cursor.execute("PRAGMA synchronous=FULL")
    last = int(row[0])
    return list(range(last - len(asked) + 1, last + 1))


_ids: Final = Together(_next_ids, shared=(DatabaseError, InterfaceError), most=1000)


def live_session(sid: uuid.UUID, user_id: int) -> User | None:
    """The user of a sign-in that counts: as `Session.live`, with its user."""
    session = Session._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_USER.listed('u')} FROM {session} s "  # noqa: S608
            f"JOIN {_USER.table} u ON u.id = s.user_id "
            "WHERE s.id = %s AND s.user_id = %s AND s.ended_at IS NULL AND u.is_active "
            "AND s.created_at >= u.tokens_valid_after",
            [Session._meta.pk.get_db_prep_value(sid, connection), user_id],
        )
        row = cursor.fetchone()
    return None if row is None else _USER.read([row])[0]


WorkerRows = tuple[tuple[Any, ...], ...]
"""Rows of workers as the database gives them, which can be told apart without being read."""


def workers_seen_since(moment: datetime) -> WorkerRows:
    """Workers that gave a sign of life since then, by their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_WORKER.listed('w')} FROM {_WORKER.table} w "  # noqa: S608
            "WHERE w.seen_at >= %s ORDER BY w.id",
            [connection.ops.adapt_datetimefield_value(moment)],
        )
        return tuple(cursor.fetchall())


def workers_of(rows: WorkerRows) -> list[Worker]:
    """These rows, read."""
    return _WORKER.read(rows)


class CatalogNow(NamedTuple):
    """What of the catalog each request asks, in one look."""

    published: str
    """What changes whenever anything of the catalog does: what was offered, and when. Not the
    latest moment alone: the clock of the worker that offered something last may be slow."""
    unloaded: frozenset[str]
    """The models that shall not be loaded."""
    has_splits: bool
    """Whether traffic is split anywhere."""


def catalog_now() -> CatalogNow:
    """What is offered, unloaded and split at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 'offered', name || ' ' || offered_at FROM {Model._meta.db_table} UNION ALL "  # noqa: S608
            "SELECT 'offered', model_id || ' ' || version || ' ' || offered_at "
            f"FROM {ModelVersion._meta.db_table} UNION ALL "
            f"SELECT 'unloaded', model FROM {ModelCommand._meta.db_table} WHERE desired = %s "
            f"UNION ALL SELECT 'split', '' FROM {_SPLIT.table}",
            [ModelCommand.Desired.UNLOADED.value],
        )
        rows = cursor.fetchall()
    return CatalogNow(
        ",".join(text for what, text in rows if what == "offered"),
        frozenset(text for what, text in rows if what == "unloaded"),
        any(what == "split" for what, _ in rows),
    )


def unloaded_models() -> set[str]:
    """The models that shall not be loaded."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT model FROM {ModelCommand._meta.db_table} WHERE desired = %s",  # noqa: S608
            [ModelCommand.Desired.UNLOADED.value],
        )
        return {name for (name,) in cursor.fetchall()}


def traffic_splits() -> list[TrafficSplit]:
    """Every split of traffic; there are as many as operators have made."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_SPLIT.listed()} FROM {_SPLIT.table}")  # noqa: S608
        return _SPLIT.read(cursor.fetchall())


class EventRow(NamedTuple):
    """A public event as it is stored; `output` is that of a prediction that succeeded by it."""

    seq: int
    kind: str
    at: datetime
    upload_id: int | None
    image_id: int | None
    prediction_id: int | None
    facts: str
    """JSON, as `params` and `output` are."""
    params: str | None
    """Those of the prediction; None: it is of none."""
    output: str | None
    traceparent: str | None
    """That of the prediction."""
    thumbhash: str | None
    """That of the image whose thumbnail was made; events, which stay for good, have none."""


def events_after(user_id: int, seq: int, limit: int) -> list[EventRow]:
    """A user's public events after `seq`, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.seq, e.kind, e.at, e.upload_id, e.image_id, e.prediction_id, "  # noqa: S608
            "e.facts, p.params, CASE WHEN e.kind IN (%s, %s) THEN p.output END, p.traceparent, "
            f"CASE WHEN e.kind = %s THEN (SELECT i.thumbhash FROM {IMAGE.table} i "
            "WHERE i.id = e.image_id) END "
            f"FROM {Event._meta.db_table} e LEFT JOIN {_PREDICTIONS} p ON p.id = e.prediction_id "
            "WHERE e.user_id = %s AND e.seq > %s ORDER BY e.seq LIMIT %s",
            [*(kind.value for kind in (*WITH_OUTPUT, Kind.IMAGE_THUMBNAILED)), user_id, seq, limit],
        )
        rows = [EventRow(*row) for row in cursor.fetchall()]
    convert = connection.ops.get_db_converters(Event._meta.get_field("at").cached_col)
    for one in convert:
        column = Event._meta.get_field("at").cached_col
        rows = [row._replace(at=one(row.at, column, connection)) for row in rows]
    return rows


def ranks(user_id: int, model: str) -> tuple[int | None, int | None, int | None, int | None]:
    """Fair ranks of a model: a user's newest queued one and newest running one, the latest
    running one, the lowest queued one that was not moved to the front."""
    newest = f"SELECT MAX(fair_rank) FROM {_PREDICTIONS} WHERE model = %s AND state = "  # noqa: S608
    # What was moved to the front has a rank below all others, and is nobody's measure.
    lowest = newest.replace("MAX", "MIN").replace("model = %s", "model = %s AND fair_rank >= 0")
    with connection.cursor() as cursor:
        cursor.execute(
            # The sign keeps it from the index of all that this user ever had: few are running.
            f"SELECT ({newest}'queued' AND user_id = %s), ({newest}'running' AND +user_id = %s), "
            f"({newest}'running'), ({lowest}'queued')",
            [model, user_id, model, user_id, model, model],
        )
        row: tuple[int | None, int | None, int | None, int | None] = cursor.fetchone()
    return row


def first_queued(model: str, count: int) -> tuple[list[int], bool]:
    """The ids of what is queued for a model and comes first, in order, so many at most; and whether
    the model's queue is paused, which is told only where anything is queued."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, (SELECT 1 FROM {_PAUSES} WHERE model = %s) "  # noqa: S608
            f"FROM {_PREDICTIONS} WHERE model = %s AND state = 'queued' "
            "ORDER BY fair_rank, id LIMIT %s",
            [model, model, count],
        )
        rows = cursor.fetchall()
    return [pk for pk, _ in rows], any(paused for _, paused in rows[:1])
