"""Local files leave when they are old, safe and unused, and are read from the archive then."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.management import CommandError
from django.utils import timezone
from rest_framework.test import APIClient

from consumers.worker.archiver import Archiver
from tests.fakes.object_store import FakeObjectStore
from tests.integration.archives import age, audited, copy_all, end_all, kinds, paths, purge
from tests.integration.conftest import Uploads, predictions
from tests.integration.rest import content_of, refused
from uploads import services
from uploads.errors import SourceGone
from uploads.events import A_WORKER
from uploads.models import Image, Prediction, Upload, User
from uploads.storage import archive_reading, local, object_store, retention
from uploads.storage.retention import Round

pytestmark = pytest.mark.django_db


def test_old_files_leave_the_local_storage_and_are_read_from_the_archive(
    archived: Upload, as_ada: APIClient
) -> None:
    before = {path: path.read_bytes() for path in paths(archived)}
    assert "2 images" in purge()
    assert not any(path.exists() for path in before)
    assert kinds(archived)[-2:] == ["image.purged"] * 2
    for row in predictions(archived):
        original = as_ada.get(f"/api/images/{row.image_id}/file/")
        assert content_of(original) == before[local.path_of(row.image.image_path)]
        result = as_ada.get(f"/api/predictions/{row.pk}/output/")
        assert content_of(result) == before[local.path_of(row.output_path)]
        assert int(result["Content-Length"]) == len(before[local.path_of(row.output_path)])
    assert audited().startswith("0 violations, 0 orphans")
    assert purge().startswith("0 images")


def test_a_dry_run_removes_nothing(archived: Upload) -> None:
    told = purge("--dry-run")
    assert told.startswith("2 images")
    assert "4 files" in told
    assert all(path.exists() for path in paths(archived))
    assert "image.purged" not in kinds(archived)


def spoil_the_copy(upload: Upload, store: FakeObjectStore) -> None:
    store.spoil(predictions(upload)[0].image.image_path)


def lose_the_copy_of_a_result(upload: Upload, store: FakeObjectStore) -> None:
    store.remove(predictions(upload)[0].output_path)


def run_another_model(upload: Upload, store: FakeObjectStore) -> None:
    services.predict_again(predictions(upload)[0].image, "ocr", None, {}, A_WORKER)


@pytest.mark.parametrize("why", [spoil_the_copy, lose_the_copy_of_a_result, run_another_model])
def test_a_file_stays_while_it_is_used_or_not_safe_in_the_archive(
    archived: Upload, store: FakeObjectStore, why: Callable[[Upload, FakeObjectStore], None]
) -> None:
    why(archived, store)
    first, second = (row.image for row in predictions(archived)[:2])
    assert purge().startswith("1 images")
    assert local.path_of(first.image_path).exists()
    assert not local.path_of(second.image_path).exists()
    assert Upload.objects.get(pk=archived.pk).purged_at is None


def test_young_files_stay(archived: Upload) -> None:
    age(archived, hours=23)
    assert purge().startswith("0 images")
    assert all(path.exists() for path in paths(archived))


def test_nothing_is_removed_while_the_archive_is_away(
    archived: Upload, store: FakeObjectStore
) -> None:
    store.is_away = True
    with pytest.raises(CommandError, match="does not answer"):
        purge()
    async_to_sync(Archiver().purge)()
    assert all(path.exists() for path in paths(archived))


def test_without_an_archive_files_go_only_where_the_operator_says_so(
    ada: User, upload: Uploads, settings: Any, as_ada: APIClient
) -> None:
    stored = upload(ada)
    end_all(stored)
    age(stored)
    assert "There is no archive" in purge()
    assert all(path.exists() for path in paths(stored))
    settings.PURGE_WITHOUT_ARCHIVE = True
    assert "1 images" in purge()
    assert not any(path.exists() for path in paths(stored))
    image = predictions(stored)[0].image
    assert as_ada.get(f"/api/images/{image.pk}/file/").status_code == 404
    again = as_ada.post(f"/api/images/{image.pk}/predictions/", {"model": "ocr"}, "json")
    assert (again.status_code, again.data["code"]) == (409, "source_gone")


def test_bytes_that_are_not_the_original_are_not_brought_back(
    archived: Upload, store: FakeObjectStore, media: Path
) -> None:
    purge()
    image = predictions(archived)[0].image
    store.spoil(image.image_path)
    archive_reading.fetch(image.image_path, image.sha256)
    assert not local.path_of(image.image_path).exists()
    assert not [path for path in (media / ".incoming").glob("*") if path.is_file()]


def test_an_image_that_another_prediction_names_as_a_parameter_stays(
    archived: Upload, ada: User, upload: Uploads
) -> None:
    named = predictions(archived)[0].image
    other = upload(ada)
    Prediction.objects.filter(image__upload=other).update(params={"style": named.pk})
    assert purge().startswith("1 images")
    assert local.path_of(named.image_path).exists()


def test_a_lost_original_that_no_archive_has_is_not_hidden_as_purged(
    archived: Upload, store: FakeObjectStore
) -> None:
    image = predictions(archived)[0].image
    local.path_of(image.image_path).unlink()
    store.delete(image.image_path)
    assert purge().startswith("1 images")
    assert Image.objects.get(pk=image.pk).purged_at is None


def test_nothing_is_purged_from_a_folder_that_is_not_the_storage(
    archived: Upload, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    with pytest.raises(CommandError, match="is not the one"):
        purge()
    assert not Image.objects.filter(purged_at__isnull=False).exists()


def test_a_file_that_cannot_be_removed_keeps_no_other_from_being_purged(
    archived: Upload, ada: User, upload: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = upload(ada)
    end_all(other)
    copy_all()
    age(other)
    stuck = predictions(archived)[0].image.image_path
    remove = local.remove_file

    def sticky(key: str) -> None:
        if key == stuck:
            raise PermissionError(key)
        remove(key)

    monkeypatch.setattr(local, "remove_file", sticky)
    assert purge().startswith("2 images")
    assert not any(path.exists() for path in paths(other))
    monkeypatch.undo()


def test_an_image_that_is_named_while_the_archive_is_asked_stays(
    archived: Upload, ada: User, upload: Uploads, store: FakeObjectStore, monkeypatch: Any
) -> None:
    named = predictions(archived)[0].image
    other = upload(ada)
    look = store.look

    def name_it(key: str) -> object_store.Facts | None:
        Prediction.objects.filter(image__upload=other).update(params={"style": named.pk})
        return look(key)

    monkeypatch.setattr(store, "look", name_it)
    assert purge().startswith("1 images")
    assert local.path_of(named.image_path).exists()


def test_what_its_owner_has_pinned_stays_until_it_is_unpinned(
    archived: Upload, as_ada: APIClient, as_bob: APIClient
) -> None:
    kept, other = [row.image for row in predictions(archived)]
    address = f"/api/images/{kept.pk}/pin/"
    assert as_ada.get(f"/api/images/{kept.pk}/").json()["pinned"] is False
    refused(as_bob.put(address), 404, "not_found")
    for _ in range(2):
        answer = as_ada.put(address)
        assert (answer.status_code, answer.json()["pinned"]) == (200, True)
    assert "1 images" in purge()
    assert local.path_of(kept.image_path).is_file()
    assert not local.path_of(other.image_path).exists()
    assert not list(Round()._candidates())
    assert purge().startswith("0 images")
    refused(as_bob.delete(address), 404, "not_found")
    assert as_ada.delete(address).json()["pinned"] is False
    assert "1 images" in purge()
    assert not local.path_of(kept.image_path).exists()
    told = [kind for kind in kinds(archived) if "pinned" in kind]
    assert told == ["image.pinned", "image.unpinned"]


def test_what_is_pinned_while_its_copies_are_looked_up_stays(
    archived: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    (image, _) = [row.image for row in predictions(archived)]
    asked = retention._may_go

    def pinned_meanwhile(file: Any) -> bool:
        Image.objects.filter(pk=image.pk).update(pinned_at=timezone.now())
        return asked(file)

    monkeypatch.setattr(retention, "_may_go", pinned_meanwhile)
    purge()
    assert local.path_of(image.image_path).is_file()


def test_a_deleted_image_can_be_pinned_by_nobody(archived: Upload, as_ada: APIClient) -> None:
    image = predictions(archived)[0].image
    services.delete(archived, A_WORKER)
    refused(as_ada.put(f"/api/images/{image.pk}/pin/"), 404, "not_found")
    with pytest.raises(SourceGone):
        services.pin(image, A_WORKER, is_pinned=True)
