"""What uploads meet when a model is unloaded, loading, broken, or not for images."""

import json

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from consumers.worker import housekeeping
from tests.integration.conftest import Uploads, predictions, signed_in
from tests.integration.offered import entry, live_worker
from tests.integration.rest import file, post, refused, uploaded
from uploads import services
from uploads.catalog import desired, offers
from uploads.catalog.desired import Desired
from uploads.catalog.holdings import Holding
from uploads.events import A_WORKER, Actor
from uploads.models import Model, ModelVersion, Prediction, Upload, User, Worker

pytestmark = pytest.mark.django_db


def command(name: str, state: Desired) -> None:
    desired.set_desired(name, state, Actor())


def test_uploads_for_an_unloaded_model_are_refused_for_now(as_ada: APIClient) -> None:
    command("ocr", Desired.UNLOADED)
    answer = post(as_ada, file(), model="ocr")
    body = refused(answer, 503, "model_unavailable")
    assert body["message"] == "The model 'ocr' is unloaded."
    assert int(answer["Retry-After"]) > 0
    assert not Upload.objects.exists()
    uploaded(as_ada, model="background-removal")
    command("ocr", Desired.LOADED)
    uploaded(as_ada, model="ocr")


def test_another_prediction_by_an_unloaded_model_is_refused(as_ada: APIClient) -> None:
    image = uploaded(as_ada, model="background-removal")["images"][0]
    command("ocr", Desired.UNLOADED)
    answer = as_ada.post(image["predictions"], {"model": "ocr"}, format="json")
    refused(answer, 503, "model_unavailable")


def test_a_model_of_tensors_takes_no_images(as_ada: APIClient) -> None:
    offers.publish([entry("embedder", output_kind="tensors")])
    body = refused(post(as_ada, file(), model="embedder"), 400, "model_takes_no_images")
    assert [fault["field"] for fault in body["errors"]] == ["model"]


def test_a_folder_that_cannot_be_used_is_listed_and_takes_nothing(as_ada: APIClient) -> None:
    offers.publish([], ["broken"])
    reason = "/srv/models/broken/model.toml: backend: unknown"
    live_worker(Holding("broken", "", "UNAVAILABLE", reason))
    answer = post(as_ada, file(), model="broken")
    assert "/srv" not in refused(answer, 503, "model_unavailable")["message"]
    body = as_ada.get("/api/models/broken/").json()
    assert (body["state"], body["versions"], body["default_version"]) == ("UNAVAILABLE", [], None)
    assert "/srv" not in json.dumps(body)


def test_what_is_queued_for_an_unloaded_model_fails_and_can_be_retried(
    ada: User, upload: Uploads
) -> None:
    stored = upload(ada, count=3)
    other = upload(ada, model="background-removal")
    command("ocr", Desired.UNLOADED)
    housekeeping.fail_orphans("host:1:aa")
    rows = predictions(stored)
    assert {(row.state, row.error_code) for row in rows} == {("failed", "model_unavailable")}
    assert rows[0].error_message == "The model 'ocr' is unloaded."
    assert [row.state for row in predictions(other)] == ["queued"]
    command("ocr", Desired.LOADED)
    services.retry(Prediction.objects.select_related("image").get(pk=rows[0].pk), A_WORKER)
    housekeeping.fail_orphans("host:1:aa")
    assert [row.state for row in predictions(stored)] == ["queued", "failed", "failed"]


def test_each_version_is_as_ready_as_the_best_worker_has_it(as_ada: APIClient) -> None:
    live_worker(Holding("ocr", "2", "LOADING"), Holding("ocr", "1", "UNAVAILABLE", "no"))
    live_worker(Holding("ocr", "2", "READY"), name="host:2:bb")
    body = as_ada.get("/api/models/ocr/").json()
    assert [one["state"] for one in body["versions"]] == ["UNAVAILABLE", "READY"]
    assert body["state"] == "READY"
    assert body.keys() & {"workers", "reason"} == set()


def test_staff_see_who_has_what_and_why_not(ada: User, models: None) -> None:
    ada.is_staff = True
    ada.save()
    held = Holding("ocr", "2", "READY", "the last load failed", "c" * 64, 2, 300 << 20)
    live_worker(held)
    command("background-removal", Desired.UNLOADED)
    removal, ocr = signed_in(ada).get("/api/models/").json()["results"]
    assert ocr["workers"] == [
        {key: value for key, value in held.as_dict().items() if key != "model"}
        | {"worker": "host:1:aa"}
    ]
    assert ocr["versions"][1]["reason"] == ocr["reason"] == "the last load failed"
    assert (ocr["desired_state"], removal["desired_state"]) == ("loaded", "unloaded")


def test_what_a_newer_worker_says_beyond_our_words_is_passed_over(as_ada: APIClient) -> None:
    row = Holding("ocr", "2", "READY").as_dict() | {"temperature": 40}
    Worker.objects.create(id="host:1:aa", host="host", pid=1, versions=[row])
    assert as_ada.get("/api/models/ocr/").json()["state"] == "READY"


def test_models_that_nobody_offers_are_forgotten_after_a_while(models: None) -> None:
    long_ago = timezone.now() - offers.FORGOTTEN_AFTER * 2
    ModelVersion.objects.filter(model="ocr").update(offered_at=long_ago)
    Model.objects.filter(name="ocr").update(offered_at=long_ago)
    fresh = live_worker()
    offers.forget_models()
    assert ("ocr", "2") in offers.versions(), "a worker that has just started cannot know"
    fresh.started_at = long_ago
    fresh.save()
    offers.forget_models()
    assert {name for name, _ in offers.versions()} == {"background-removal"}
    assert not Model.objects.filter(name="ocr").exists()
