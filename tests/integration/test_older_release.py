"""The release before writes into the new tables while this one is rolled out."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from tests.integration import rest
from uploads.models import ArchiveTask, Image

pytestmark = pytest.mark.django_db


def test_rows_without_the_columns_that_were_added_are_filled_by_the_database(
    as_ada: APIClient,
) -> None:
    rest.uploaded(as_ada)
    image = Image.objects.get()
    unknown = {"id", "page", "pages"}
    columns = [
        str(field.column)
        for field in Image._meta.concrete_fields
        if field.column not in unknown | {"position"}
    ]
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO uploads_image ({names}, position)"
            f" SELECT {names}, 7 FROM uploads_image WHERE id = %s",
            [image.pk],
        )
        cursor.execute(
            "INSERT INTO uploads_archivetask (key, upload_id, sha256, content_type, due)"
            " VALUES ('a/b', %s, '', 'image/png', %s)",
            [image.upload_id, timezone.now()],
        )
    added = Image.objects.get(position=7)
    assert (added.page, added.pages) == (1, 1)
    age = timezone.now() - ArchiveTask.objects.get(key="a/b").created_at
    assert abs(age) < timedelta(minutes=1)
