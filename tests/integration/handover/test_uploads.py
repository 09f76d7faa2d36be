"""Machines with disks of their own: files are in the object store before anybody hears of them."""

from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from rest_framework.test import APIClient

from tests.fakes.object_store import FakeObjectStore
from tests.integration.archives import kinds, paths, remove_all
from tests.integration.conftest import Uploads, predictions
from tests.integration.handover.work import Moves, end_with_pictures, originals
from tests.integration.rest import file, post, refused, stored, uploaded
from tests.photos import tiny
from uploads import events, services
from uploads.errors import StorageUnavailable
from uploads.events import A_WORKER
from uploads.models import ArchiveTask, Upload, User
from uploads.storage import archive_marker, cache_trimming, local, removal
from uploads.storage.volume import MARKER

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("handover")]


def test_an_original_is_in_the_store_before_it_is_accepted(
    as_ada: APIClient, store: FakeObjectStore
) -> None:
    images = uploaded(as_ada, file(), file(tiny(9)))["images"]
    upload = Upload.objects.get()
    assert [store.files[path] for path in originals(upload)] == [tiny(), tiny(9)]
    assert all(image["archived_at"] for image in images)
    assert kinds(upload)[:3] == ["upload.created", "image.archived", "image.archived"]
    assert not ArchiveTask.objects.exists()


def test_a_store_that_is_away_refuses_an_upload_and_leaves_nothing_half_done(
    as_ada: APIClient, store: FakeObjectStore, media: Path
) -> None:
    store.is_away = True
    answer = post(as_ada, file(), key="once")
    refused(answer, 503, "storage_unavailable")
    assert int(answer["Retry-After"]) > 0
    assert not Upload.objects.exists()
    assert stored(media) == []
    store.is_away = False
    assert post(as_ada, file(), key="once").status_code == 202
    assert Upload.objects.count() == 1


def test_a_store_that_goes_away_in_the_midst_keeps_nothing_of_the_upload(
    as_ada: APIClient, store: FakeObjectStore, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = store.put

    def put_two(key: str, *rest: Any) -> None:
        if len(store.files) >= 2:
            raise StorageUnavailable
        put(key, *rest)

    monkeypatch.setattr(store, "put", put_two)
    refused(post(as_ada, *(file(tiny(n)) for n in range(6))), 503, "storage_unavailable")
    assert 2 <= len(store.files) < 6
    remove_all()
    assert store.files == {}
    assert stored(media) == []


def test_a_database_that_goes_away_before_the_end_leaves_no_file_anywhere(
    as_ada: APIClient, store: FakeObjectStore, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(events, "_write", away)
    monkeypatch.setattr(removal, "order_prefix", away)
    refused(post(as_ada, file(), key="once"), 503, "database_unavailable")
    assert store.files == {}
    assert stored(media) == []
    monkeypatch.undo()


def test_an_end_that_may_yet_reach_the_database_costs_no_file(
    as_ada: APIClient, store: FakeObjectStore, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = connection.commit

    def lost_after() -> None:
        is_stored = Upload.objects.exists()
        commit()
        if is_stored:
            raise OperationalError("the answer is lost")

    with monkeypatch.context() as lost:
        lost.setattr(connection, "commit", lost_after)
        refused(post(as_ada, file(), key="once"), 503, "database_unavailable")
    assert len(stored(media)) == len(store.files) == 1
    assert post(as_ada, file(), key="once").status_code == 202
    assert Upload.objects.count() == 1


def test_the_store_of_another_database_is_not_written_to(
    as_ada: APIClient, store: FakeObjectStore
) -> None:
    store.spoil(MARKER)
    refused(post(as_ada, file()), 503, "storage_unavailable")
    assert store.files == {}
    assert "not the one" in (archive_marker.problem() or "")


def test_a_deleted_upload_leaves_the_store_and_the_disk_of_every_machine(
    ada: User, upload: Uploads, store: FakeObjectStore, settings: Any, another_machine: Moves
) -> None:
    made, other = upload(ada), upload(ada)
    first = Path(settings.MEDIA_ROOT)
    another_machine()
    services.delete(made, A_WORKER)
    remove_all()
    assert set(store.files) == set(originals(other))
    settings.MEDIA_ROOT = first
    assert len(stored(first)) == 2
    cache_trimming.keep()
    assert stored(first) == [str(path.relative_to(first)) for path in paths(other)]


def test_a_deleted_image_leaves_the_disk_of_every_machine_and_the_others_stay(
    ada: User, upload: Uploads, settings: Any, another_machine: Moves
) -> None:
    made = upload(ada, count=2)
    end_with_pictures(made)
    first = Path(settings.MEDIA_ROOT)
    other, gone = (row.image for row in predictions(made))
    another_machine()
    services.delete_image(gone, A_WORKER)
    settings.MEDIA_ROOT = first
    assert len(stored(first)) == 6
    cache_trimming.keep()
    assert len(stored(first)) == 3
    assert local.path_of(other.image_path).is_file()


def test_readiness_says_that_the_store_is_away(store: FakeObjectStore) -> None:
    assert Client().get("/readyz").json()["storage"] == "ok"
    store.is_away = True
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["storage"]) == (503, "failed")
