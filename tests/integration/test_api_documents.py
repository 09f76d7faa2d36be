"""The documents made from the code: OpenAPI, the page that shows it, and the page's types."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from project.management.commands import page_types
from tests.darkroom import ROOT

CALLS = {
    "/api/users/": {"post"},
    "/api/users/me/": {"get", "patch"},
    "/api/users/me/password/": {"post"},
    "/api/users/me/delete/": {"post"},
    "/api/users/me/export/": {"post"},
    "/api/users/me/sign-ins/": {"get"},
    "/api/users/me/sign-ins/{id}/": {"delete"},
    "/api/token/": {"post"},
    "/api/token/refresh/": {"post"},
    "/api/token/blacklist/": {"post"},
    "/api/keys/": {"get", "post"},
    "/api/keys/{id}/": {"delete"},
    "/api/webhooks/": {"get", "post"},
    "/api/webhooks/{id}/": {"get", "patch", "delete"},
    "/api/webhooks/{id}/test/": {"post"},
    "/api/webhooks/{id}/deliveries/": {"get"},
    "/api/webhooks/deliveries/{id}/replay/": {"post"},
    "/api/uploads/": {"get", "post"},
    "/api/uploads/{id}/": {"get", "delete"},
    "/api/images/": {"get"},
    "/api/images/{id}/": {"get", "delete"},
    "/api/images/{id}/file/": {"get"},
    "/api/images/{id}/pin/": {"put", "delete"},
    "/api/images/{id}/thumbnail/": {"get"},
    "/api/images/{id}/display/": {"get"},
    "/api/images/{id}/predictions/": {"get", "post"},
    "/api/predictions/{id}/": {"get"},
    "/api/predictions/{id}/output/": {"get"},
    "/api/predictions/{id}/export/": {"get"},
    "/api/predictions/{id}/corrections/": {"get"},
    "/api/predictions/{id}/corrections/{line}/": {"put", "delete"},
    "/api/predictions/{id}/cancel/": {"post"},
    "/api/predictions/{id}/retry/": {"post"},
    "/api/exports/": {"post"},
    "/api/exports/{id}/": {"get"},
    "/api/events/": {"get"},
    "/api/models/": {"get"},
    "/api/models/{name}/": {"get"},
    "/api/models/{name}/sample/": {"get"},
}


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    found: dict[str, Any] = APIClient().get("/api/schema/?format=json").json()
    return found


def test_the_document_is_valid_and_made_without_a_warning() -> None:
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out, stderr=out)
    assert "openapi: 3" in out.getvalue()


def test_the_document_names_every_call(document: dict[str, Any]) -> None:
    methods = {"get", "post", "put", "patch", "delete"}
    assert {path: item.keys() & methods for path, item in document["paths"].items()} == CALLS


def test_the_document_says_where_a_token_is_needed(document: dict[str, Any]) -> None:
    openly = {
        f"{method} {path}"
        for path, methods in CALLS.items()
        for method in methods
        if document["paths"][path][method].get("security", [{}]) in ([], [{}])
    }
    assert openly == {
        "post /api/users/",
        "post /api/token/",
        "post /api/token/refresh/",
        "post /api/token/blacklist/",
    }


def test_the_document_gives_every_refusal_one_shape(document: dict[str, Any]) -> None:
    for path, methods in CALLS.items():
        for method in methods:
            for status, answer in document["paths"][path][method]["responses"].items():
                if int(status) >= 400:
                    shape = answer["content"]["application/json"]["schema"]
                    assert shape == {"$ref": "#/components/schemas/Error"}, (path, method, status)


def test_the_document_tells_of_refusals_that_any_call_may_get(document: dict[str, Any]) -> None:
    for path, methods in CALLS.items():
        for method in methods:
            call = document["paths"][path][method]
            wanted = {"503"} | ({"400", "413", "415", "429"} if "requestBody" in call else set())
            assert wanted <= call["responses"].keys(), (method, path)


def test_the_page_is_checked_by_what_the_documents_say_now() -> None:
    written = (ROOT / page_types.FILE).read_text()
    assert written == page_types.made(), "Run `.venv/bin/python manage.py page_types`."


@pytest.mark.django_db
def test_the_page_takes_nothing_from_elsewhere() -> None:
    answer = APIClient().get("/api/docs/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert assets
    assert all(re.match(r"/static/|/api/docs/", one) for one in assets), assets
    assert not re.search(r"https?://", re.sub(r"<!--.*?-->", "", page, flags=re.S))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/"])
@pytest.mark.parametrize("method", ["options", "post", "delete"])
def test_a_document_that_is_asked_otherwise_refuses_in_json(path: str, method: str) -> None:
    answer = getattr(APIClient(), method)(path)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/json")
    assert answer.json()["code"] == "method_not_allowed"


def test_a_schema_in_another_format_is_refused_in_json() -> None:
    for status, answer in {
        406: APIClient().get("/api/schema/", headers={"Accept": "text/html"}),
        404: APIClient().get("/api/schema/?format=xml"),
    }.items():
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
        assert set(answer.json()) == {"code", "message"}


def test_the_page_comes_whatever_is_accepted() -> None:
    answer = APIClient().get("/api/docs/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
