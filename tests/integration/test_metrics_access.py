"""`GET /metrics` of the web: who may read it, and what nobody reads there."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.exposition import parsed
from tests.integration import rest
from tests.integration.conftest import signed_in
from tests.integration.scraping import read
from uploads.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("looks_anew")]


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


@pytest.mark.parametrize("trusted", [0, 1])
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X_FORWARDED_FOR", "127.0.0.1"),
        ("X_FORWARDED_FOR", "10.0.0.7, 127.0.0.1"),
        ("X_FORWARDED_PROTO", "https"),
        ("FORWARDED", "for=127.0.0.1"),
        ("VIA", "1.1 proxy"),
        ("X_REAL_IP", "127.0.0.1"),
        ("CF_CONNECTING_IP", "10.0.0.7"),
    ],
)
def test_what_came_through_a_proxy_needs_the_token(
    settings: Any, trusted: int, header: str, value: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    settings.METRICS_TOKEN = "secret"
    forwarded = {"REMOTE_ADDR": "127.0.0.1", f"HTTP_{header}": value}
    rest.refused(read(**forwarded), 404, "not_found")
    assert read(**forwarded, HTTP_AUTHORIZATION="Bearer secret").status_code == 200
    assert read(REMOTE_ADDR="127.0.0.1").status_code == 200


def sign_in(password: str) -> Any:
    body = {"username": "ada", "password": password}
    return Client().post("/api/token/", body, "application/json")


def test_no_label_names_a_person_a_file_a_path_or_a_token(models: None, settings: Any) -> None:
    # A number that nothing else has: a version is called "2", too.
    ada = User.objects.create_user("ada", password=rest.PASSWORD, pk=918_273)
    as_ada = signed_in(ada)
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
