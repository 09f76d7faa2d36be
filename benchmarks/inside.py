"""`python -m benchmarks.inside seed|claim|results …`: rows by the million, and what a claim costs.

The one part that knows Darkroom from inside. It runs in a process of its own, on the database that
the environment names, while Darkroom is stopped; what it tells is JSON.
"""

import json
import sys
import time
from collections.abc import Mapping
from statistics import median
from typing import Any, Final

import django
from django.core.management.color import no_style
from django.db import connection, transaction

django.setup()

from uploads.events import Log  # noqa: E402  # models come after setup
from uploads.models import Image, Prediction, Upload  # noqa: E402
from uploads.queue import leases  # noqa: E402

IMAGES_AN_UPLOAD: Final = 20
CLAIMED: Final = 64
CLAIMS: Final = 15


def main() -> None:
    """Does what the command line names."""
    match sys.argv[1:]:
        case ["seed", model, count]:
            seed(model, int(count))
            told: dict[str, float] = {}
        case ["claim", model]:
            told = {"claim_ms": claim_ms(model)}
        case ["results", count]:
            seed_results(int(count))
            told = {}
        case other:
            sys.exit(f"Not known: {other}")
    sys.stdout.write(json.dumps(told))


def seed(model: str, count: int) -> None:
    """Adds so many queued predictions of `model`."""
    _seed(
        count,
        {
            "model": f"'{model}'",
            "model_version": "'1'",
            "state": "'queued'",
            "attempt": "0",
            "progress": "0",
            "fair_rank": "n",
            "output_path": "''",
            **dict.fromkeys(("started_at", "finished_at", "timing", "provenance"), "NULL"),
            **dict.fromkeys(("output", "lease_owner", "lease_until", "stage"), "NULL"),
        },
    )


def seed_results(count: int) -> None:
    """Adds so many predictions that ended as the newest did, on as many images."""
    _seed(count, {})


def _seed(count: int, prediction_instead: Mapping[str, str]) -> None:
    """Adds copies of the newest upload's rows, whose predictions differ by `prediction_instead`.

    Copies, so that a column that comes one day is filled without a word here. They belong to all
    people there are, in turn.
    """
    users = list(Upload.objects.order_by().values_list("user", flat=True).distinct())
    by_turn = " ".join(f"WHEN {turn} THEN {user}" for turn, user in enumerate(users))
    prediction = Prediction.objects.latest("pk")
    image = prediction.image
    upload = image.upload
    first = {model: model.objects.latest("pk").pk + 1 for model in (Upload, Image, Prediction)}
    in_upload = f"(n / {IMAGES_AN_UPLOAD})"
    owner = f"CASE {in_upload} % {len(users)} {by_turn} END"
    with transaction.atomic():
        _copies(
            upload,
            -(-count // IMAGES_AN_UPLOAD),
            {
                "id": f"{first[Upload]} + n",
                "user_id": f"CASE n % {len(users)} {by_turn} END",
                "idempotency_key": "NULL",
            },
        )
        _copies(
            image,
            count,
            {
                "id": f"{first[Image]} + n",
                "upload_id": f"{first[Upload]} + {in_upload}",
                "position": f"n % {IMAGES_AN_UPLOAD}",
            },
        )
        _copies(
            prediction,
            count,
            {
                "id": f"{first[Prediction]} + n",
                "image_id": f"{first[Image]} + n",
                "user_id": owner,
                **prediction_instead,
            },
        )
    with connection.cursor() as cursor:
        tables = [Upload, Image, Prediction]
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
        cursor.execute("ANALYZE")


def _copies(row: Any, count: int, instead: Mapping[str, str]) -> None:
    """Inserts `count` copies of a row; `instead` has expressions of n, which counts from 0.

    Every name and number in these statements is this file's or the schema's own.
    """
    table = row._meta.db_table
    names = [field.column for field in row._meta.concrete_fields]
    values = ", ".join(instead.get(name, f'o."{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    numbers = f"SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {count - 1}"  # noqa: S608
    copies = f'SELECT {values} FROM "{table}" AS o, s WHERE o.id = {row.pk}'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({columns}) WITH RECURSIVE s(n) AS ({numbers}) {copies}'
        )


def claim_ms(model: str) -> float:
    """What a claim of 64 costs, in ms: the median of several, each taken back."""
    taken = []
    for _ in range(CLAIMS):
        with transaction.atomic():
            began = time.perf_counter()
            claims = leases.claim("benchmark", model, "1", CLAIMED, Log())
            taken.append(1000 * (time.perf_counter() - began))
            transaction.set_rollback(True)
        if len(claims) != CLAIMED:
            sys.exit(f"{len(claims)} were claimed.")
    return median(taken)


if __name__ == "__main__":
    main()
