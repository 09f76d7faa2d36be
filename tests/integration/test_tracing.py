"""One trace from the request to the socket, and log lines that name it."""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from opentelemetry.trace import StatusCode
from rest_framework.test import APIClient

from consumers.socket.feed import Feed
from inference.engine import types
from project import logs
from tests.integration.conftest import Uploads
from tests.integration.rest import file, uploaded
from tests.traces import CLIENT, TRACE, TRACEPARENT, Traces, ids, tracing
from uploads import replay, services
from uploads.events import Actor
from uploads.models import Image, Prediction, User

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def traces(settings: Any) -> Iterator[Traces]:
    """The web, the worker and the socket of this test trace."""
    settings.MIDDLEWARE = [
        "project.tracing_middleware.TracingMiddleware",
        *django_settings.MIDDLEWARE,
    ]
    with tracing() as found:
        yield found


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """Every line of a process that logs for machines."""
    told: list[dict[str, Any]] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(json.loads(logs.JsonLines().format(record)))

    collector = Collector()
    logger = logging.getLogger("darkroom")
    level = logger.level
    logger.addHandler(collector)
    logger.setLevel("INFO")
    yield told
    logger.removeHandler(collector)
    logger.setLevel(level)


class Heard:
    """What a client of the socket gets."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.feed = Feed(self.send)

    async def send(self, message: Any) -> None:
        self.messages.append(message)

    async def catch_up(self, user: User) -> None:
        while await self.feed._send_page(user.pk):
            pass


async def test_a_trace_leads_from_the_request_over_the_worker_to_the_socket(
    ada: User, as_ada: APIClient, bench: Any, traces: Traces, lines: list[dict[str, Any]]
) -> None:
    heard = Heard()
    await heard.feed.begin(await sync_to_async(replay.position)(ada.pk), None, None)
    as_ada.defaults["HTTP_TRACEPARENT"] = TRACEPARENT
    body = await sync_to_async(uploaded)(as_ada, file(name="secret-name.png"))
    b = await bench()
    await b.work()
    await heard.catch_up(ada)

    post = "POST /api/uploads/"
    parents = {
        **dict.fromkeys(["prediction queued", "prediction attempt"], post),
        **dict.fromkeys(["model wait", "model decode", "model compute"], "prediction attempt"),
        **dict.fromkeys(["model encode", "prediction ending"], "prediction attempt"),
        "socket prediction.succeeded": post,
        post: CLIENT,
    }
    assert {span.name: traces.parent_of(span.name) for span in traces.all()} == parents
    assert {ids(span)[0] for span in traces.all()} == {TRACE}

    prediction = (await Prediction.objects.aget(image__upload=body["id"])).pk
    told = traces.named("model compute").attributes or {}
    assert (told["darkroom.prediction.id"], told["darkroom.model"]) == (prediction, "ocr")
    assert told["darkroom.batch.size"] == 1
    assert (traces.named("prediction attempt").attributes or {})["darkroom.state"] == "succeeded"
    assert (traces.named(post).attributes or {})["darkroom.upload.id"] == body["id"]
    # Whole words: three letters of a name are found in a hexadecimal number now and then.
    words = set(re.findall(r"\w+", " ".join(span.to_json() for span in traces.all())))
    assert words.isdisjoint({"secret", "ada", "Bearer"})

    about = [line for line in lines if line.get("prediction") == prediction]
    assert {line["event"] for line in about} >= {"prediction.queued", "prediction.succeeded"}
    assert {line["trace_id"] for line in about} == {TRACE}


async def test_what_a_process_measured_lies_within_its_attempt(
    ada: User, as_ada: APIClient, bench: Any, traces: Traces
) -> None:
    await sync_to_async(uploaded)(as_ada, file())

    def script(job: types.ImageJob) -> types.Outcome:
        timing = types.Timing(
            wait_ns=0, decode_ns=1000, compute_ns=3000, encode_ns=2000, batch_size=4
        )
        kind = types.FailureKind.PERMANENT
        return types.Failed(job, "unreadable_image", "It cannot be read.", kind, timing)

    b = await bench(script=script)
    await b.work()
    attempt = traces.named("prediction attempt")
    assert (attempt.attributes or {})["error.type"] == "unreadable_image"
    moments = []
    for name, ns in (("decode", 1000), ("compute", 3000), ("encode", 2000)):
        span = traces.named(f"model {name}")
        assert span.start_time is not None
        assert span.end_time is not None
        assert span.end_time - span.start_time == ns
        moments += [span.start_time, span.end_time]
    assert attempt.start_time is not None
    assert attempt.end_time is not None
    assert [attempt.start_time, *moments, attempt.end_time] == sorted(
        [attempt.start_time, *moments, attempt.end_time]
    )


async def test_an_image_that_nobody_traces_costs_no_span(
    ada: User, upload: Uploads, bench: Any, traces: Traces
) -> None:
    stored = await sync_to_async(upload)(ada)
    b = await bench()
    await b.work()
    row = await Prediction.objects.aget(image__upload=stored)
    assert (row.state, row.traceparent) == ("succeeded", None)
    assert traces.all() == ()


def test_another_model_and_another_try_belong_to_the_request_that_asked_for_them(
    ada: User, as_ada: APIClient, traces: Traces
) -> None:
    body = uploaded(as_ada, file())
    first = Prediction.objects.get(image__upload=body["id"])
    image = Image.objects.get(upload=body["id"])
    address = f"/api/images/{image.pk}/predictions/"
    asked = {"model": "background-removal"}
    assert as_ada.post(address, asked, format="json").status_code == 202
    second = Prediction.objects.exclude(pk=first.pk).get()
    services.cancel(second, Actor())
    services.retry(second, Actor())
    assert first.traceparent is not None
    assert second.traceparent is not None
    assert first.traceparent.split("-")[1] != second.traceparent.split("-")[1]
    # Nobody traces the second try.
    second.refresh_from_db()
    assert second.traceparent is None


def test_a_response_names_its_span_and_probes_have_none(
    as_ada: APIClient, traces: Traces, lines: list[dict[str, Any]]
) -> None:
    answer = as_ada.get("/api/uploads/", HTTP_TRACEPARENT="00-none-01")
    assert answer["traceresponse"].split("-")[1] == ids(traces.named("GET /api/uploads/"))[0]
    assert "traceresponse" not in as_ada.get("/healthz")
    assert [span.name for span in traces.all()] == ["GET /api/uploads/"]


def test_a_word_that_is_no_method_stands_in_no_span(as_ada: APIClient, traces: Traces) -> None:
    assert as_ada.generic("MY-SECRET", "/api/uploads/").status_code == 405
    (span,) = traces.all()
    assert span.name == "HTTP /api/uploads/"
    assert "SECRET" not in span.to_json()


def test_a_request_that_the_server_fails_at_has_failed_and_one_that_it_refuses_has_not(
    as_ada: APIClient, traces: Traces
) -> None:
    assert as_ada.get("/api/uploads/77/").status_code == 404
    assert as_ada.get("/v2/models/ocr").status_code == 503
    refused, failed = traces.all()
    assert refused.status.status_code is StatusCode.UNSET
    assert failed.status.status_code is StatusCode.ERROR
    assert (failed.attributes or {})["error.type"] == "503"
