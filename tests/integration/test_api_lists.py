"""Lists: pages, cursors, filters, and a price that does not grow with what they hold."""

from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.integration.rest import fail, file, post, refused, succeed, uploaded
from uploads.models import Prediction, User

pytestmark = pytest.mark.django_db

URL = "/api/uploads/"


def ids(page: dict[str, Any]) -> list[int]:
    return [one["id"] for one in page["results"]]


def cursor_of(url: str) -> str:
    return parse_qs(urlsplit(url).query)["cursor"][0]


def queries_of(client: APIClient, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_uploads_are_listed_newest_first(as_ada: APIClient) -> None:
    made = [uploaded(as_ada)["id"] for _ in range(3)]
    page = as_ada.get(URL).json()
    assert page.keys() == {"next", "previous", "results"}
    assert (page["next"], page["previous"]) == (None, None)
    assert ids(page) == made[::-1]


def test_an_entry_of_the_list_is_the_whole_upload(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(), file())
    assert as_ada.get(URL).json()["results"] == [body]


def test_pages_lead_to_the_end_and_back_without_a_gap(as_ada: APIClient) -> None:
    made = [uploaded(as_ada)["id"] for _ in range(5)]
    first = as_ada.get(f"{URL}?page_size=2").json()
    second = as_ada.get(first["next"]).json()
    third = as_ada.get(second["next"]).json()
    assert ids(first) + ids(second) + ids(third) == made[::-1]
    assert third["next"] is None
    assert ids(as_ada.get(third["previous"]).json()) == ids(second)
    assert ids(as_ada.get(second["previous"]).json()) == ids(first)


def test_what_is_uploaded_meanwhile_moves_no_page(as_ada: APIClient) -> None:
    made = [uploaded(as_ada)["id"] for _ in range(3)]
    first = as_ada.get(f"{URL}?page_size=2").json()
    uploaded(as_ada)
    assert ids(as_ada.get(first["next"]).json()) == [made[0]]


def test_a_page_holds_at_most_two_hundred(as_ada: APIClient, ada: User) -> None:
    image = uploaded(as_ada)["images"][0]
    Prediction.objects.bulk_create(
        Prediction(image_id=image["id"], user=ada, model="ocr", model_version="2")
        for _ in range(201)
    )
    assert len(as_ada.get(f"{image['predictions']}?page_size=1000").json()["results"]) == 200


@pytest.mark.parametrize("size", ["0", "-1", "x", "", "1e3", "99999999999999999999"])
def test_a_page_size_of_nonsense_gives_an_ordinary_page(as_ada: APIClient, size: str) -> None:
    body = uploaded(as_ada)
    assert ids(as_ada.get(URL, {"page_size": size}).json()) == [body["id"]]


@pytest.mark.parametrize(
    "cursor",
    [
        *("x", "é", "cD14", "cD0tMQ==", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "cD1OYU4=", "cD3Csg=="),
        *("====", "!!!!", " ", "abcd", b64encode(b"o=1").decode(), b64encode(b"r=1").decode()),
        b64encode(f"p={'1' * 5000}".encode()).decode(),
    ],
)
def test_a_cursor_that_was_tampered_with_is_not_found(as_ada: APIClient, cursor: str) -> None:
    refused(as_ada.get(URL, {"cursor": cursor}), 404, "not_found")


def test_a_true_cursor_with_a_character_changed_is_never_a_servers_error(
    as_ada: APIClient,
) -> None:
    for _ in range(3):
        uploaded(as_ada)
    cursor = cursor_of(as_ada.get(f"{URL}?page_size=1").json()["next"])
    for at in range(len(cursor)):
        for mark in "A/z=0\0":
            changed = cursor[:at] + mark + cursor[at + 1 :]
            answer = as_ada.get(URL, {"cursor": changed})
            if answer.status_code == 200:
                assert answer.json().keys() == {"next", "previous", "results"}
            else:
                refused(answer, 404, "not_found")


def test_filters_choose_by_model_and_by_a_predictions_state(as_ada: APIClient) -> None:
    read = uploaded(as_ada)
    broken = uploaded(as_ada, file(), file())
    waiting = uploaded(as_ada, model="background-removal")
    succeed(read["images"][0]["prediction"]["id"])
    fail(broken["images"][0]["prediction"]["id"])

    def found(**query: str) -> list[int]:
        return ids(as_ada.get(URL, query).json())

    assert found(model="ocr") == [broken["id"], read["id"]]
    assert found(model="background-removal") == [waiting["id"]]
    assert found(model="nonsense") == found(model="\0") == []
    assert found(state="succeeded") == [read["id"]]
    assert found(state="failed") == [broken["id"]]
    assert waiting["id"] in found(state="queued")
    assert found(state="canceled") == []
    assert found(model="ocr", state="failed") == [broken["id"]]


@pytest.mark.parametrize("state", ["nonsense", "QUEUED", "queued,failed", "\0"])
def test_a_state_that_does_not_exist_is_refused(as_ada: APIClient, state: str) -> None:
    body = refused(as_ada.get(URL, {"state": state}), 400, "invalid")
    assert body["errors"][0]["field"] == "state"


def test_counts_follow_the_predictions(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(), file(), file())
    first, second, third = (image["prediction"]["id"] for image in body["images"])
    as_ada.post(f"/api/predictions/{third}/cancel/")
    succeed(first)
    counts = as_ada.get(f"{URL}{body['id']}/").json()["counts"]
    assert counts == {"queued": 0, "running": 1, "succeeded": 1, "failed": 0, "canceled": 1}
    assert second


def test_reading_an_upload_costs_the_same_however_many_images_it_has(as_ada: APIClient) -> None:
    small, large = uploaded(as_ada), uploaded(as_ada, *[file()] * 12)
    few = queries_of(as_ada, f"{URL}{small['id']}/")
    assert queries_of(as_ada, f"{URL}{large['id']}/") == few <= 8


def test_listing_costs_the_same_however_much_there_is(as_ada: APIClient) -> None:
    uploaded(as_ada)
    few = queries_of(as_ada, URL)
    for _ in range(4):
        uploaded(as_ada, *[file()] * 3)
    assert queries_of(as_ada, URL) == few <= 8


def test_posting_costs_the_same_however_many_images_are_sent(as_ada: APIClient) -> None:
    def cost(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert post(as_ada, *[file()] * count).status_code == 202
        return len(captured)

    cost(1)
    assert cost(20) == cost(2)


def test_an_images_predictions_are_listed_newest_first(as_ada: APIClient) -> None:
    image = uploaded(as_ada)["images"][0]
    more = [
        as_ada.post(image["predictions"], {"model": "ocr"}, format="json").json()["id"]
        for _ in range(2)
    ]
    page = as_ada.get(image["predictions"]).json()
    assert page.keys() == {"next", "previous", "results"}
    assert ids(page) == [*more[::-1], image["prediction"]["id"]]
    first = as_ada.get(f"{image['predictions']}?page_size=2").json()
    assert ids(as_ada.get(first["next"]).json()) == [image["prediction"]["id"]]
