"""`GET /metrics` of the web: what uploads and requests leave there."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from rest_framework.test import APIClient

from tests.integration import rest
from tests.integration.scraping import Grown, told
from uploads import events, services
from uploads.events import A_WORKER
from uploads.models import Prediction
from uploads.queue import lifecycle

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("looks_anew")]

OCR = {"model": "ocr", "version": "2"}


def test_requests_are_counted_by_route_method_and_class(as_ada: APIClient) -> None:
    grown = Grown()
    upload = rest.uploaded(as_ada)
    as_ada.get(f"/api/uploads/{upload['id']}/")
    as_ada.get("/api/uploads/999999/")
    as_ada.get("/no/such/page-of-ada")
    as_ada.generic("BREW", "/api/uploads/")
    one = "/api/uploads/<row:pk>/"
    name = "darkroom_http_requests_total"
    assert grown.by(name, route="/api/uploads/", method="POST", status="2xx") == 1
    assert grown.by(name, route=one, method="GET", status="2xx") == 1
    assert grown.by(name, route=one, method="GET", status="4xx") == 1
    assert grown.by(name, route="unmatched", method="GET", status="4xx") == 1
    assert grown.by(name, route="/api/uploads/", method="other", status="4xx") == 1
    assert grown.by("darkroom_http_request_seconds_count", route=one) == 2


def test_refused_uploads_are_counted_by_their_code(as_ada: APIClient) -> None:
    grown = Grown()
    rest.refused(rest.post(as_ada, rest.file(b"no image")), 400, "unsupported_format")
    rest.refused(rest.post(as_ada, rest.file(), model="nothing"), 400, "model_not_found")
    name = "darkroom_api_errors_total"
    for code in ("unsupported_format", "model_not_found"):
        assert grown.by(name, route="/api/uploads/", code=code) == 1
    assert grown.by("darkroom_images_received_total", model="ocr") == 0


def test_an_upload_is_counted_from_its_arrival_to_its_results(as_ada: APIClient) -> None:
    grown = Grown()
    upload = rest.uploaded(as_ada, rest.file(), rest.file(name="b.png"), rest.file(name="c.png"))
    first, second, third = (image["prediction"]["id"] for image in upload["images"])
    assert told().value("darkroom_queue_depth", model="ocr") == 3
    rest.running(first)
    running = told()
    assert running.value("darkroom_predictions_running", model="ocr") == 3
    assert running.value("darkroom_queue_depth", model="ocr") == 0
    rest.succeed(first)
    rest.fail(second)
    services.cancel(Prediction.objects.get(pk=third), A_WORKER)
    assert grown.by("darkroom_events_total", kind="upload.created") == 1
    assert grown.by("darkroom_images_received_total", model="ocr") == 3
    assert grown.by("darkroom_attempts_started_total", **OCR) == 3
    name = "darkroom_predictions_ended_total"
    assert grown.by(name, **OCR, outcome="succeeded", reason="") == 1
    assert grown.by(name, **OCR, outcome="failed", reason="unreadable_image") == 1
    assert grown.by("darkroom_prediction_seconds_count", **OCR) == 1
    assert 0 <= grown.by("darkroom_prediction_seconds_sum", **OCR) < 60


def test_an_attempt_whose_worker_died_is_counted_as_put_back(as_ada: APIClient) -> None:
    upload = rest.uploaded(as_ada)
    row = rest.running(upload["images"][0]["prediction"]["id"])
    Prediction.objects.filter(pk=row.pk).update(lease_until=row.created_at)
    grown = Grown()
    with events.recording() as log:
        assert lifecycle.reap(log) == 1
    name = "darkroom_attempts_requeued_total"
    assert grown.by(name, **OCR, reason="lease_expired") == 1


def _lost_at_the_end(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if "uploads_event" in sql:
        raise OperationalError
    return execute(sql, params, many, context)


def test_what_was_rolled_back_is_not_counted(as_ada: APIClient) -> None:
    upload = rest.uploaded(as_ada)
    grown = Grown()
    prediction = upload["images"][0]["prediction"]["id"]
    with (
        pytest.raises(OperationalError),
        connection.execute_wrapper(_lost_at_the_end),
        events.recording() as log,
    ):
        lifecycle.cancel_now(prediction, A_WORKER, log)
    assert grown.by("darkroom_events_total", kind="prediction.canceled") == 0
