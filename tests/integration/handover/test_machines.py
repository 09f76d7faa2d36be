"""Machines with disks of their own: each reads by the object store what it never stored."""

from typing import Any

import pytest
from django.core.management import CommandError
from PIL import Image as PillowImage
from rest_framework.test import APIClient

from tests.fakes.object_store import FakeObjectStore
from tests.integration.archives import age, audited, end_all, paths, purge
from tests.integration.conftest import Uploads, predictions
from tests.integration.handover.work import Moves, end_with_pictures
from tests.integration.rest import content_of, file, uploaded
from tests.photos import encoded, tiny
from uploads.models import Image, User
from uploads.storage import cache, local, volume
from uploads.storage.volume import MARKER

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("handover")]


def test_another_machine_serves_what_it_never_stored(
    ada: User, as_ada: APIClient, upload: Uploads, another_machine: Moves
) -> None:
    made = upload(ada)
    end_with_pictures(made)
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
    end_with_pictures(made)
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
    end_with_pictures(made)
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


def test_purge_is_of_this_machine_alone(ada: User, upload: Uploads) -> None:
    made = upload(ada)
    end_all(made)
    age(made)
    assert purge("--dry-run").startswith("This machine's cache: 0 files")
    assert Image.objects.get(upload=made).purged_at is None
