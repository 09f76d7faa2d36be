"""A worker copies and fetches beside its models, and waits while the archive is away."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from rest_framework.test import APIClient

from consumers.worker import archiver as archiver_module
from consumers.worker.archiver import Archiver
from tests.fakes.object_store import FakeObjectStore
from tests.integration.archives import end_all, purge
from tests.integration.attempts import claim, finish, success
from tests.integration.conftest import Uploads, predictions
from uploads import services
from uploads.errors import StorageUnavailable
from uploads.events import A_WORKER
from uploads.models import ArchiveTask, Image, Upload, User
from uploads.storage import local, object_store

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_archive_that_is_away_costs_time_and_no_file(
    ada: User, upload: Uploads, store: FakeObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiver_module, "FIRST_PAUSE_SECONDS", 0.0)
    stored = upload(ada, count=6)
    archiver = Archiver()
    store.is_away = True
    for _ in range(5):
        async_to_sync(archiver.copy_due)()
    assert ArchiveTask.objects.count() == 6
    store.is_away = False
    async_to_sync(archiver.copy_due)()
    assert not ArchiveTask.objects.exists()
    assert Image.objects.filter(upload=stored, archived_at=None).count() == 0
    assert [row.state for row in predictions(stored)] == ["queued"] * 6


def test_while_the_archive_is_away_it_is_left_alone_for_a_while(
    ada: User, upload: Uploads, store: FakeObjectStore
) -> None:
    upload(ada)
    archiver = Archiver()
    store.is_away = True
    async_to_sync(archiver.copy_due)()
    store.is_away = False
    async_to_sync(archiver.copy_due)()
    assert ArchiveTask.objects.count() == 1
    assert store.puts == []


def test_what_was_stored_before_there_was_an_archive_is_archived_too(
    ada: User, upload: Uploads, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = upload(ada, count=3)
    end_all(earlier)
    gone = upload(ada)
    services.delete(gone, A_WORKER)
    settings.S3_BUCKET = "photos"
    fake = FakeObjectStore()
    monkeypatch.setattr(object_store, "store", lambda: fake)
    monkeypatch.setattr(archiver_module, "_ENLISTED_A_ROUND", 2)
    archiver = Archiver()
    for _ in range(4):
        async_to_sync(archiver.copy_due)()
    assert len(fake.objects) == 6
    assert Image.objects.filter(upload=earlier, archived_at=None).count() == 0


def test_a_purged_image_is_brought_back_for_another_model(
    archived: Upload, as_ada: APIClient
) -> None:
    purge()
    image = predictions(archived)[0].image
    again = as_ada.post(f"/api/images/{image.pk}/predictions/", {"model": "ocr"}, "json")
    assert again.status_code == 202
    (one,) = claim()
    assert one.is_purged
    async_to_sync(Archiver().fetch)(one)
    assert local.sha256_of(local.path_of(one.image_path)) == image.sha256
    finish(success(one))
    assert purge().startswith("1 images")
    assert not local.path_of(one.image_path).exists()


def test_an_archive_that_is_away_fails_no_prediction_of_a_purged_image(
    archived: Upload, store: FakeObjectStore, as_ada: APIClient
) -> None:
    purge()
    image = predictions(archived)[0].image
    as_ada.post(f"/api/images/{image.pk}/predictions/", {"model": "ocr"}, "json")
    (one,) = claim()
    store.is_away = True
    with pytest.raises(StorageUnavailable):
        async_to_sync(Archiver().fetch)(one)
    assert as_ada.get(f"/api/images/{image.pk}/file/").status_code == 503
