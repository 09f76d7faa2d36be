"""`GET /metrics` of the web: who may read it, and what nobody reads there."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.exposition import parsed
from tests.integration import rest
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


def test_behind_a_trusted_proxy_the_client_s_address_counts(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    forwarded = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1, 10.0.0.7"}
    rest.refused(read(**forwarded), 404, "not_found")
    assert read(HTTP_X_FORWARDED_FOR="10.0.0.7, 127.0.0.1").status_code == 200


def test_a_proxy_that_nobody_declared_does_not_open_it_to_the_world() -> None:
    for header in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED"):
        rest.refused(read(REMOTE_ADDR="127.0.0.1", **{header: "127.0.0.1"}), 404, "not_found")


def sign_in(password: str) -> Any:
    body = {"username": "ada", "password": password}
    return Client().post("/api/token/", body, "application/json")


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
