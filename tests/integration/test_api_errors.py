"""Refusals: one shape for all, JSON always, and no word of what is inside."""

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.testing import HttpCommunicator
from django.db import OperationalError
from django.test import AsyncClient
from rest_framework.test import APIClient

from project.handler import SpooledHandler
from tests.integration.rest import MULTIPART, file, multipart, refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "url",
    [
        *("/api/", "/api/nonsense/", "/api/uploads/x/", "/api/uploads/-1/"),
        *("/nonsense", "/api/images/%00/", "/api/uploads/1/nonsense/", "/%ff%fe"),
        "/api/uploads/\u0661/",
    ],
)
def test_an_address_that_is_not_there_is_not_found_in_json(as_ada: APIClient, url: str) -> None:
    for method in ("get", "post", "delete"):
        refused(getattr(as_ada, method)(url), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "url", "allowed"),
    [
        ("put", "/api/uploads/", {"GET", "POST", "HEAD", "OPTIONS"}),
        ("get", "/api/users/", {"POST", "OPTIONS"}),
        ("get", "/api/token/", {"POST", "OPTIONS"}),
        ("post", "/api/users/me/", {"GET", "PATCH", "HEAD", "OPTIONS"}),
        ("patch", "/api/uploads/1/", {"GET", "DELETE", "HEAD", "OPTIONS"}),
        ("delete", "/api/images/1/file/", {"GET", "HEAD", "OPTIONS"}),
        ("get", "/api/predictions/1/cancel/", {"POST", "OPTIONS"}),
        ("post", "/healthz", {"GET", "HEAD"}),
        ("delete", "/readyz", {"GET", "HEAD"}),
        ("put", "/metadata", {"GET", "HEAD"}),
    ],
)
def test_a_method_that_is_not_offered_is_told_with_those_that_are(
    as_ada: APIClient, method: str, url: str, allowed: set[str]
) -> None:
    answer = getattr(as_ada, method)(url)
    refused(answer, 405, "method_not_allowed")
    assert set(answer["Allow"].split(", ")) - {"HEAD"} == allowed - {"HEAD"}


@pytest.mark.parametrize("url", ["/api/uploads/", "/api/nonsense", "/metrics", "/", "/admin/"])
@pytest.mark.parametrize("host", ["photos.example", "photos.example:8000", "[::2]", "a b", ""])
def test_a_host_that_is_not_ours_is_told_with_the_setting(url: str, host: str) -> None:
    message = refused(APIClient().get(url, headers={"Host": host}), 400, "host_not_allowed")[
        "message"
    ]
    assert f"'{host}'" in message
    assert "ALLOWED_HOSTS" in message


@pytest.mark.parametrize("url", ["/healthz", "/readyz"])
def test_a_load_balancer_asks_for_health_by_any_address(url: str) -> None:
    assert APIClient().get(url, headers={"Host": "10.0.0.7:8000"}).status_code == 200


def test_prometheus_with_the_token_reads_metrics_by_any_address(settings: Any) -> None:
    settings.METRICS_TOKEN = "for-prometheus"
    headers = {"Host": "10.0.0.7:8000", "Authorization": "Bearer for-prometheus"}
    assert APIClient().get("/metrics", headers=headers).status_code == 200
    headers["Authorization"] = "Bearer another"
    refused(APIClient().get("/metrics", headers=headers), 400, "host_not_allowed")


@pytest.mark.parametrize("url", ["/", "/admin/", "/admin/login/", "/nonsense"])
def test_a_person_at_a_host_that_is_not_ours_reads_a_sentence(url: str) -> None:
    headers = {"Host": "<b>photos.example", "Accept": "text/html,*/*;q=0.8"}
    answer = APIClient().get(url, headers=headers)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content.decode() == (
        "This server does not answer to the host name '<b>photos.example': "
        "whoever runs it can add that to ALLOWED_HOSTS."
    )


def test_the_protocol_tells_a_host_that_is_not_ours_in_its_shape() -> None:
    answer = async_to_sync(AsyncClient().get)("/v2/models/ocr", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example'" in answer.json()["error"]
    assert "ALLOWED_HOSTS" in answer.json()["error"]


@pytest.mark.parametrize(
    "url", ["/", "/healthz", "/readyz", "/metadata", "/admin/", "/api/uploads/", "/nonsense"]
)
@pytest.mark.parametrize("header", ["a/b; c*=x''y", "a/b; c*=\xff''y", "a/b; c*=\0''y"])
async def test_a_content_type_in_no_charset_is_malformed_everywhere(url: str, header: str) -> None:
    for path in (url, "/v2", "/v2/models/ocr/infer"):
        headers = [(b"content-type", header.encode("latin-1"))]
        answer = await HttpCommunicator(SpooledHandler(), "GET", path, b"", headers).get_response()
        body = json.loads(answer["body"])
        assert answer["status"] == 400
        message = "The Content-Type cannot be read."
        shape = {"code": "malformed", "message": message}
        assert body == ({"error": message} if path.startswith("/v2") else shape)


async def test_a_query_that_is_no_text_is_malformed() -> None:
    wire = HttpCommunicator(SpooledHandler(), "GET", "/api/models/")
    wire.scope["query_string"] = b"a=\xff"
    answer = await wire.get_response()
    assert (answer["status"], json.loads(answer["body"])["code"]) == (400, "malformed")


@pytest.mark.parametrize("accept", ["text/html", "image/png", "nonsense", ""])
def test_a_client_that_accepts_no_json_is_told_in_json(as_ada: APIClient, accept: str) -> None:
    answer = as_ada.get("/api/uploads/", headers={"Accept": accept})
    if answer.status_code != 200:
        refused(answer, 406, "not_acceptable")


def test_a_format_that_is_not_there_is_not_found(as_ada: APIClient) -> None:
    refused(as_ada.get("/api/uploads/?format=html"), 404, "not_found")


def test_a_bug_of_ours_says_nothing_of_itself(
    as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: Any) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("uploads.api.queries.uploads_of", bug)
    as_ada.raise_request_exception = False
    answer = as_ada.get("/api/uploads/")
    refused(answer, 500, "server_error")
    assert b"secret" not in answer.content


def test_a_database_that_does_not_answer_is_asked_again_later(
    as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: Any) -> None:
        raise OperationalError("password=hunter2")

    monkeypatch.setattr("uploads.api.queries.uploads_of", gone)
    answer = as_ada.get("/api/uploads/")
    refusal = refused(answer, 503, "database_unavailable")
    assert refusal["message"] == "The database does not answer: try again."
    assert int(answer["Retry-After"]) > 0
    assert b"hunter2" not in answer.content


def test_a_header_with_a_nul_is_never_a_servers_error(as_ada: APIClient) -> None:
    for header, status in (
        *(("User-Agent", 200), ("X-Request-ID", 200), ("X-Forwarded-For", 200)),
        *(("Accept", 406), ("Content-Type", 200), ("Idempotency-Key", 200)),
    ):
        answer = as_ada.get("/api/uploads/", headers={header: "a\0b"})
        assert answer.status_code == status, header
    answer = as_ada.post(
        "/api/uploads/", multipart(file()), content_type=MULTIPART, headers={"User-Agent": "a\0b"}
    )
    assert answer.status_code == 202


@pytest.mark.parametrize("address", ["fe80::1%eth0", "nonsense", "", "::ffff:192.0.2.1"])
def test_an_address_that_is_none_stops_no_sign_in(ada: Any, address: str) -> None:
    body = {"username": "ada", "password": "enlarger-42"}
    answer = APIClient(REMOTE_ADDR=address).post("/api/token/", body, format="json")
    assert answer.status_code == 200


@pytest.mark.parametrize("url", ["/api/models/", "/healthz", "/nonsense", "/"])
def test_a_requests_id_is_echoed(as_ada: APIClient, url: str) -> None:
    answer = as_ada.get(url, headers={"X-Request-ID": "abc-123.x_y"})
    assert answer["X-Request-ID"] == "abc-123.x_y"


@pytest.mark.parametrize("given", [None, "", "two words", "a\nb", "x" * 65, "é", "<script>"])
def test_a_request_without_a_sound_id_gets_one(as_ada: APIClient, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-ID": given}
    first, second = (as_ada.get("/healthz", headers=headers)["X-Request-ID"] for _ in range(2))
    assert len(first) == 32
    assert first != second


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/api/keys/", {"name": "k", "scopes": ["\ud800"]}),
        ("/api/webhooks/", {"url": "https://example.com/", "events": ["a\udfff"]}),
        ("/api/exports/", {"format": "\ud800", "filter": {}}),
        ("/api/exports/", {"filter": {"state": "\ud800"}}),
        ("/api/exports/", {"filter": {}, "include": ["\ud800"]}),
    ],
)
def test_what_is_half_a_character_is_refused_as_any_other_choice_is(
    as_ada: APIClient, url: str, body: dict[str, Any]
) -> None:
    answer = as_ada.post(url, json.dumps(body), content_type="application/json")
    assert "Choose one of " in refused(answer, 400, "invalid")["errors"][0]["message"]


@pytest.mark.parametrize(
    ("url", "body", "one"),
    [
        ("/api/exports/", {"format": "rar", "filter": {}}, "zip"),
        ("/api/exports/", {"include": ["all"], "filter": {}}, "originals"),
        ("/api/exports/", {"filter": {"state": "done"}}, "succeeded"),
        ("/api/keys/", {"name": "nightly", "scopes": ["all"]}, "read"),
        ("/api/webhooks/", {"url": "https://a.example/", "events": ["all"]}, "upload.finished"),
    ],
)
def test_a_choice_that_there_is_not_is_told_what_there_is(
    as_ada: APIClient, url: str, body: dict[str, Any], one: str
) -> None:
    told = refused(as_ada.post(url, body, format="json"), 400, "invalid")["message"]
    assert told.startswith("Choose one of ")
    assert one in told
