"""Deleting one image: it is gone for everybody but the audit, and the others of its upload stay."""

from pathlib import Path

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import (
    file,
    refused,
    running,
    stored,
    succeed,
    succeed_with_picture,
    uploaded,
)
from tests.pdf_files import document
from tests.photos import tiny
from uploads import audit
from uploads.models import Event, FileRemoval, Image, Prediction, Upload

pytestmark = pytest.mark.django_db

LETTER = b"/MediaBox [0 0 72 72]"


def test_the_image_is_not_found_anywhere_and_the_others_stay(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(name="a.png"), file(name="b.png"))
    first, second = body["images"]
    pk = first["prediction"]["id"]
    succeed_with_picture(pk, tiny())
    here = f"/api/images/{first['id']}/"
    answer = as_ada.delete(here)
    assert (answer.status_code, answer.content) == (204, b"")
    prediction = f"/api/predictions/{pk}/"
    paths = [here, f"{here}file/", f"{here}thumbnail/", first["predictions"], prediction]
    for path in [*paths, f"{prediction}output/"]:
        refused(as_ada.get(path), 404, "not_found")
    refused(as_ada.delete(here), 404, "not_found")
    refused(as_ada.post(first["predictions"], {"model": "ocr"}, format="json"), 404, "not_found")
    for act in ("cancel", "retry"):
        refused(as_ada.post(f"{prediction}{act}/"), 404, "not_found")
    (left,) = as_ada.get(f"/api/uploads/{body['id']}/").json()["images"]
    assert left["id"] == second["id"]
    assert [one["id"] for one in as_ada.get("/api/images/").json()["results"]] == [second["id"]]
    assert as_ada.get(f"/api/images/{second['id']}/file/").status_code == 200


def test_its_files_and_contents_go_and_its_facts_stay(as_ada: APIClient, media: Path) -> None:
    secret = {"params": '{"iterations": 2}', "image_type": "en"}
    body = uploaded(as_ada, file(name="secret.png"), file(name="b.png"), **secret)
    pk = body["images"][0]["prediction"]["id"]
    succeed_with_picture(pk, tiny())
    as_ada.delete(f"/api/images/{body['images'][0]['id']}/")
    (path,) = stored(media)
    assert "b.png" in str(path)
    image = Image.objects.get(pk=body["images"][0]["id"])
    assert (image.image_name, image.image_type, image.image_path) == ("", "", "")
    prediction = Prediction.objects.get(pk=pk)
    assert (prediction.output, prediction.output_path, prediction.params) == (None, "", {})
    event = Event.objects.get(kind="image.deleted")
    assert (event.image_id, event.upload_id) == (image.pk, body["id"])
    for one in as_ada.get("/api/events/").json()["results"]:
        if one["prediction"] == pk:
            assert (one["data"]["params"], one["data"]["output"]) == ({}, None)
    assert list(audit.violations()) == []


def test_what_runs_is_canceled_and_the_others_go_on(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(), file())
    first, second = (image["prediction"]["id"] for image in body["images"])
    running(first)
    running(second)
    as_ada.delete(f"/api/images/{body['images'][0]['id']}/")
    assert Prediction.objects.get(pk=first).state == "canceled"
    assert Prediction.objects.get(pk=second).state == "running"
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[-2:] == ["prediction.canceled", "image.deleted"]


def test_an_upload_goes_with_its_last_image(as_ada: APIClient, media: Path) -> None:
    body = uploaded(as_ada, file(), file())
    for image in body["images"]:
        assert as_ada.delete(f"/api/images/{image['id']}/").status_code == 204
    refused(as_ada.get(f"/api/uploads/{body['id']}/"), 404, "not_found")
    assert stored(media) == []
    assert Upload.objects.get().deleted_at is not None
    assert list(audit.violations()) == []


def test_nobody_deletes_the_image_of_another(as_ada: APIClient, as_bob: APIClient) -> None:
    image = uploaded(as_ada)["images"][0]
    refused(as_bob.delete(f"/api/images/{image['id']}/"), 404, "not_found")
    assert as_ada.get(f"/api/images/{image['id']}/").status_code == 200


def test_a_document_is_kept_until_its_last_page_is_deleted(as_ada: APIClient, media: Path) -> None:
    body = uploaded(as_ada, file(document(LETTER, LETTER), name="a.pdf"), file(name="b.png"))
    first, second, other = (image["id"] for image in body["images"])
    as_ada.delete(f"/api/images/{first}/")
    assert as_ada.get(f"/api/images/{second}/file/").status_code == 200
    assert list(audit.violations()) == []
    as_ada.delete(f"/api/images/{second}/")
    assert [path for path in stored(media) if "a.pdf" in str(path)] == []
    assert as_ada.get(f"/api/images/{other}/file/").status_code == 200
    assert list(audit.violations()) == []


def test_a_quota_counts_what_is_stored(as_ada: APIClient) -> None:
    def used() -> int:
        quota: dict[str, int] = as_ada.get("/api/users/me/").json()["quota"]
        return quota["bytes_used"]

    body = uploaded(as_ada, file(), file())
    before = used()
    as_ada.delete(f"/api/images/{body['images'][0]['id']}/")
    assert used() == before / 2


def test_files_that_cannot_be_removed_now_wait_for_removal(
    as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = uploaded(as_ada, file(), file())
    key = Image.objects.get(pk=body["images"][0]["id"]).image_path

    def away(prefix: str) -> None:
        raise OSError(f"The disk with {prefix} is away.")

    monkeypatch.setattr("uploads.storage.local.remove", away)
    succeed(body["images"][1]["prediction"]["id"])
    assert as_ada.delete(f"/api/images/{body['images'][0]['id']}/").status_code == 204
    assert FileRemoval.objects.filter(prefix=key).exists()
