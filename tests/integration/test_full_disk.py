"""A full disk is a 503 that says when to come again; nothing is half done."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection
from django.test import AsyncClient
from PIL import Image
from rest_framework.test import APIClient

from tests.integration.rest import file, post, refused, stored
from tests.photos import encoded
from uploads import events
from uploads.models import Session, Upload, User
from uploads.storage import disk

LargestFile = Callable[[int], None]
LARGEST = 8_000_000
"""Larger than the tests' database: in bytes."""


def _full(*_: Any, **__: Any) -> None:
    raise OperationalError from psycopg.errors.DiskFull("could not extend file")


def unavailable(answer: Any) -> None:
    refusal = refused(answer, 503, "storage_unavailable")
    assert refusal["message"].endswith(": try again later.")
    assert int(answer["Retry-After"]) > 0


@pytest.mark.django_db
def test_a_file_that_the_disk_does_not_take_refuses_the_upload(
    as_ada: APIClient, media: Path, largest_file: LargestFile
) -> None:
    photo = encoded(Image.frombytes("RGB", (2000, 1400), random.randbytes(2000 * 1400 * 3)))
    assert len(photo) > LARGEST
    largest_file(LARGEST)
    unavailable(post(as_ada, file(), file(photo), key="once"))
    assert stored(media) == []
    assert not Upload.objects.exists()


@pytest.mark.django_db
def test_uploads_are_refused_before_the_disk_is_full(
    as_ada: APIClient, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = shutil.disk_usage(media.parent)._replace(total=10**12, free=99_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: left)
    unavailable(post(as_ada, file()))
    assert stored(media) == []
    assert not disk.takes_bytes(media)
    monkeypatch.undo()
    assert post(as_ada, file()).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_rows_that_the_disk_does_not_take_leave_no_files(as_ada: APIClient, media: Path) -> None:
    with pytest.MonkeyPatch.context() as full:
        full.setattr(events, "_write", _full)
        unavailable(post(as_ada, file(), key="once"))
    assert stored(media) == []
    assert not Upload.objects.exists()
    assert post(as_ada, file(), key="once").status_code == 202
    assert len(stored(media)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_one_line_in_the_log(
    as_ada: APIClient, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.MonkeyPatch.context() as full:
        full.setattr(events, "_write", _full)
        unavailable(post(as_ada, file()))
    [line] = [record for record in caplog.records if record.name == "darkroom.api"]
    assert (line.message, line.exc_info) == ("a disk is full", None)
    assert vars(line)["view"] == "Uploads"


@pytest.mark.django_db(transaction=True)
def test_a_sign_in_that_cannot_be_written_is_told_so(ada: User) -> None:
    with pytest.MonkeyPatch.context() as full:
        full.setattr(events, "_write", _full)
        body = {"username": "ada", "password": "enlarger-42"}
        unavailable(APIClient().post("/api/token/", body, format="json"))
    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
async def test_the_admin_says_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    make = sync_to_async(User.objects.create_superuser)
    await make("root", password="enlarger-42")
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", _full)
    client = AsyncClient(raise_request_exception=False)
    form = {"username": "root", "password": "enlarger-42"}
    unavailable(await client.post("/admin/login/", form))


@pytest.mark.django_db
def test_readiness_tells_of_a_disk_that_takes_no_bytes(largest_file: LargestFile) -> None:
    assert APIClient().get("/readyz").json()["storage"] == "ok"
    largest_file(1_000)
    answer = APIClient().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["storage"] == "failed"
    embedded = connection.vendor == "sqlite"
    assert answer.json()["database"] == ("failed" if embedded else "ok")
