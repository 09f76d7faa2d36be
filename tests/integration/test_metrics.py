"""`GET /metrics` of the web: who may read it, and what uploads and requests leave there."""

import threading
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from consumers.metrics import backlog as backlog_module
from consumers.metrics import history
from consumers.metrics.backlog import Lookout
from project import metrics as view_module
from tests.exposition import Exposition, parsed
from tests.integration import rest
from uploads import backlog, events, lifecycle, services
from uploads.backlog import Backlog
from uploads.events import A_WORKER
from uploads.models import Event, Prediction, User

pytestmark = [pytest.mark.django_db(transaction=True)]

OCR = {"model": "ocr", "version": "2"}


@pytest.fixture(autouse=True)
def _looks_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test has found is not told here."""
    monkeypatch.setattr(view_module, "_lookout", Lookout())
    monkeypatch.setattr(backlog_module, "FRESH_SECONDS", 0)


def read(**meta: str) -> Any:
    return Client().get("/metrics", **meta)  # type: ignore[arg-type]


def told() -> Exposition:
    answer = read()
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return parsed(answer.content)


class Grown:
    """How far counters have risen since it was made."""

    def __init__(self) -> None:
        self._before = told()

    def by(self, name: str, **labels: str) -> float:
        return told().value(name, **labels) - self._before.value(name, **labels)


# Who may read.


def test_this_machine_reads_without_a_token() -> None:
    assert read(REMOTE_ADDR="127.0.0.1").status_code == 200
    assert Client().head("/metrics").status_code == 200
    assert Client().post("/metrics").status_code == 405


def test_others_find_nothing_without_the_token(settings: Any) -> None:
    rest.refused(read(REMOTE_ADDR="10.0.0.7"), 404, "not_found")
    rest.refused(read(REMOTE_ADDR="10.0.0.7", HTTP_AUTHORIZATION="Bearer "), 404, "not_found")
    settings.METRICS_TOKEN = "secret"
    rest.refused(read(REMOTE_ADDR="10.0.0.7", HTTP_AUTHORIZATION="Bearer no"), 404, "not_found")
    right = read(REMOTE_ADDR="10.0.0.7", HTTP_AUTHORIZATION="Bearer secret")
    assert right.status_code == 200


def test_an_access_token_is_not_the_token_for_metrics(as_ada: APIClient) -> None:
    rest.refused(as_ada.get("/metrics", REMOTE_ADDR="10.0.0.7"), 404, "not_found")


def test_behind_a_trusted_proxy_the_client_s_address_counts(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    forwarded = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1, 10.0.0.7"}
    rest.refused(read(**forwarded), 404, "not_found")
    assert read(HTTP_X_FORWARDED_FOR="10.0.0.7, 127.0.0.1").status_code == 200


def test_a_proxy_that_nobody_declared_does_not_open_it_to_the_world() -> None:
    for header in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED"):
        rest.refused(read(REMOTE_ADDR="127.0.0.1", **{header: "127.0.0.1"}), 404, "not_found")


# What is counted.


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


def test_the_age_of_the_queue_is_that_of_its_oldest(as_ada: APIClient) -> None:
    rest.uploaded(as_ada)
    told_now = told().value("darkroom_queue_oldest_age_seconds", model="ocr")
    assert 0 <= told_now < 60
    first = Prediction.objects.get()
    Prediction.objects.update(created_at=first.created_at.replace(year=2020))
    assert told().value("darkroom_queue_oldest_age_seconds", model="ocr") > 3600 * 24 * 365


# What it costs, and what it never says.


def sign_in(password: str) -> Any:
    body = {"username": "ada", "password": password}
    return Client().post("/api/token/", body, "application/json")


def test_the_queue_is_one_query_and_counting_none(as_ada: APIClient) -> None:
    rest.uploaded(as_ada)
    with CaptureQueriesContext(connection) as looked:
        assert [line.queued for line in backlog.read()] == [1]
    assert len(looked) == 1
    events_of_all = list(Event.objects.all())
    with CaptureQueriesContext(connection) as counted:
        history.count(events_of_all)
    assert len(counted) == 0


def test_many_who_ask_cost_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog_module, "FRESH_SECONDS", 60)
    looks: list[None] = []

    def look() -> list[Backlog]:
        looks.append(None)
        return []

    monkeypatch.setattr(backlog, "read", look)
    for _ in range(5):
        assert told().value("darkroom_database_up") == 1
    assert len(looks) == 1


def test_a_database_that_is_away_is_told_and_the_rest_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away() -> None:
        raise OperationalError

    grown = Grown()
    monkeypatch.setattr(backlog, "read", away)
    gone = told()
    assert gone.value("darkroom_database_up") == 0
    assert "darkroom_queue_depth" not in {name for name, _ in gone.samples}
    assert gone.of("darkroom_http_requests_total")
    assert grown.by("darkroom_database_trouble_total") >= 1


async def test_a_database_that_hangs_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    looks: list[None] = []

    def hang() -> list[Any]:
        looks.append(None)
        released.wait(30)
        return []

    monkeypatch.setattr(backlog, "read", hang)
    lookout = Lookout(patience_seconds=0.05)
    for _ in range(3):
        assert (await lookout.look()).lines is None
    released.set()
    lookout.patience_seconds = 30
    assert (await lookout.look()).lines == []
    assert len(looks) == 1


def test_no_label_names_a_person_a_file_a_path_or_a_token(
    as_ada: APIClient, ada: User, settings: Any
) -> None:
    settings.METRICS_TOKEN = "metrics-secret"
    answer = sign_in("enlarger-42")
    access = answer.json()["access"]
    upload = rest.uploaded(as_ada, rest.file(name="passport-of-ada.png"))
    prediction = upload["images"][0]["prediction"]["id"]
    rest.succeed(prediction)
    for path in (
        f"/api/uploads/{upload['id']}/",
        f"/api/predictions/{prediction}/",
        "/api/models/ocr/",
        "/ada/passport-of-ada.png",
        "/api/models/no-such-model/",
        "/api/uploads/?model=ada-lovelace",
    ):
        as_ada.get(path)
    sign_in("a-guess")
    text = read().content.decode()
    for secret in ("passport", access, "metrics-secret", "no-such-model", "lovelace", "enlarger"):
        assert secret not in text
    said = parsed(text).label_values()
    assert not said & {"ada", str(ada.pk), "127.0.0.1", upload["images"][0]["sha256"]}
    assert not [value for value in said if value.startswith("/api/") and value[-2:-1].isdigit()]
