"""A long history made up by SQL: for measuring pages and queries, not for use.

Uploads of four images each, spread over a year, by people who cannot sign in; predictions in every
state, events in their users' streams, usage. There are no files behind the images.
"""

from collections.abc import Iterator
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from uploads.models import Event, EventStream, Image, Model, Prediction, Upload, Usage, User

USERS: Final = 200
PREFIX: Final = "seeded-"
"""What the names of the people begin with who are made up."""

_AT_ONCE: Final = 100_000
_MODELS: Final = ("ocr", "background-removal", "style-transfer", "digits")
_A_YEAR: Final = 365 * 86_400
_IMAGES_AN_UPLOAD: Final = 4
_PREDICTIONS_A_USE: Final = 5
_QUEUED_ONE_IN: Final = 100

_PEOPLE: Final = User._meta.db_table
_UPLOADS: Final = Upload._meta.db_table
_IMAGES: Final = Image._meta.db_table
_PREDICTIONS: Final = Prediction._meta.db_table
_EVENTS: Final = Event._meta.db_table
_USAGE: Final = Usage._meta.db_table


def real_users() -> int:
    """How many accounts there are that nobody made up."""
    return User.objects.exclude(username__startswith=PREFIX).count()


def seed(predictions: int, events: int) -> Iterator[str]:
    """Adds so many rows, rounded up to whole people and events each; tells what it has added."""
    predictions = _rounded_up(predictions, USERS * _IMAGES_AN_UPLOAD)
    each = -(-events // predictions)
    names = [f"{PREFIX}{number:03}" for number in range(USERS)]
    User.objects.bulk_create(
        [User(username=one, username_key=one, is_active=False) for one in names],
        ignore_conflicts=True,
    )
    known = sorted(Model.objects.values_list("pk", flat=True)) or list(_MODELS)
    people = dict(User.objects.filter(username__in=names).values_list("username", "pk"))
    of_user = EventStream.objects.filter(user_id__in=people.values())
    values: dict[str, Any] = {
        "base": 1 + max(_newest(_UPLOADS), _newest(_IMAGES), _newest(_PREDICTIONS)),
        "predictions": predictions,
        "first_user": people[names[0]],
        "each": each,
        "seq": max(of_user.values_list("last_seq", flat=True), default=0),
        "now": connection.ops.adapt_datetimefield_value(timezone.now()),
        "uses": predictions // _PREDICTIONS_A_USE,
    }
    for table, statement, count in (
        (_UPLOADS, _upload(known), predictions // _IMAGES_AN_UPLOAD),
        (_IMAGES, _image(), predictions),
        (_PREDICTIONS, _prediction(known), predictions),
        (_EVENTS, _event(known), predictions * each),
        (_USAGE, _use(known), values["uses"]),
    ):
        for start in range(0, count, _AT_ONCE):
            until = min(count, start + _AT_ONCE)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, {**values, "from": start, "until": until})
        yield f"{count:,} rows in {table}"
    newest = values["seq"] + predictions // USERS * each
    for pk in people.values():
        EventStream.objects.update_or_create(user_id=pk, defaults={"last_seq": newest})
    _move_sequences_on()


def _move_sequences_on() -> None:
    """Has the database give out ids beyond those that were written, and count what it has."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in (_UPLOADS, _IMAGES, _PREDICTIONS):
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}"
                )
        cursor.execute("ANALYZE")


def _newest(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
        return int(cursor.fetchone()[0])


def _rounded_up(count: int, to: int) -> int:
    return -(-count // to) * to


# ruff: noqa: S608  # the names in these statements are ours, and so are the models'


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _numbers() -> str:
    """Rows `n(i)` from one number up to another."""
    if _is_postgresql():
        return "generate_series(CAST(%(from)s AS bigint), %(until)s - 1) AS n(i)"
    return (
        "(WITH RECURSIVE c(i) AS (SELECT %(from)s UNION ALL SELECT i + 1 FROM c "
        "WHERE i + 1 < %(until)s) SELECT i FROM c) AS n"
    )


def _ago(seconds: str) -> str:
    """The moment so many seconds before now."""
    if _is_postgresql():
        return f"CAST(%(now)s AS timestamptz) - make_interval(secs => {seconds})"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', %(now)s, '-' || ({seconds}) || ' seconds')"


def _age(number: str, of: str) -> str:
    """How many seconds ago the i-th of so many was: the first a year, the last just now."""
    return f"CAST(({of} - {number}) * {_A_YEAR}.0 / {of} AS double precision)"


def _json(text: str) -> str:
    return f"CAST({text} AS jsonb)" if _is_postgresql() else text


def _hash() -> str:
    if _is_postgresql():
        return "md5(CAST(random() AS text)) || md5(CAST(i AS text))"
    return "lower(hex(randomblob(32)))"


def _model(models: list[str], number: str) -> str:
    cases = " ".join(f"WHEN {place} THEN '{name}'" for place, name in enumerate(models))
    return f"CASE {number} %% {len(models)} {cases} END"


_UPLOAD_NUMBER: Final = f"(i / {_IMAGES_AN_UPLOAD})"
_STATE: Final = (
    f"CASE WHEN i >= %(predictions)s - %(predictions)s / {_QUEUED_ONE_IN} THEN 'queued' "
    "WHEN i %% 100 < 3 THEN 'failed' WHEN i %% 100 < 5 THEN 'canceled' ELSE 'succeeded' END"
)


def _person(number: str) -> str:
    return f"%(first_user)s + {number} %% {USERS}"


def _upload(models: list[str]) -> str:
    age = _ago(_age(f"i * {_IMAGES_AN_UPLOAD}", "%(predictions)s"))
    return f"""
    INSERT INTO {_UPLOADS} (id, user_id, model, model_version, params, upload_path,
           content_sha256, created_at, address, client)
    SELECT %(base)s + i, {_person("i")}, {_model(models, "i")}, '1', '{{}}',
           'seeded/' || (%(base)s + i), {_hash()}, {age},
           {"CAST(" if _is_postgresql() else ""}'198.51.100.' || (i %% 250)
           {" AS inet)" if _is_postgresql() else ""}, 'darkroom/seeded' FROM {_numbers()}
    """


def _image() -> str:
    return f"""
    INSERT INTO {_IMAGES} (id, upload_id, position, page, pages, image_name, image_type, image_path,
           content_type, width, height, size, sha256, thumbnail_path)
    SELECT %(base)s + i, %(base)s + {_UPLOAD_NUMBER}, i %% {_IMAGES_AN_UPLOAD}, 1, 1,
           'holiday ' || (i %% 997) || ' photo ' || i || '.jpg', '', 'seeded/' || i,
           'image/jpeg', 4000, 3000, 2000000 + i %% 1000000, {_hash()}, '' FROM {_numbers()}
    """


def _prediction(models: list[str]) -> str:
    age = _age("i", "%(predictions)s")
    ended = f"CASE WHEN {_STATE} = 'queued' THEN NULL ELSE {_ago(f'{age} - 2')} END"
    output = (
        """'{"kind": "text", "language": "en", "regions": [], "text": "Receipt ' || i """
        """|| ' of the corner shop, total ' || (i %% 1000) || '.50"}'"""
    )
    timing = (
        """'{"queue_ms": ' || (100 + i %% 900) || ', "compute_ms": ' || (50 + i %% 200) || '}'"""
    )
    done = f"{_STATE} = 'succeeded'"
    provenance = """'{"device": "cpu", "worker": "seeded:1"}'"""
    return f"""
    INSERT INTO {_PREDICTIONS} (id, image_id, user_id, model, model_version, version_named, params,
           state, attempt, failures, lease_losses, cancel_requested, fair_rank, progress,
           created_at, started_at, finished_at, error_code, error_message, output, timing,
           provenance, output_path)
    SELECT %(base)s + i, %(base)s + i, {_person(_UPLOAD_NUMBER)}, {_model(models, _UPLOAD_NUMBER)},
           '1', 1 = 0, '{{}}', {_STATE}, 1, 0, 0, 1 = 0, i / {USERS}, 0,
           {_ago(age)}, {ended}, {ended},
           CASE WHEN {_STATE} = 'failed' THEN 'unreadable_image' ELSE '' END, '',
           CASE WHEN {done} THEN {_json(output)} END, CASE WHEN {done} THEN {_json(timing)} END,
           CASE WHEN {done} THEN {_json(provenance)} END, '' FROM {_numbers()}
    """


def _event(models: list[str]) -> str:
    """The events of a prediction one after the other, numbered within the stream of its user."""
    number, upload = "(i / %(each)s)", f"(i / %(each)s / {_IMAGES_AN_UPLOAD})"
    place = f"({upload} / {USERS} * {_IMAGES_AN_UPLOAD} + {number} %% {_IMAGES_AN_UPLOAD})"
    kind = (
        "CASE i %% %(each)s WHEN 0 THEN 'prediction.queued' WHEN 1 THEN 'prediction.started' "
        "WHEN 2 THEN 'prediction.succeeded' ELSE 'image.archived' END"
    )
    facts = f"""'{{"id": ' || (%(base)s + {number}) || ', "state": "seeded", "stage": null}}'"""
    return f"""
    INSERT INTO {_EVENTS} (user_id, seq, kind, at, upload_id, image_id, prediction_id, attempt,
           actor_id, address, client, reason, worker, model, model_version, model_sha256,
           error_code, facts)
    SELECT {_person(upload)}, %(seq)s + {place} * %(each)s + i %% %(each)s + 1, {kind},
           {_ago(_age(number, "%(predictions)s"))}, %(base)s + {upload}, %(base)s + {number},
           %(base)s + {number}, 1, NULL, NULL, '', '', 'seeded:1', {_model(models, upload)}, '1',
           '', '', {_json(facts)} FROM {_numbers()}
    """


def _use(models: list[str]) -> str:
    age = _age("i", "%(uses)s")
    minute = (
        f"date_trunc('minute', {_ago(age)})"
        if _is_postgresql()
        else f"strftime('%%Y-%%m-%%d %%H:%%M:00', {_ago(age)})"
    )
    return f"""
    INSERT INTO {_USAGE} (user_id, model, version, protocol, minute, requests, items, failures,
           compute_ms)
    SELECT {_person("i")}, {_model(models, "i")}, '1', 'upload', {minute}, 2,
           {_PREDICTIONS_A_USE}, CASE WHEN i %% 50 = 0 THEN 1 ELSE 0 END, 500.0
      FROM {_numbers()} WHERE 1 = 1 ON CONFLICT DO NOTHING
    """
