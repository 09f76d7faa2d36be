"""Machines with disks of their own: files are in the object store before anybody hears of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import OperationalError, connection
from django.test import Client
from PIL import Image as PillowImage
from rest_framework.test import APIClient

from tests.fakes.object_store import FakeObjectStore
from tests.integration.archives import age, audited, end_all, kinds, paths, purge, remove_all
from tests.integration.conftest import Uploads, predictions
from tests.integration.rest import content_of, file, post, refused, stored, uploaded
from tests.photos import encoded, tiny
from uploads import events, services
from uploads.errors import StorageUnavailable
from uploads.events import A_WORKER
from uploads.models import ArchiveTask, Image, Upload, User
from uploads.storage import archive_marker, cache, cache_trimming, keys, local, removal, volume
from uploads.storage.volume import MARKER

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("handover")]

Moves = Callable[[], Path]


def test_an_original_is_in_the_store_before_it_is_accepted(
    as_ada: APIClient, store: FakeObjectStore
) -> None:
    images = uploaded(as_ada, file(), file(tiny(9)))["images"]
    upload = Upload.objects.get()
    assert [store.files[path] for path in _originals(upload)] == [tiny(), tiny(9)]
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


def test_another_machine_serves_what_it_never_stored(
    ada: User, as_ada: APIClient, upload: Uploads, another_machine: Moves
) -> None:
    made = upload(ada)
    _end_with_pictures(made)
    another_machine()
    (image,) = as_ada.get(f"/api/uploads/{made.pk}/").json()["images"]
    assert content_of(as_ada.get(image["file"])) == tiny(0)
    assert content_of(as_ada.get(image["thumbnail"])) == b"a thumbnail"
    url = image["prediction"]["output"]["url"]
    assert content_of(as_ada.get(url)).startswith(b"result of")


def test_a_picture_that_the_store_does_not_give_now_is_not_forgotten(
    ada: User,
    as_ada: APIClient,
    upload: Uploads,
    store: FakeObjectStore,
    another_machine: Moves,
) -> None:
    made = upload(ada)
    _end_with_pictures(made)
    another_machine()
    image = Image.objects.get(upload=made)
    store.is_away = True
    assert as_ada.get(f"/api/images/{image.pk}/thumbnail/").status_code == 503
    store.is_away = False
    assert as_ada.get(f"/api/images/{image.pk}/thumbnail/").status_code == 200
    store.delete(image.thumbnail_path)
    another_machine()
    assert as_ada.get(f"/api/images/{image.pk}/thumbnail/").status_code == 404
    image.refresh_from_db()
    assert image.thumbnail_path == ""


def test_a_damaged_copy_is_not_served_for_the_original(
    ada: User, as_ada: APIClient, upload: Uploads
) -> None:
    made = upload(ada)
    paths(made)[0].write_bytes(b"half")
    image = Image.objects.get(upload=made)
    assert content_of(as_ada.get(f"/api/images/{image.pk}/file/")) == tiny(0)


def test_a_deleted_upload_leaves_the_store_and_the_disk_of_every_machine(
    ada: User, upload: Uploads, store: FakeObjectStore, settings: Any, another_machine: Moves
) -> None:
    made, other = upload(ada), upload(ada)
    first = Path(settings.MEDIA_ROOT)
    another_machine()
    services.delete(made, A_WORKER)
    remove_all()
    assert set(store.files) == set(_originals(other))
    settings.MEDIA_ROOT = first
    assert len(stored(first)) == 2
    cache_trimming.keep()
    assert stored(first) == [str(path.relative_to(first)) for path in paths(other)]


def test_a_deleted_image_leaves_the_disk_of_every_machine_and_the_others_stay(
    ada: User, upload: Uploads, settings: Any, another_machine: Moves
) -> None:
    made = upload(ada, count=2)
    _end_with_pictures(made)
    first = Path(settings.MEDIA_ROOT)
    other, gone = (row.image for row in predictions(made))
    another_machine()
    services.delete_image(gone, A_WORKER)
    settings.MEDIA_ROOT = first
    assert len(stored(first)) == 6
    cache_trimming.keep()
    assert len(stored(first)) == 3
    assert local.path_of(other.image_path).is_file()


def test_an_image_of_another_machine_is_taken_for_a_parameter_and_another_model(
    ada: User, as_ada: APIClient, upload: Uploads, another_machine: Moves
) -> None:
    made = upload(ada)
    end_all(made)
    another_machine()
    image = Image.objects.get(upload=made)
    again = as_ada.post(f"/api/images/{image.pk}/predictions/", {"model": "ocr"}, "json")
    assert again.status_code == 202


def test_a_document_is_handed_over_once_and_every_page_fetched_as_it(
    as_ada: APIClient, store: FakeObjectStore, another_machine: Moves
) -> None:
    first, *rest = (PillowImage.new("RGB", (8 + page, 6), "teal") for page in range(3))
    scan = encoded(first, "TIFF", save_all=True, append_images=rest)
    images = uploaded(as_ada, file(scan, "scan.tif"))["images"]
    assert len(store.files) == 1
    assert all(image["archived_at"] for image in images)
    another_machine()
    for page in Image.objects.all():
        pin = cache.hold(page.image_path, page.sha256)
        assert pin is not None
        pin.release()
    assert {local.path_of(page.image_path).stat().st_nlink for page in Image.objects.all()} == {3}


def test_the_audit_of_any_machine_finds_what_the_store_lacks(
    ada: User, upload: Uploads, store: FakeObjectStore, another_machine: Moves
) -> None:
    made = upload(ada)
    _end_with_pictures(made)
    another_machine()
    volume.problem()
    assert audited("--orphan-age", "0").startswith("0 violations, 0 orphans")
    store.delete(predictions(made)[0].output_path)
    with pytest.raises(CommandError):
        audited()


def test_a_process_for_which_all_share_one_folder_does_not_take_a_machines_own_for_it(
    ada: User, upload: Uploads, settings: Any
) -> None:
    upload(ada)
    assert volume.problem() is None
    settings.MEDIA_HANDOVER = "shared"
    assert volume.problem() is not None


def test_what_was_shared_may_become_the_own_disk_of_one_machine(
    ada: User, upload: Uploads, settings: Any
) -> None:
    settings.MEDIA_HANDOVER = "shared"
    upload(ada)
    settings.MEDIA_HANDOVER = "s3"
    assert volume.problem() is None


def test_a_folder_of_another_database_is_no_cache(
    ada: User, upload: Uploads, another_machine: Moves
) -> None:
    upload(ada)
    (another_machine() / "7" / "upload1").mkdir(parents=True)
    assert volume.problem() is not None
    (another_machine() / MARKER).write_text("00000000-0000-0000-0000-000000000000 own\n")
    assert volume.problem() is not None


def test_readiness_says_that_the_store_is_away(store: FakeObjectStore) -> None:
    assert Client().get("/readyz").json()["storage"] == "ok"
    store.is_away = True
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["storage"]) == (503, "failed")


def test_purge_is_of_this_machine_alone(ada: User, upload: Uploads) -> None:
    made = upload(ada)
    end_all(made)
    age(made)
    assert purge("--dry-run").startswith("This machine's cache: 0 files")
    assert Image.objects.get(upload=made).purged_at is None


def _originals(upload: Upload) -> list[str]:
    return [image.image_path for image in Image.objects.filter(upload=upload).order_by("pk")]


def _end_with_pictures(upload: Upload) -> None:
    """Ends what is queued, each with a result and a thumbnail, handed over as a worker does."""
    from uploads.storage import handover

    end_all(upload)
    for row in predictions(upload):
        thumbnail = keys.thumbnail_path(upload.upload_path, row.image_id)
        local.path_of(thumbnail).parent.mkdir(exist_ok=True)
        local.path_of(thumbnail).write_bytes(b"a thumbnail")
        Image.objects.filter(pk=row.image_id).update(thumbnail_path=thumbnail)
        handover.send([handover.Outgoing(row.output_path, "image/png")])
        handover.send([handover.Outgoing(thumbnail, "image/jpeg", is_derived=True)])
