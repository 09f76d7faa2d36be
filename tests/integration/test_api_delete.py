"""Deleting an upload: it is gone for everybody but the audit."""

from pathlib import Path
from typing import Any

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
from tests.photos import tiny
from uploads import services
from uploads.events import Actor
from uploads.models import Event, FileRemoval, Image, Prediction, Upload, User

pytestmark = pytest.mark.django_db


def addresses(body: dict[str, Any]) -> list[str]:
    found = [f"/api/uploads/{body['id']}/"]
    for image in body["images"]:
        here = f"/api/images/{image['id']}/"
        prediction = f"/api/predictions/{image['prediction']['id']}/"
        found += [here, f"{here}file/", f"{here}thumbnail/", f"{here}predictions/"]
        found += [prediction, f"{prediction}output/"]
    return found


def test_what_is_deleted_is_not_found_anywhere(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(), file())
    first, second = (image["prediction"]["id"] for image in body["images"])
    succeed(first)
    succeed_with_picture(second, tiny())
    answer = as_ada.delete(f"/api/uploads/{body['id']}/")
    assert (answer.status_code, answer.content) == (204, b"")
    for address in addresses(body):
        refused(as_ada.get(address), 404, "not_found")
    refused(as_ada.delete(f"/api/uploads/{body['id']}/"), 404, "not_found")
    for act in ("cancel", "retry"):
        refused(as_ada.post(f"/api/predictions/{first}/{act}/"), 404, "not_found")
    again = {"model": "ocr"}
    predictions = body["images"][0]["predictions"]
    refused(as_ada.post(predictions, again, format="json"), 404, "not_found")
    assert as_ada.get("/api/uploads/").json()["results"] == []


def test_its_files_and_contents_go_and_its_facts_stay(
    as_ada: APIClient, ada: User, media: Path
) -> None:
    body = uploaded(as_ada, file(name="secret.png"), params='{"iterations": 2}')
    pk = body["images"][0]["prediction"]["id"]
    succeed(pk)
    as_ada.delete(f"/api/uploads/{body['id']}/")
    assert stored(media) == []
    row = Upload.objects.get()
    assert (row.params, row.idempotency_key) == ({}, None)
    assert row.deleted_at is not None
    image, prediction = Image.objects.get(), Prediction.objects.get()
    assert (image.image_name, image.image_path, image.thumbnail_path) == ("", "", "")
    assert (prediction.output, prediction.output_path, prediction.params) == (None, "", {})
    assert FileRemoval.objects.filter(prefix=row.upload_path).exists()
    event = Event.objects.get(kind="upload.deleted")
    assert (event.upload_id, event.actor_id, event.user_id) == (body["id"], ada.pk, ada.pk)


def test_what_runs_is_canceled(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(), file())
    running(body["images"][0]["prediction"]["id"])
    as_ada.delete(f"/api/uploads/{body['id']}/")
    assert set(Prediction.objects.values_list("state", flat=True)) == {"canceled"}
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[-3:] == ["prediction.canceled", "prediction.canceled", "upload.deleted"]


def test_an_output_is_gone_from_the_events_too(as_ada: APIClient) -> None:
    body = uploaded(as_ada)
    succeed(body["images"][0]["prediction"]["id"])
    as_ada.delete(f"/api/uploads/{body['id']}/")
    results = as_ada.get("/api/events/").json()["results"]
    (success,) = (one for one in results if one["kind"] == "prediction.succeeded")
    assert success["data"]["output"] is None


def test_its_parameters_are_gone_from_every_event(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(), file(), file(), params='{"iterations": 7}', image_type="en")
    other = uploaded(as_ada, params='{"iterations": 7}')
    done, taken, _ = (image["prediction"]["id"] for image in body["images"])
    succeed(done)
    running(taken)
    again = {"model": "background-removal", "params": {"iterations": 7}}
    as_ada.post(body["images"][0]["predictions"], again, format="json")
    before = as_ada.get("/api/events/").json()["results"]
    as_ada.delete(f"/api/uploads/{body['id']}/")
    told = as_ada.get("/api/events/").json()["results"]
    assert [one["kind"] for one in told[: len(before)]] == [one["kind"] for one in before]
    params = {
        one["data"]["params"].get("iterations")
        for one in told
        if one["upload"] == body["id"] and "params" in one["data"]
    }
    assert params == {None}
    kept = {
        one["data"]["params"]["iterations"]
        for one in told
        if one["upload"] == other["id"] and "params" in one["data"]
    }
    assert kept == {7}
    assert set(Image.objects.filter(upload=body["id"]).values_list("image_type", flat=True)) == {""}


def test_files_that_cannot_be_removed_now_wait_for_removal(
    as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = uploaded(as_ada)

    def away(prefix: str) -> None:
        raise OSError(f"The disk with {prefix} is away.")

    monkeypatch.setattr("uploads.storage.local.remove", away)
    assert as_ada.delete(f"/api/uploads/{body['id']}/").status_code == 204
    assert FileRemoval.objects.filter(prefix=Upload.objects.get().upload_path).exists()


def test_who_deletes_an_upload_second_does_not_find_it(
    as_ada: APIClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, delete = uploaded(as_ada), services.delete

    def second(upload: Upload, actor: Actor) -> None:
        delete(Upload.objects.get(pk=upload.pk), actor)
        delete(upload, actor)

    monkeypatch.setattr(services, "delete", second)
    refused(as_ada.delete(f"/api/uploads/{body['id']}/"), 404, "not_found")
    assert Event.objects.filter(kind="upload.deleted").count() == 1
