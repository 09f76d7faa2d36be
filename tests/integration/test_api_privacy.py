"""Two users: what is another's is not found, by any route."""

import re
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import file, refused, succeed, succeed_with_picture, uploaded
from tests.photos import tiny
from uploads.api import urls as api_urls
from uploads.events import Actor
from uploads.models import (
    ApiKey,
    Event,
    Prediction,
    Scope,
    Upload,
    User,
    Webhook,
    WebhookDelivery,
)
from uploads.sign_in import keys

pytestmark = pytest.mark.django_db

# Every route with an id, and the methods that it offers.
OWNED = {
    "uploads/<row:pk>/": ("get", "delete"),
    "images/<row:pk>/": ("get", "delete"),
    "images/<row:pk>/pin/": ("put", "delete"),
    "images/<row:pk>/file/": ("get",),
    "images/<row:pk>/thumbnail/": ("get",),
    "images/<row:pk>/display/": ("get",),
    "images/<row:pk>/predictions/": ("get", "post"),
    "predictions/<row:pk>/": ("get",),
    "predictions/<row:pk>/output/": ("get",),
    "predictions/<row:pk>/cancel/": ("post",),
    "predictions/<row:pk>/retry/": ("post",),
    "predictions/<row:pk>/export/": ("get",),
    "predictions/<row:pk>/corrections/": ("get",),
    "predictions/<row:pk>/corrections/<line:line>/": ("put", "delete"),
    "keys/<row:pk>/": ("delete",),
    "webhooks/<row:pk>/": ("get", "patch", "delete"),
    "webhooks/<row:pk>/test/": ("post",),
    "webhooks/<row:pk>/deliveries/": ("get",),
    "webhooks/deliveries/<row:pk>/replay/": ("post",),
    "users/me/sign-ins/<uuid:pk>/": ("delete",),
}
# Its address and a cookie, or a token, go together: `exports/test_tickets.py`.
BY_TICKET = "exports/<uuid:pk>/"
CALLS = [(route, method) for route, methods in OWNED.items() for method in methods]
NUMBERED = [(route, method) for route, method in CALLS if "<row:pk>" in route]
LISTS = [
    *("users/me/", "uploads/", "images/", "events/", "models/"),
    *("users/me/sign-ins/", "keys/", "webhooks/"),
    *("models/<model:name>/", "models/<model:name>/sample/"),
]
POSTED = ["exports/", "users/me/password/", "users/me/export/", "users/me/delete/"]
OPEN = ["users/", "token/", "token/refresh/", "token/blacklist/", "schema/", "docs/"]


@pytest.fixture
def adas(as_ada: APIClient, ada: User) -> dict[str, str]:
    """By the beginnings of routes, the id of something of Ada's."""
    body = uploaded(as_ada, file(), file())
    images = body["images"]
    text, picture = (image["prediction"]["id"] for image in images)
    succeed(text)
    succeed_with_picture(picture, tiny())
    webhook = Webhook.objects.create(user=ada, url="https://ada.example/", kinds=[], after_seq=0)
    delivery = WebhookDelivery.objects.create(webhook=webhook, kind="webhook.test")
    ids = {
        "uploads/": body["id"],
        "images/": images[0]["id"],
        "predictions/": text,
        "predictions/<row:pk>/output/": picture,
        "keys/": keys.make(ada, "nightly", list(Scope), None, Actor())[0].pk,
        "webhooks/": webhook.pk,
        "webhooks/deliveries/": delivery.pk,
        "users/me/sign-ins/": ada.sessions.latest("created_at").pk,
    }
    return {beginning: str(pk) for beginning, pk in ids.items()}


def with_id(route: str, pk: str) -> str:
    filled = re.sub("<(row|uuid):pk>", pk, route).replace("<line:line>", "0")
    return f"/api/{filled}?as=txt" if filled.endswith("export/") else f"/api/{filled}"


def address(route: str, ids: dict[str, str]) -> str:
    return with_id(route, ids[max(filter(route.startswith, ids), key=len)])


def call(client: APIClient, method: str, url: str) -> Any:
    bodies = {"post": {"model": "ocr"}, "put": {"text": "a", "seen": "b"}, "patch": {}}
    if method in bodies:
        return getattr(client, method)(url, bodies[method], format="json")
    return getattr(client, method)(url)


def everything() -> list[Any]:
    models = (Prediction, Upload, ApiKey, Webhook, WebhookDelivery)
    return [*(list(model.objects.values()) for model in models), Event.objects.count()]


def test_every_route_is_one_of_these() -> None:
    assert {str(route.pattern) for route in api_urls.urlpatterns} == {
        *(*OWNED, BY_TICKET, *LISTS, *POSTED, *OPEN)
    }


@pytest.mark.parametrize(("route", "method"), CALLS)
def test_what_is_anothers_is_not_found(
    as_bob: APIClient, adas: dict[str, str], route: str, method: str
) -> None:
    before = everything()
    theirs = call(as_bob, method, address(route, adas))
    refused(theirs, 404, "not_found")
    absent = "00000000-0000-4000-8000-000000000000" if "uuid" in route else "999999"
    absent = call(as_bob, method, with_id(route, absent))
    assert theirs.json() == absent.json()
    assert everything() == before


@pytest.mark.parametrize(("route", "method"), CALLS)
def test_nothing_is_had_without_a_token(adas: dict[str, str], route: str, method: str) -> None:
    refused(call(APIClient(), method, address(route, adas)), 401, "not_authenticated")


@pytest.mark.parametrize("route", LISTS)
def test_no_list_is_read_without_a_token(models: None, route: str) -> None:
    url = "/api/" + route.replace("<model:name>", "ocr")
    refused(APIClient().get(url), 401, "not_authenticated")


@pytest.mark.parametrize("route", POSTED)
def test_nothing_is_asked_for_without_a_token(db: None, route: str) -> None:
    refused(APIClient().post(f"/api/{route}", {}, format="json"), 401, "not_authenticated")


def test_nobody_uploads_without_a_token(models: None) -> None:
    refused(APIClient().post("/api/uploads/", {}, format="json"), 401, "not_authenticated")


@pytest.mark.parametrize(("route", "method"), NUMBERED)
@pytest.mark.parametrize("pk", ["0", "9" * 18, "9" * 19, "99999999999999999999"])
def test_an_id_that_no_row_can_have_is_not_found(
    as_ada: APIClient, route: str, method: str, pk: str
) -> None:
    refused(call(as_ada, method, with_id(route, pk)), 404, "not_found")


def test_lists_show_nothing_of_another(as_bob: APIClient, adas: dict[str, str]) -> None:
    assert as_bob.get("/api/uploads/").json()["results"] == []
    assert as_bob.get("/api/uploads/?model=ocr&state=succeeded").json()["results"] == []
    page = as_bob.get("/api/events/").json()
    assert (page["seq"], page["results"]) == (0, [])
    quota = as_bob.get("/api/users/me/").json()["quota"]
    assert (quota["bytes_used"], quota["queued"]) == (0, 0)


def test_staff_have_no_other_view_by_rest(
    as_bob: APIClient, adas: dict[str, str], bob: Any
) -> None:
    bob.is_staff = bob.is_superuser = True
    bob.save(update_fields=["is_staff", "is_superuser"])
    refused(as_bob.get(f"/api/uploads/{adas['uploads/']}/"), 404, "not_found")
    assert as_bob.get("/api/uploads/").json()["results"] == []
