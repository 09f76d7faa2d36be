"""Files are copied to the archive, and removed from it, whatever goes wrong."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image as PillowImage
from rest_framework.test import APIClient

from tests.fakes.object_store import FakeObjectStore
from tests.integration.archives import (
    age,
    audited,
    copy_all,
    end_all,
    kinds,
    paths,
    purge,
    remove_all,
)
from tests.integration.attempts import claim, finish, success
from tests.integration.conftest import Uploads, predictions
from tests.integration.rest import content_of, file, uploaded
from tests.photos import encoded
from uploads import services
from uploads.events import A_WORKER
from uploads.models import ArchiveTask, Event, FileRemoval, Image, Upload, User
from uploads.storage import archive, archive_marker, archive_reading, local
from uploads.storage.volume import MARKER

pytestmark = pytest.mark.django_db


def test_originals_and_results_are_copied_each_as_it_is(
    ada: User, upload: Uploads, store: FakeObjectStore
) -> None:
    stored = upload(ada, count=2)
    copy_all()
    end_all(stored)
    copy_all()
    assert store.files == {
        str(path.relative_to(local.path_of(stored.upload_path).parents[1])): path.read_bytes()
        for path in paths(stored)
    }
    images = Image.objects.filter(upload=stored)
    assert all(store.objects[one.image_path].sha256 == one.sha256 for one in images)
    assert all(one.archived_at for one in images)
    assert kinds(stored).count("image.archived") == 2
    assert not ArchiveTask.objects.exists()


def test_without_an_archive_nothing_is_noted_for_it(ada: User, upload: Uploads) -> None:
    end_all(upload(ada))
    assert not ArchiveTask.objects.exists()


def test_a_worker_that_dies_while_it_copies_keeps_no_file_from_being_copied(
    ada: User, upload: Uploads, store: FakeObjectStore
) -> None:
    upload(ada, count=2)
    assert len(archive.take(9)) == 2
    copy_all()
    assert store.files == {}
    ArchiveTask.objects.update(due=timezone.now())
    copy_all()
    assert len(store.files) == 2


def test_two_workers_that_copy_one_file_archive_it_once(
    ada: User, upload: Uploads, store: FakeObjectStore
) -> None:
    stored = upload(ada)
    (mine,) = archive.take(9)
    ArchiveTask.objects.update(due=timezone.now())
    (theirs,) = archive.take(9)
    outcomes = [archive.copy(task, store) for task in (mine, theirs)]
    for outcome in outcomes:
        archive.finish([outcome])
    assert kinds(stored).count("image.archived") == 1


def test_a_file_that_was_changed_in_storage_is_not_archived_for_the_one_that_came(
    ada: User, upload: Uploads, store: FakeObjectStore, caplog: pytest.LogCaptureFixture
) -> None:
    stored = upload(ada, count=2)
    paths(stored)[0].write_bytes(b"changed")
    copy_all()
    assert len(store.files) == 1
    assert ArchiveTask.objects.get().due > timezone.now() + timedelta(minutes=30)
    assert "file not archived" in caplog.text


def test_what_lies_under_a_key_already_is_never_replaced(
    ada: User, upload: Uploads, store: FakeObjectStore
) -> None:
    stored = upload(ada)
    store.spoil(Image.objects.get(upload=stored).image_path)
    copy_all()
    assert Image.objects.get(upload=stored).archived_at is None
    assert list(store.files.values()) == [b"other"]


def test_a_deleted_upload_leaves_the_archive_also_if_that_is_away_now(
    archived: Upload, store: FakeObjectStore
) -> None:
    store.is_away = True
    services.delete(archived, A_WORKER)
    remove_all()
    store.is_away = False
    assert len(store.files) == 4
    FileRemoval.objects.update(archive_due=timezone.now())
    remove_all()
    assert store.files == {}
    assert FileRemoval.objects.count() == 1
    now = timezone.now()
    FileRemoval.objects.update(created_at=now - timedelta(hours=1), archive_due=now)
    remove_all()
    assert FileRemoval.objects.count() == 0


def test_a_copy_that_was_under_way_when_its_upload_was_deleted_is_removed_too(
    ada: User, upload: Uploads, store: FakeObjectStore
) -> None:
    stored = upload(ada)
    (task,) = archive.take(9)
    outcome = archive.copy(task, store)
    services.delete(stored, A_WORKER)
    remove_all()
    archive.finish([outcome])
    remove_all()
    assert store.files == {}
    assert "image.archived" not in kinds(stored)


def test_a_redirect_leads_to_the_archive_only_where_it_has_the_file(
    ada: User, upload: Uploads, store: FakeObjectStore, as_ada: APIClient, as_bob: APIClient
) -> None:
    stored = upload(ada)
    image = Image.objects.get(upload=stored)
    address = f"/api/images/{image.pk}/file/"
    assert as_ada.get(address, {"redirect": "1"}).status_code == 200
    copy_all()
    assert as_ada.get(address).status_code == 200
    answer = as_ada.get(address, {"redirect": "1"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"https://objects.example/{image.image_path}")
    assert "attachment" in answer["Location"]
    assert as_bob.get(address, {"redirect": "1"}).status_code == 404
    assert Event.objects.filter(kind="image.downloaded", image_id=image.pk).count() == 3


def test_the_audit_finds_what_the_archive_lacks_and_what_nobody_names(
    archived: Upload, store: FakeObjectStore, tmp_path: Path
) -> None:
    assert audited().startswith("0 violations, 0 orphans")
    stray = tmp_path / "stray"
    stray.write_bytes(b"stray")
    store.put("7/upload9/images/0-a.png", stray, "0" * 64, "image/png")
    assert "orphan in the archive: 7/upload9" in audited("--orphan-age", "0")
    audited("--orphan-age", "0", "--fix")
    assert len(store.files) == 4
    store.remove(predictions(archived)[0].image.image_path)
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("audit", stdout=out)
    assert "is archived, but" in out.getvalue()


def test_a_copy_that_nobody_lived_to_note_is_noted_also_when_the_local_file_is_gone(
    ada: User, upload: Uploads, store: FakeObjectStore
) -> None:
    stored = upload(ada)
    (task,) = archive.take(9)
    archive.copy(task, store)
    age(stored)
    assert purge().startswith("0 images")
    paths(stored)[0].unlink()
    ArchiveTask.objects.update(due=timezone.now())
    copy_all()
    assert Image.objects.get(upload=stored).archived_at is not None


def test_an_orphan_goes_alone_also_where_another_key_begins_like_it(
    archived: Upload, store: FakeObjectStore, tmp_path: Path
) -> None:
    key = predictions(archived)[0].image.image_path.removesuffix(".png")
    stray = tmp_path / "stray"
    stray.write_bytes(b"stray")
    store.put(key, stray, "0" * 64, "image/png")
    assert "1 orphans" in audited("--orphan-age", "0", "--fix")
    assert len(store.files) == 4


def test_the_archive_of_another_database_is_left_alone(
    archived: Upload, store: FakeObjectStore
) -> None:
    store.spoil(MARKER)
    archive_marker._seen.clear()
    assert "not the one" in (archive_marker.problem() or "")
    with pytest.raises(CommandError, match="not the one"):
        purge()
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("audit", "--fix", "--orphan-age", "0", stdout=out)
    assert "not the one" in out.getvalue()
    assert len(store.files) == 4
    assert all(path.exists() for path in paths(archived))


def test_an_empty_archive_in_place_of_ours_is_not_taken_for_it(
    archived: Upload, store: FakeObjectStore
) -> None:
    store.objects.clear()
    archive_marker._seen.clear()
    assert "not the one" in (archive_marker.problem() or "")
    assert store.objects == {}


def test_a_document_is_archived_once_for_all_of_its_pages(
    as_ada: APIClient, store: FakeObjectStore
) -> None:
    first, *rest = (PillowImage.new("RGB", (8 + page, 6), "teal") for page in range(3))
    scan = encoded(first, "TIFF", save_all=True, append_images=rest)
    images = uploaded(as_ada, file(scan, "scan.tif"))["images"]
    for one in claim():
        finish(success(one))
    copy_all()
    assert len(store.files) == 1
    stored = Image.objects.get(pk=images[0]["id"]).upload
    assert kinds(stored).count("image.archived") == 3
    age(stored)
    assert purge().startswith("3 images")
    assert not any(path.exists() for path in paths(stored))
    for image in images:
        assert content_of(as_ada.get(image["file"])) == scan
    pages = Image.objects.filter(upload=stored)
    for page in pages:
        archive_reading.fetch(page.image_path, page.sha256)
    assert {path.stat().st_nlink for path in paths(stored)} == {3}
    assert audited().startswith("0 violations")
