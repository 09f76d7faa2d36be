"""Documents: each page is an image of its upload, and the file is stored once."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image as PillowImage
from rest_framework.test import APIClient

from consumers.worker.jobs import job_of
from tests import pdf_files
from tests.heif_files import heic
from tests.integration.attempts import claim
from tests.integration.rest import content_of, file, post, refused, stored, uploaded
from tests.photos import encoded, tiny
from uploads.models import Image
from uploads.storage import keys, local

pytestmark = pytest.mark.django_db


def document(pages: int) -> bytes:
    """A TIFF whose pages all have another width."""
    first, *rest = (PillowImage.new("RGB", (8 + page, 6), "teal") for page in range(pages))
    return encoded(first, "TIFF", save_all=True, append_images=rest)


SCAN = document(3)


def test_each_page_is_an_image_of_its_own(as_ada: APIClient) -> None:
    images = uploaded(as_ada, file(tiny()), file(SCAN, "scan.tif"), file(tiny()))["images"]
    assert [(i["position"], i["page"], i["pages"]) for i in images] == [
        (0, 1, 1), (1, 1, 3), (1, 2, 3), (1, 3, 3), (2, 1, 1),
    ]  # fmt: skip
    assert [image["width"] for image in images[1:4]] == [8, 9, 10]
    assert {image["name"] for image in images[1:4]} == {"scan.tif"}
    assert Image.objects.get(pk=images[2]["id"]).shown_name == "scan.tif, page 2"
    assert len({image["prediction"]["id"] for image in images}) == 5


def test_so_is_each_page_of_a_pdf(as_ada: APIClient) -> None:
    scan = encoded(PillowImage.new("RGB", (72, 36)), "PDF", save_all=True)
    letter = pdf_files.document(b"", b"/Rotate 90", b"/MediaBox [0 0 36 36]")
    images = uploaded(as_ada, file(scan, "a.pdf"), file(letter, "b.pdf"))["images"]
    assert [(i["position"], i["page"]) for i in images] == [(0, 1), (1, 1), (1, 2), (1, 3)]
    assert [i["width"] for i in images] == [200, 1700, 2200, 100]
    assert {i["content_type"] for i in images} == {"application/pdf"}
    assert images[0]["display"] == f"/api/images/{images[0]['id']}/display/"


def test_a_protected_pdf_is_refused_by_a_code_of_its_own(as_ada: APIClient) -> None:
    protected = pdf_files.document(b"").replace(b"/Root", b"/Encrypt 1 0 R /Root")
    refused(post(as_ada, file(protected, "a.pdf")), 400, "password_protected")


def test_a_worker_is_told_which_page_it_is(as_ada: APIClient) -> None:
    uploaded(as_ada, file(SCAN, "1.7-scan.tif"))
    assert sorted(job_of(one).page for one in claim()) == [1, 2, 3]


def test_the_file_is_stored_and_counted_once_and_given_whole(
    as_ada: APIClient, media: Path
) -> None:
    images = uploaded(as_ada, file(SCAN, "scan.tif"))["images"]
    assert [len({(media / key).stat().st_ino for key in stored(media)}), len(stored(media))] == [
        1,
        3,
    ]
    quota = as_ada.get("/api/users/me/").json()["quota"]
    assert quota["bytes_used"] == len(SCAN)
    assert quota["queued"] == 3
    answer = as_ada.get(images[2]["file"])
    assert content_of(answer) == SCAN
    assert "scan.tif" in answer["Content-Disposition"]
    assert "page" not in answer["Content-Disposition"]


def test_a_document_of_more_pages_than_may_be_queued_is_refused_by_its_position(
    as_ada: APIClient, settings: Any
) -> None:
    settings.QUOTA_QUEUED = 2
    body = refused(post(as_ada, file(SCAN, "scan.tif")), 403, "quota_exceeded")
    assert [(one["position"], one["name"]) for one in body["errors"]] == [(0, "scan.tif")]
    assert "3 pages: split it" in body["message"]


def test_with_its_upload_all_of_it_is_deleted(as_ada: APIClient, media: Path) -> None:
    body = uploaded(as_ada, file(SCAN, "scan.tif"))
    assert as_ada.delete(f"/api/uploads/{body['id']}/").status_code == 204
    assert stored(media) == []


def test_pages_count_as_images_of_an_upload(as_ada: APIClient, settings: Any) -> None:
    settings.MAX_IMAGES_PER_UPLOAD = 4
    body = post(as_ada, file(SCAN, "a.tif"), file(SCAN, "b.tif"), file(tiny()), query="partial=1")
    assert [(i["position"], i["page"]) for i in body.json()["images"]] == [
        (0, 1), (0, 2), (0, 3), (2, 1),
    ]  # fmt: skip
    (rejected,) = body.json()["rejected"]
    assert (rejected["position"], rejected["code"]) == (1, "too_many_images")
    assert "With its 3 pages the upload" in rejected["message"]
    refused(post(as_ada, file(document(5), "a.tif")), 400, "too_many_pages")


def test_a_file_that_pages_of_others_leave_no_room_for_is_not_said_to_have_pages(
    as_ada: APIClient, settings: Any
) -> None:
    settings.MAX_IMAGES_PER_UPLOAD = 3
    body = post(as_ada, file(SCAN, "a.tif"), file(tiny()), query="partial=1").json()
    (rejected,) = body["rejected"]
    assert (rejected["position"], rejected["code"]) == (1, "too_many_images")
    assert "With this file the upload would have more than 3" in rejected["message"]


def test_the_same_key_answers_with_the_same_pages(as_ada: APIClient) -> None:
    first = post(as_ada, file(SCAN, "scan.tif"), key="k")
    assert post(as_ada, file(SCAN, "scan.tif"), key="k").json() == first.json()


def test_a_picture_for_browsers_that_was_lost_is_made_again_by_the_next_prediction(
    as_ada: APIClient, media: Path
) -> None:
    (image,) = uploaded(as_ada, file(heic("photo"), "a.heic"))["images"]
    row = Image.objects.get()
    row.thumbnail_path = keys.thumbnail_path(row.upload.upload_path, row.pk)
    row.save(update_fields=["thumbnail_path"])
    local.path_of(row.thumbnail_path).parent.mkdir(parents=True, exist_ok=True)
    local.path_of(row.thumbnail_path).write_bytes(b"small")
    refused(as_ada.get(image["display"]), 404, "not_found")
    (taken,) = claim()
    assert taken.wants_thumbnail


def test_what_browsers_do_not_show_is_given_as_a_picture_once_it_is_made(
    as_ada: APIClient, media: Path
) -> None:
    (image,) = uploaded(as_ada, file(heic("photo"), "a.heic"))["images"]
    assert image["display"] == f"/api/images/{image['id']}/display/"
    refused(as_ada.get(image["display"]), 404, "not_found")
    row = Image.objects.get()
    row.thumbnail_path = keys.thumbnail_path(row.upload.upload_path, row.pk)
    row.save()
    drawn = local.path_of(keys.display_path(row.thumbnail_path))
    drawn.parent.mkdir(parents=True)
    drawn.write_bytes(b"the picture")
    answer = as_ada.get(image["display"])
    assert (content_of(answer), answer["Content-Type"]) == (b"the picture", "image/jpeg")
