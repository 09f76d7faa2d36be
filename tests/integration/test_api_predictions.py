"""Predictions: results, other models over the same image, cancel and retry."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import (
    TEXT,
    content_of,
    fail,
    refused,
    running,
    succeed,
    succeed_with_picture,
    uploaded,
)
from tests.photos import tiny
from uploads.models import Event, Image, Prediction, User
from uploads.storage import local

pytestmark = pytest.mark.django_db


@pytest.fixture
def image(as_ada: APIClient) -> dict[str, Any]:
    """An image of Ada's with a prediction that is queued."""
    found: dict[str, Any] = uploaded(as_ada)["images"][0]
    return found


@pytest.fixture
def here(image: dict[str, Any]) -> str:
    return f"/api/predictions/{image['prediction']['id']}/"


@pytest.fixture
def pk(image: dict[str, Any]) -> int:
    number: int = image["prediction"]["id"]
    return number


def test_a_prediction_reads_as_in_its_upload(
    as_ada: APIClient, image: dict[str, Any], here: str
) -> None:
    assert as_ada.get(here).json() == image["prediction"]


def test_a_success_has_its_output_timing_and_provenance(
    as_ada: APIClient, here: str, pk: int
) -> None:
    succeed(pk)
    body = as_ada.get(here).json()
    assert (body["state"], body["progress"], body["attempt"]) == ("succeeded", 1.0, 1)
    assert body["output"] == TEXT
    assert body["timing"].keys() == {
        *("queue_ms", "decode_ms", "compute_ms", "total_ms", "batch_size")
    }
    assert body["provenance"].keys() == {"model_sha256", "device", "worker"}
    assert body["started_at"] < body["finished_at"]
    assert body["finished_at"].endswith("Z")
    assert (body["error"], body["queue_position"], body["stage"]) == (None, None, None)


def test_a_failure_has_a_code_and_a_sentence(as_ada: APIClient, here: str, pk: int) -> None:
    fail(pk)
    body = as_ada.get(here).json()
    assert body["state"] == "failed"
    assert body["error"] == {"code": "unreadable_image", "message": "The image's body is broken."}
    assert (body["failures"], body["output"]) == (1, None)


def test_a_picture_is_given_inline_from_the_address_in_the_output(
    as_ada: APIClient, here: str, pk: int
) -> None:
    refused(as_ada.get(f"{here}output/"), 404, "not_found")
    succeed_with_picture(pk, tiny())
    output = as_ada.get(here).json()["output"]
    assert output == {
        "kind": "image",
        "url": f"{here}output/",
        "width": 8,
        "height": 6,
        "content_type": "image/png",
    }
    answer = as_ada.get(output["url"], headers={"Accept": "image/png"})
    assert content_of(answer) == tiny()
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_another_model_runs_over_the_same_image(
    as_ada: APIClient, image: dict[str, Any], ada: User
) -> None:
    wanted = {
        "model": "background-removal",
        "model_version": "stable",
        "params": {"iterations": 4},
    }
    answer = as_ada.post(image["predictions"], wanted, format="json")
    assert answer.status_code == 202
    body = answer.json()
    assert answer["Location"] == f"/api/predictions/{body['id']}/"
    assert body.keys() == image["prediction"].keys()
    assert (body["image"], body["upload"]) == (image["id"], image["upload"])
    assert (body["model"], body["model_version"]) == ("background-removal", "1")
    assert (body["params"], body["state"]) == ({"iterations": 4}, "queued")
    assert as_ada.get(answer["Location"]).json() == body
    event = Event.objects.filter(prediction_id=body["id"]).get()
    assert (event.kind, event.actor_id) == ("prediction.queued", ada.pk)


@pytest.mark.parametrize("version", [1, "1", None])
def test_a_version_may_be_a_number_a_text_or_none(
    as_ada: APIClient, image: dict[str, Any], version: Any
) -> None:
    body = {"model": "ocr", "model_version": version}
    answer = as_ada.post(image["predictions"], body, format="json")
    assert answer.json()["model_version"] == ("2" if version is None else "1")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"model": None}, "invalid"),
        ({"model": ["ocr"]}, "invalid"),
        ({"model": "o" * 101}, "invalid"),
        ({"model": "nonsense"}, "model_not_found"),
        ({"model": "ocr", "model_version": "9"}, "model_not_found"),
        ({"model": "ocr", "params": None}, "invalid"),
        ({"model": "ocr", "params": [1]}, "invalid"),
        ([], "invalid"),
    ],
)
def test_a_prediction_that_cannot_be_is_refused(
    as_ada: APIClient, image: dict[str, Any], body: Any, code: str
) -> None:
    refused(as_ada.post(image["predictions"], body, format="json"), 400, code)
    assert Prediction.objects.count() == 1


def test_a_prediction_is_asked_for_in_json(as_ada: APIClient, image: dict[str, Any]) -> None:
    answer = as_ada.post(image["predictions"], b"model=ocr", content_type="text/plain")
    refused(answer, 415, "unsupported_media_type")


def test_nothing_runs_over_an_original_that_is_gone(
    as_ada: APIClient, image: dict[str, Any], here: str, pk: int
) -> None:
    fail(pk)
    local.path_of(Image.objects.get().image_path).unlink()
    refused(as_ada.post(f"{here}retry/"), 409, "source_gone")
    refused(as_ada.post(image["predictions"], {"model": "ocr"}, format="json"), 409, "source_gone")


def test_what_is_queued_is_canceled_at_once(
    as_ada: APIClient, here: str, pk: int, ada: User
) -> None:
    answer = as_ada.post(f"{here}cancel/")
    assert answer.status_code == 202
    assert answer.json()["state"] == "canceled"
    assert answer.json() == as_ada.get(here).json()
    event = Event.objects.filter(prediction_id=pk).latest("id")
    assert (event.kind, event.actor_id) == ("prediction.canceled", ada.pk)


def test_what_is_running_is_asked_to_stop(as_ada: APIClient, here: str, pk: int) -> None:
    running(pk)
    answer = as_ada.post(f"{here}cancel/")
    assert answer.status_code == 202
    assert answer.json()["state"] == "running"
    assert Prediction.objects.get().cancel_requested


def test_what_has_ended_cannot_be_canceled(as_ada: APIClient, here: str, pk: int) -> None:
    succeed(pk)
    refused(as_ada.post(f"{here}cancel/"), 409, "not_cancelable")


def test_a_failure_is_tried_again_with_its_failures_forgiven(
    as_ada: APIClient, here: str, pk: int
) -> None:
    fail(pk)
    answer = as_ada.post(f"{here}retry/")
    assert answer.status_code == 202
    body = answer.json()
    assert (body["state"], body["failures"], body["error"]) == ("queued", 0, None)
    assert body["attempt"] == 1
    succeed(pk)
    assert as_ada.get(here).json()["attempt"] == 2


def test_what_was_canceled_can_be_tried_again(as_ada: APIClient, here: str) -> None:
    as_ada.post(f"{here}cancel/")
    assert as_ada.post(f"{here}retry/").json()["state"] == "queued"


def test_only_what_ended_without_a_result_can_be_tried_again(
    as_ada: APIClient, here: str, pk: int
) -> None:
    refused(as_ada.post(f"{here}retry/"), 409, "not_retryable")
    running(pk)
    refused(as_ada.post(f"{here}retry/"), 409, "not_retryable")
    succeed(pk)
    refused(as_ada.post(f"{here}retry/"), 409, "not_retryable")
