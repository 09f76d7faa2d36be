"""Two users: what is another's is not found, by any route."""

import re
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import file, refused, succeed, succeed_with_picture, uploaded
from tests.photos import tiny
from uploads.api import urls as api_urls
from uploads.models import Event, Prediction, Upload

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
}
CALLS = [(route, method) for route, methods in OWNED.items() for method in methods]
LISTS = [
    *("users/me/", "uploads/", "images/", "events/", "models/"),
    *("models/<model:name>/", "models/<model:name>/sample/"),
]
OPEN = ["users/", "token/", "token/refresh/", "token/blacklist/", "schema/", "docs/"]


@pytest.fixture
def adas(as_ada: APIClient) -> dict[str, Any]:
    """An upload of Ada's that has everything: a text, a picture, a thumbnail."""
    body = uploaded(as_ada, file(), file())
    first, second = (image["prediction"]["id"] for image in body["images"])
    succeed(first)
    succeed_with_picture(second, tiny())
    return body


def address(route: str, body: dict[str, Any]) -> str:
    image = body["images"][0]
    if route.endswith("output/"):
        image = body["images"][1]
    pk = {"uploads": body["id"], "images": image["id"], "predictions": image["prediction"]["id"]}
    return "/api/" + re.sub("<row:pk>", str(pk[route.split("/", maxsplit=1)[0]]), route)


def call(client: APIClient, method: str, url: str) -> Any:
    if method == "post":
        return client.post(url, {"model": "ocr"}, format="json")
    return getattr(client, method)(url)


def test_every_route_is_one_of_these() -> None:
    assert {str(route.pattern) for route in api_urls.urlpatterns} == {*OWNED, *LISTS, *OPEN}


@pytest.mark.parametrize(("route", "method"), CALLS)
def test_what_is_anothers_is_not_found(
    as_bob: APIClient, adas: dict[str, Any], route: str, method: str
) -> None:
    before = list(Prediction.objects.values()), list(Upload.objects.values()), Event.objects.count()
    theirs = call(as_bob, method, address(route, adas))
    refused(theirs, 404, "not_found")
    absent = call(as_bob, method, f"/api/{re.sub('<row:pk>', '999999', route)}")
    assert theirs.json() == absent.json()
    after = list(Prediction.objects.values()), list(Upload.objects.values()), Event.objects.count()
    assert before == after


@pytest.mark.parametrize(("route", "method"), CALLS)
def test_nothing_is_had_without_a_token(adas: dict[str, Any], route: str, method: str) -> None:
    refused(call(APIClient(), method, address(route, adas)), 401, "not_authenticated")


@pytest.mark.parametrize("route", LISTS)
def test_no_list_is_read_without_a_token(models: None, route: str) -> None:
    url = "/api/" + route.replace("<model:name>", "ocr")
    refused(APIClient().get(url), 401, "not_authenticated")


def test_nobody_uploads_without_a_token(models: None) -> None:
    refused(APIClient().post("/api/uploads/", {}, format="json"), 401, "not_authenticated")


@pytest.mark.parametrize(("route", "method"), CALLS)
@pytest.mark.parametrize("pk", ["0", "9" * 18, "9" * 19, "99999999999999999999"])
def test_an_id_that_no_row_can_have_is_not_found(
    as_ada: APIClient, route: str, method: str, pk: str
) -> None:
    url = "/api/" + re.sub("<row:pk>", pk, route)
    refused(call(as_ada, method, url), 404, "not_found")


def test_lists_show_nothing_of_another(as_bob: APIClient, adas: dict[str, Any]) -> None:
    assert as_bob.get("/api/uploads/").json()["results"] == []
    assert as_bob.get("/api/uploads/?model=ocr&state=succeeded").json()["results"] == []
    page = as_bob.get("/api/events/").json()
    assert (page["seq"], page["results"]) == (0, [])
    quota = as_bob.get("/api/users/me/").json()["quota"]
    assert (quota["bytes_used"], quota["queued"]) == (0, 0)


def test_staff_have_no_other_view_by_rest(
    as_bob: APIClient, adas: dict[str, Any], bob: Any
) -> None:
    bob.is_staff = bob.is_superuser = True
    bob.save(update_fields=["is_staff", "is_superuser"])
    refused(as_bob.get(f"/api/uploads/{adas['id']}/"), 404, "not_found")
    assert as_bob.get("/api/uploads/").json()["results"] == []
