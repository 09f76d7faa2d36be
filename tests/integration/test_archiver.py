"""A worker copies and fetches beside its models, and waits while the archive is away."""

import threading
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from rest_framework.test import APIClient

from consumers.worker import archiver as archiver_module
from consumers.worker.archiver import Archiver
from tests.darkroom import until
from tests.fakes.object_store import FakeObjectStore
from tests.integration.archives import end_all, purge
from tests.integration.attempts import claim, finish, success
from tests.integration.conftest import Uploads, predictions
from tests.integration.rest import refused
from uploads import services
from uploads.errors import StorageUnavailable
from uploads.events import A_WORKER
from uploads.models import ArchiveTask, Image, Upload, User
from uploads.storage import archive, archive_reading, local, object_store, removal
from uploads.storage.retention import Round

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
    monkeypatch.setattr(object_store, "store", lambda **_: fake)
    monkeypatch.setattr(archiver_module, "_ENLISTED_A_ROUND", 2)
    archiver = Archiver()
    for _ in range(4):
        async_to_sync(archiver.copy_due)()
    assert len(fake.files) == 6
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


class _Cut:
    """Gives a beginning and then no more."""

    def __init__(self) -> None:
        self._left = [b"begin"]

    def read(self, size: int = -1) -> bytes:
        if not self._left:
            raise StorageUnavailable("It was cut.")
        return self._left.pop()

    def close(self) -> None:
        """Nothing is held."""


def test_a_photo_that_comes_back_only_in_part_is_no_photo(
    archived: Upload, store: FakeObjectStore, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    purge()
    image = predictions(archived)[0].image
    monkeypatch.setattr(store, "open", lambda key: object_store.Opened(image.size, _Cut()))
    with pytest.raises(StorageUnavailable):
        archive_reading.fetch(image.image_path, image.sha256)
    assert not local.path_of(image.image_path).exists()
    assert not [path for path in (media / ".incoming").glob("*") if path.is_file()]


def test_a_defect_in_archiving_does_not_end_a_worker(
    archived: Upload, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    for name in ("take", "enlist"):
        monkeypatch.setattr(archive, name, broken)
    monkeypatch.setattr(removal, "take_archived", broken)
    monkeypatch.setattr(Round, "go_on", broken)
    for work in (Archiver().copy_due, Archiver().remove_due, Archiver().purge):
        async_to_sync(work)()
    assert [r.message for r in caplog.records if r.exc_info].count(
        "archiving failed, trying again"
    ) == 2


def test_while_the_archive_is_away_no_second_image_waits_for_its_file(
    archived: Upload, store: FakeObjectStore, as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    purge()
    for row in predictions(archived):
        as_ada.post(f"/api/images/{row.image_id}/predictions/", {"model": "ocr"}, "json")
    first, second = claim()
    store.is_away = True
    archiver = Archiver()
    with pytest.raises(StorageUnavailable):
        async_to_sync(archiver.fetch)(first)
    store.is_away = False
    with pytest.raises(StorageUnavailable):
        async_to_sync(archiver.fetch)(second)
    async_to_sync(Archiver().fetch)(second)
    assert local.path_of(second.image_path).is_file()


def test_a_photo_in_a_cold_storage_class_is_waited_for_by_nobody(
    archived: Upload, store: FakeObjectStore, as_ada: APIClient
) -> None:
    purge()
    image = predictions(archived)[0].image
    as_ada.post(f"/api/images/{image.pk}/predictions/", {"model": "ocr"}, "json")
    (one,) = claim()
    store.is_cold = True
    async_to_sync(Archiver().fetch)(one)
    assert not local.path_of(one.image_path).exists()
    answer = refused(as_ada.get(f"/api/images/{image.pk}/file/"), 503, "storage_unavailable")
    assert "cold storage" in answer["message"]
    store.is_cold = False
    async_to_sync(Archiver().fetch)(one)
    assert local.path_of(one.image_path).is_file()


def test_a_photo_that_comes_back_when_nobody_waits_any_more_is_purged_again(
    archived: Upload, store: FakeObjectStore, as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    purge()
    image = predictions(archived)[0].image
    as_ada.post(f"/api/images/{image.pk}/predictions/", {"model": "ocr"}, "json")
    (one,) = claim()
    monkeypatch.setattr(archiver_module, "FETCH_SECONDS", 0.05)
    comes, opened = threading.Event(), store.open

    def slow(key: str) -> object_store.Opened:
        comes.wait(20)
        return opened(key)

    monkeypatch.setattr(store, "open", slow)
    with pytest.raises(StorageUnavailable):
        async_to_sync(Archiver().fetch)(one)
    comes.set()
    until(lambda: Image.objects.get(pk=image.pk).purged_at is None, "it is noted")
    assert local.path_of(one.image_path).is_file()
    finish(success(one))
    purge()
    assert not local.path_of(one.image_path).exists()
