"""Bodies in JSON with a name that is misspelt: it is told, and nothing is done without it."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import refused, uploaded
from uploads.models import ApiKey, Export, Prediction, Webhook

pytestmark = pytest.mark.django_db

HOOK = "https://example.com/hook"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/keys/", {"name": "n", "scopes": ["read"], "expires": "2030-01-01"}, "expires"),
        ("/api/keys/", {"name": "n", "scopes": ["read"], "id": 5}, "id"),
        ("/api/webhooks/", {"url": HOOK, "event": ["upload.finished"]}, "event"),
        ("/api/exports/", {"format": "csv", "filter": {"status": "failed"}}, "filter.status"),
        ("/api/exports/", {"format": "csv", "filter": {}, "included": []}, "included"),
        ("/api/users/me/export/", {"parts": 2}, "parts"),
    ],
)
def test_a_name_that_no_field_has_is_refused(
    as_ada: APIClient, path: str, body: dict[str, Any], field: str
) -> None:
    uploaded(as_ada)
    error = refused(as_ada.post(path, body, format="json"), 400, "unknown_field")
    assert [one["field"] for one in error["errors"]] == [field]
    assert "the fields are" in error["message"]
    for table in (ApiKey, Webhook, Export):
        assert not table.objects.exists()


def test_a_prediction_of_a_version_that_is_misspelt_is_not_made(as_ada: APIClient) -> None:
    image = uploaded(as_ada)["images"][0]
    body = {"model": "ocr", "version": "1"}
    refused(as_ada.post(image["predictions"], body, format="json"), 400, "unknown_field")
    assert Prediction.objects.count() == 1


def test_a_change_that_changes_nothing_is_told(as_ada: APIClient) -> None:
    hook = as_ada.post("/api/webhooks/", {"url": HOOK}, format="json").json()
    path = f"/api/webhooks/{hook['id']}/"
    refused(as_ada.patch(path, {"enable": False}, format="json"), 400, "unknown_field")
    answer = as_ada.patch("/api/users/me/", {"email": "ada@example.com"}, format="json")
    refused(answer, 400, "unknown_field")


@pytest.mark.parametrize("name", ["\\ud800", "\\u0000", "x" * 5000])
def test_a_name_that_cannot_be_shown_is_refused_too(as_ada: APIClient, name: str) -> None:
    body = f'{{"name": "n", "scopes": ["read"], "{name}": 1}}'
    answer = as_ada.post("/api/keys/", body, content_type="application/json")
    (one,) = refused(answer, 400, "unknown_field")["errors"]
    assert json.dumps(one["field"]).encode()
    assert len(one["field"]) <= 100
