"""A storage folder that is not this database's is neither filled nor worked from."""

from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.integration.conftest import Uploads
from tests.photos import tiny
from uploads.errors import StorageUnavailable
from uploads.models import Upload, User
from uploads.storage import volume

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _looked_up_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volume, "TRUSTED_SECONDS", 0.0)


def test_a_new_database_adopts_an_empty_folder(media: Path) -> None:
    assert volume.problem() is None
    assert (media / volume.MARKER).exists()


def test_another_disk_is_noticed_once_there_are_uploads(
    ada: User, upload: Uploads, settings: Any, tmp_path: Path
) -> None:
    upload(ada)
    settings.MEDIA_ROOT = tmp_path / "another"
    assert "another" in str(volume.problem())
    assert not (tmp_path / "another" / volume.MARKER).exists()


def test_another_databases_folder_is_refused_from_the_start(media: Path) -> None:
    media.mkdir(parents=True)
    (media / volume.MARKER).write_text("00000000-0000-0000-0000-000000000000\n")
    assert volume.problem() is not None


def test_a_disk_that_comes_back_is_taken_again(ada: User, upload: Uploads, media: Path) -> None:
    upload(ada)
    away = media.with_name("away")
    media.rename(away)
    assert volume.problem() is not None
    away.rename(media)
    assert volume.problem() is None


def test_an_upload_without_its_storage_is_refused_and_told_when_to_come_back(
    ada: User, as_ada: APIClient, upload: Uploads, settings: Any, tmp_path: Path
) -> None:
    upload(ada)
    settings.MEDIA_ROOT = tmp_path / "another"
    from django.core.files.uploadedfile import SimpleUploadedFile

    files = {"images": SimpleUploadedFile("a.png", tiny())}
    answer = as_ada.post("/api/uploads/", files, format="multipart")
    assert answer.status_code == 503
    assert answer.json()["code"] == StorageUnavailable.code
    assert answer.headers["Retry-After"]
    assert Upload.objects.count() == 1
