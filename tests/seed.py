"""A database with many rows: predictions that wait, or that have ended."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from uploads.models import Image, Prediction, Upload, User

_COUNTER = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %(count)s)"


def seed(count: int, *, state: str = "queued", users: int = 100, models: int = 4) -> None:
    """Adds so many predictions of these users for `model-0`, `model-1`, …, version 1, by raw SQL.

    Each has an image and an upload of its own. A million take some 20 seconds.
    """
    names = [f"seeded-{number}" for number in range(users)]
    User.objects.bulk_create(
        [User(username=name, username_key=name) for name in names], ignore_conflicts=True
    )
    first_user = (
        User.objects.filter(username__in=names).order_by("pk").values_list("pk", flat=True)[0]
    )
    newest = Prediction.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    base = max(newest, Upload.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    params: dict[str, Any] = {
        "count": count,
        "base": base + 1,
        "user": first_user,
        "users": users,
        "models": models,
        "now": now,
        "state": state,
        "ended": now if state in {"succeeded", "failed", "canceled"} else None,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (_UPLOADS, _IMAGES, _PREDICTIONS):
            cursor.execute(statement, params)
        if connection.vendor == "postgresql":
            for model in (Upload, Image, Prediction):
                table = model._meta.db_table
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}"
                )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


_MODEL = "'model-' || (i / %(users)s %% %(models)s)"

_UPLOADS = f"""
INSERT INTO {Upload._meta.db_table} (id, user_id, model, model_version, params, upload_path,
       content_sha256, created_at, client)
{_COUNTER}
SELECT %(base)s + i, %(user)s + i %% %(users)s, {_MODEL}, '1', '{{}}',
       'seeded/' || i, '', %(now)s, '' FROM n
"""  # names are ours

_IMAGES = f"""
INSERT INTO {Image._meta.db_table} (id, upload_id, position, page, pages, image_name, image_type,
       image_path,
       content_type, width, height, size, sha256, thumbnail_path)
{_COUNTER}
SELECT %(base)s + i, %(base)s + i, 0, 1, 1, '', '', 'seeded/' || i || '/images/0-x.png',
       'image/png', 8, 6, 70, '', '' FROM n
"""  # names are ours

_PREDICTIONS = f"""
INSERT INTO {Prediction._meta.db_table} (id, image_id, user_id, model, model_version, version_named,
       params, state, attempt, failures, lease_losses, cancel_requested, fair_rank, progress,
       created_at, started_at, finished_at, error_code, error_message, output_path)
{_COUNTER}
SELECT %(base)s + i, %(base)s + i, %(user)s + i %% %(users)s, {_MODEL}, '1',
       1 = 0, '{{}}', %(state)s, 0, 0, 0, 1 = 0, i / (%(users)s * %(models)s), 0,
       %(now)s, %(ended)s, %(ended)s, '', '', '' FROM n
"""  # names are ours
