"""A version that no live worker can serve: refused, told to those who wait, and never failed."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from consumers.worker import housekeeping
from tests.integration.conftest import Uploads, predictions
from tests.integration.offered import live_worker
from tests.integration.rest import fail, file, post, refused, running, succeed, uploaded
from uploads.catalog import desired, offers
from uploads.catalog.holdings import RESTART_TAKES, Holding
from uploads.events import Actor
from uploads.models import ModelVersion, Upload, User, Worker
from uploads.queue.standings import standings

pytestmark = pytest.mark.django_db

DOWN = Holding("ocr", "2", "UNAVAILABLE", "ModuleNotFoundError: /srv/models/ocr/model.py")
READY = Holding("ocr", "2", "READY")
OTHER = Holding("background-removal", "2", "READY")
CANNOT_START = "The model 'ocr' can't be started right now."
NOBODY_HAS = "No worker that runs now has the model 'ocr'."


def long_ago(seconds: float = 3600) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


def test_what_no_worker_can_start_is_refused_and_nothing_is_stored(as_ada: APIClient) -> None:
    live_worker(DOWN)
    answer = post(as_ada, file(), model="ocr")
    assert refused(answer, 503, "model_unavailable")["message"] == CANNOT_START
    assert int(answer["Retry-After"]) > 0
    assert not Upload.objects.exists()


@pytest.mark.parametrize("state", ["READY", "LOADING"])
def test_one_worker_that_can_start_it_is_enough(as_ada: APIClient, state: str) -> None:
    live_worker(DOWN)
    live_worker(Holding("ocr", "2", state), name="host:2:bb")
    body = uploaded(as_ada, model="ocr")
    assert body["images"][0]["prediction"]["waiting"] is None


def test_another_version_of_it_is_taken(as_ada: APIClient) -> None:
    live_worker(DOWN, Holding("ocr", "1", "READY"))
    assert uploaded(as_ada, model="ocr", model_version="1")["model_version"] == "1"
    refused(post(as_ada, file(), model="ocr"), 503, "model_unavailable")


@pytest.mark.parametrize("version", ["9", "latest", "http://x"])
def test_a_version_that_there_never_was_is_not_found_however_many_workers_live(
    as_ada: APIClient, version: str
) -> None:
    live_worker(READY)
    body = refused(post(as_ada, file(), model="ocr", model_version=version), 400, "model_not_found")
    assert body["message"] == f"The model 'ocr' has no version '{version}'."
    image = uploaded(as_ada, model="ocr")["images"][0]
    again = {"model": "ocr", "model_version": version}
    refused(as_ada.post(image["predictions"], again, format="json"), 400, "model_not_found")


def test_another_prediction_and_a_retry_are_refused_and_change_nothing(as_ada: APIClient) -> None:
    image = uploaded(as_ada, model="ocr")["images"][0]
    url = f"/api/predictions/{image['prediction']['id']}/"
    fail(image["prediction"]["id"])
    before = as_ada.get(url).json()
    live_worker(DOWN)
    refused(
        as_ada.post(image["predictions"], {"model": "ocr"}, format="json"), 503, "model_unavailable"
    )
    answer = as_ada.post(f"{url}retry/")
    assert refused(answer, 503, "model_unavailable")["message"] == CANNOT_START
    assert as_ada.get(url).json() == before
    Worker.objects.update(versions=[READY.as_dict()])
    assert as_ada.post(f"{url}retry/").status_code == 202


def test_what_cannot_be_retried_is_told_so_first(as_ada: APIClient) -> None:
    number = uploaded(as_ada, model="ocr")["images"][0]["prediction"]["id"]
    succeed(number)
    live_worker(DOWN)
    refused(as_ada.post(f"/api/predictions/{number}/retry/"), 409, "not_retryable")


def test_what_was_received_already_is_answered_again(as_ada: APIClient) -> None:
    first = post(as_ada, file(), key="k", model="ocr").json()
    live_worker(DOWN)
    again = post(as_ada, file(), key="k", model="ocr")
    assert (again.status_code, again.json()["id"]) == (202, first["id"])
    refused(post(as_ada, file(), key="other", model="ocr"), 503, "model_unavailable")


def test_what_waits_is_told_why_and_without_an_estimate(as_ada: APIClient, ada: User) -> None:
    done, waits = (uploaded(as_ada, model="ocr")["images"][0]["prediction"] for _ in range(2))
    succeed(running(done["id"]).pk)
    again = uploaded(as_ada, model="ocr")["images"][0]["prediction"]
    live_worker(DOWN)
    why = {"code": "model_unavailable", "message": CANNOT_START}
    told = as_ada.get(f"/api/predictions/{again['id']}/").json()
    assert (told["state"], told["queue_position"], told["waiting"]) == ("queued", 1, why)
    listed = as_ada.get("/api/uploads/").json()["results"][0]["images"][0]["prediction"]
    assert listed == told
    assert as_ada.get(f"/api/images/{again['image']}/").json()["prediction"] == told
    (message,) = [one.as_message() for one in standings([ada.pk])[ada.pk]]
    assert (message["queue_position"], message["waiting"]) == (1, why)
    assert "eta_ms" not in message
    assert as_ada.get(f"/api/predictions/{waits['id']}/").json()["waiting"] is None
    Worker.objects.update(versions=[READY.as_dict()])
    assert as_ada.get(f"/api/predictions/{again['id']}/").json()["waiting"] is None
    (message,) = [one.as_message() for one in standings([ada.pk])[ada.pk]]
    assert "waiting" not in message


def test_without_a_live_worker_all_is_taken_and_waits_for_one(as_ada: APIClient) -> None:
    live_worker(DOWN, seen_at=long_ago())
    prediction = uploaded(as_ada, model="ocr")["images"][0]["prediction"]
    assert prediction["waiting"] == {
        "code": "no_worker",
        "message": "No worker runs at the moment.",
    }
    model = as_ada.get("/api/models/ocr/").json()
    assert (model["state"], model["refusal"]) == ("UNAVAILABLE", None)


def test_what_waits_is_never_ended_for_it(ada: User, upload: Uploads) -> None:
    stored = upload(ada, count=2)
    observed = {"ocr": {"generation": 2, "problem": "load_failed", "reason": "no", "kept": False}}
    live_worker(DOWN, observed=observed)
    assert desired.observed("ocr", Worker.objects.all())["host:1:aa"].problem == "load_failed"
    housekeeping.fail_orphans("host:1:aa")
    assert {(row.state, row.failures) for row in predictions(stored)} == {("queued", 0)}


def test_the_catalog_says_what_is_refused_but_not_where_it_lies(as_ada: APIClient) -> None:
    live_worker(DOWN, Holding("ocr", "1", "READY"))
    body = as_ada.get("/api/models/ocr/").json()
    refusal = {"code": "model_unavailable", "message": CANNOT_START}
    assert (body["state"], body["refusal"]) == ("UNAVAILABLE", refusal)
    told = [(one["version"], one["state"], one["refusal"]) for one in body["versions"]]
    assert told == [("1", "READY", None), ("2", "UNAVAILABLE", refusal)]
    assert "/srv" not in json.dumps(body)


def test_an_unloaded_model_is_refused_in_the_catalog_too(as_ada: APIClient) -> None:
    live_worker()
    desired.set_desired("ocr", desired.Desired.UNLOADED, Actor())
    ocr = as_ada.get("/api/models/ocr/").json()
    assert ocr["refusal"]["message"] == "The model 'ocr' is unloaded."
    number = uploaded(as_ada, model="background-removal")["images"][0]["prediction"]["id"]
    fail(number)
    desired.set_desired("background-removal", desired.Desired.UNLOADED, Actor())
    refused(as_ada.post(f"/api/predictions/{number}/retry/"), 503, "model_unavailable")


def test_a_model_that_left_with_its_worker_is_refused_at_once(as_ada: APIClient) -> None:
    waits = uploaded(as_ada, model="ocr")["images"][0]["prediction"]
    live_worker(OTHER)  # begins after the last offer: another repository
    answer = post(as_ada, file(), model="ocr")
    assert refused(answer, 503, "model_unavailable")["message"] == NOBODY_HAS
    body = as_ada.get("/api/models/ocr/").json()
    assert (body["state"], body["refusal"]["message"]) == ("UNAVAILABLE", NOBODY_HAS)
    told = as_ada.get(f"/api/predictions/{waits['id']}/").json()
    assert (told["state"], told["waiting"]["message"]) == ("queued", NOBODY_HAS)


def test_a_model_whose_worker_may_be_restarting_beside_others_is_taken(as_ada: APIClient) -> None:
    live_worker(OTHER, started_at=long_ago())  # it never had it: its worker was another one
    prediction = uploaded(as_ada, model="ocr")["images"][0]["prediction"]
    assert prediction["waiting"]["message"] == NOBODY_HAS
    assert as_ada.get("/api/models/ocr/").json()["refusal"] is None
    a_minute_ago = timezone.now() - RESTART_TAKES - timedelta(seconds=1)
    ModelVersion.objects.filter(model="ocr").update(offered_at=a_minute_ago)
    refused(post(as_ada, file(), model="ocr"), 503, "model_unavailable")


def test_a_restart_of_the_only_worker_refuses_nothing(as_ada: APIClient) -> None:
    only = live_worker()
    uploaded(as_ada, model="ocr")
    only.draining = True
    only.save()
    uploaded(as_ada, model="ocr")
    offers.deregister(only)
    uploaded(as_ada, model="ocr")
    live_worker(name="host:2:bb")
    uploaded(as_ada, model="ocr")


def test_the_default_is_the_highest_version_that_is_there(as_ada: APIClient) -> None:
    live_worker(Holding("ocr", "1", "READY"))  # version 2 left with the worker before
    assert as_ada.get("/api/models/ocr/").json()["default_version"] == "1"
    assert uploaded(as_ada, model="ocr")["model_version"] == "1"
    assert uploaded(as_ada, model="ocr", model_version="stable")["model_version"] == "1"
    message = "No worker that runs now has version 2 of the model 'ocr'."
    answer = post(as_ada, file(), model="ocr", model_version="2")
    assert refused(answer, 503, "model_unavailable")["message"] == message


def test_a_label_means_the_version_that_is_there(as_ada: APIClient) -> None:
    ModelVersion.objects.filter(model="ocr", version="2").update(labels=["stable"])
    live_worker(READY)
    assert uploaded(as_ada, model="ocr", model_version="stable")["model_version"] == "2"


def test_a_retry_that_named_no_version_may_go_on_with_the_one_that_is_there(
    as_ada: APIClient,
) -> None:
    plain, named = (
        uploaded(as_ada, model="ocr", **fields)["images"][0]["prediction"]["id"]
        for fields in ({}, {"model_version": "2"})
    )
    for number in (plain, named):
        fail(number)
    live_worker(Holding("ocr", "1", "READY"))
    offers.publish([], dropped=[("ocr", "2")])
    assert as_ada.post(f"/api/predictions/{plain}/retry/").status_code == 202
    refused(as_ada.post(f"/api/predictions/{named}/retry/"), 503, "model_unavailable")
