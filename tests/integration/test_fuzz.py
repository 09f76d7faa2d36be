"""The contract against requests that nobody thought of, made from the OpenAPI document."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from channels.testing import HttpCommunicator
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from project.handler import SpooledHandler
from tests.conftest import FULL, SEED
from tests.integration.keys import made
from tests.integration.rest import file, succeed, succeed_with_picture, uploaded
from tests.photos import tiny
from uploads.events import Actor
from uploads.models import User
from uploads.sign_in import tokens

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.timeout(600)]

EXAMPLES_PER_CALL = 100 if FULL else 10
CONFORMANCE = [response_schema_conformance, content_type_conformance, status_code_conformance]


@pytest.fixture
def application(db: None) -> Iterator[Any]:
    """The server in this process, whose requests leave the test's connection open."""
    handler = get_wsgi_application()
    signals = (request_started, request_finished)

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        # At each request, since the test client of the other fixtures connects them again.
        for signal in signals:
            signal.disconnect(close_old_connections)
        return handler(environ, start_response)

    yield answer
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def operations(application: Any, models: None) -> list[Any]:
    """Every call that the OpenAPI document names; those that delete come last."""
    schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
    found: list[Any] = list(schema.get_all_operations())
    return sorted((one.ok() for one in found), key=lambda one: one.method == "delete")


@pytest.fixture
def ids(as_ada: APIClient, operations: list[Any]) -> dict[str, list[int]]:
    """The ids of rows that are Ada's, so that not every address leads to nothing."""
    body = uploaded(as_ada, file(), file(), file())
    first, second, third = (image["prediction"]["id"] for image in body["images"])
    succeed(first)
    succeed_with_picture(second, tiny())
    spare = uploaded(as_ada)
    place = {"url": "https://example.com/hook"}
    webhook = as_ada.post("/api/webhooks/", place, format="json").json()["id"]
    as_ada.post(f"/api/webhooks/{webhook}/test/")
    return {
        "uploads": [spare["id"]],
        "images": [image["id"] for image in body["images"]],
        "predictions": [first, second, third],
        "keys": [made(as_ada)["id"]],
        "webhooks": [webhook],
    }


def test_no_request_is_a_servers_error_and_every_answer_is_as_documented(
    operations: list[Any],
    ids: dict[str, list[int]],
    ada: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Nothing is computed here: whoever asks to wait for it would wait to the end.
    monkeypatch.setattr("uploads.api.requests.MAX_WAIT_SECONDS", 0.02)
    access, _ = tokens.sign_in(ada, Actor())
    # Called without HTTP, nothing unpacks what is compressed.
    bearer = {"Authorization": f"Bearer {access}", "Accept-Encoding": "identity"}
    answered: set[int] = set()
    for operation in operations:
        kind = operation.path.split("/")[2]

        @seed(SEED)
        @settings(
            max_examples=EXAMPLES_PER_CALL,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), pk=st.sampled_from([*ids.get(kind, []), None]))
        def holds(case: Any, pk: int | None) -> None:
            if pk is not None and "id" in (case.path_parameters or {}):
                case.path_parameters["id"] = pk
            response = case.call(headers=bearer)
            answered.add(response.status_code)
            assert response.status_code < 500, case.as_curl_command()
            case.validate_response(response, checks=CONFORMANCE)

        holds()
    # Whether one of a few requests is good enough to be accepted is chance; that these come is not.
    assert {200, 400, 404} <= answered


HEADERS = [
    *("Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Encoding"),
    *("Content-Type", "Content-Disposition", "Cookie", "Host", "Idempotency-Key", "Origin"),
    *("If-Modified-Since", "If-None-Match", "Range", "Referer", "User-Agent", "X-CSRFToken"),
    *("X-Forwarded-For", "X-Forwarded-Proto", "X-Request-ID", "Inference-Header-Content-Length"),
]
HARD = [
    *(
        "a/b; c*=x''y",
        "a/b; c*=hex''%ff",
        "*/*; q=x",
        "text/html;;;=",
        ";",
        ",",
        '"',
        "%ff",
        "\xff",
    ),
    *("multipart/form-data", 'Multipart/Form-Data; boundary="', "application/json; charset=\xe9"),
    *(
        "Bearer",
        "Bearer \xe9",
        "Bearer a.b.c",
        "Basic =",
        "sessionid=\xe9; csrftoken=\xff",
        "a=b=c",
    ),
    *("bytes=9-1", "Thu, 99 Foo 0000 99:99:99 GMT", 'W/"\xe9"', "[::1", "a:b:c", "-1", "9" * 99),
]
ROUTES = [
    *(("GET", "/"), ("GET", "/healthz"), ("GET", "/metadata"), ("GET", "/admin/login/")),
    *(("POST", "/admin/login/"), ("POST", "/api/token/"), ("GET", "/api/uploads/")),
    *(("POST", "/api/uploads/"), ("GET", "/v2"), ("POST", "/v2/models/ocr/infer")),
    *(
        ("GET", "/static/frontend/img/nothing.png"),
        ("OPTIONS", "/api/models/"),
        ("PUT", "/nothing"),
    ),
]


VALUES = st.sampled_from(HARD) | st.text(
    st.characters(codec="latin-1", exclude_characters="\r\n\0")
)


@pytest.mark.django_db(transaction=True)
@seed(SEED)
@settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    headers=st.lists(st.tuples(st.sampled_from(HEADERS), VALUES), max_size=4),
    route=st.sampled_from(ROUTES),
    body=st.sampled_from([b"", b"{}", b"--x\r\n", b"\xff"]),
)
async def test_no_header_is_a_servers_error(
    headers: list[tuple[str, str]], route: tuple[str, str], body: bytes
) -> None:
    sent = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    sent.append((b"content-length", str(len(body)).encode()))
    if not any(name == "Host" for name, _ in headers):
        sent.append((b"host", b"testserver"))
    wire = HttpCommunicator(SpooledHandler(), *route, body, sent)
    answer = await wire.get_response(timeout=20)
    assert answer["status"] < 500, (route, headers, answer["body"])
