"""Who may fetch an export, how often, how long, and how much of it there may be."""

import gc
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.signals import request_finished
from django.db import close_old_connections
from django.db.models import F
from rest_framework.test import APIClient

from tests.integration.conftest import Uploads, signed_in
from tests.integration.exports.taking import URL, asked, taken, unpacked
from tests.integration.rest import content_of, file, refused, uploaded
from uploads.exports import running, tickets
from uploads.models import Event, Export, User
from uploads.pruning import Pruning
from uploads.storage import local

pytestmark = pytest.mark.django_db


def browser(client: APIClient) -> APIClient:
    """What a browser sends by itself after this client's calls: its cookies, and no token."""
    other = APIClient()
    other.cookies = client.cookies
    return other


def test_a_browser_fetches_it_by_a_cookie_and_no_token(as_ada: APIClient) -> None:
    uploaded(as_ada)
    body = asked(as_ada, filter={})
    cookie = as_ada.cookies["darkroom_export"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", body["url"])
    assert cookie.value not in body["url"]
    answer = browser(as_ada).get(body["url"])
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="darkroom-2')
    assert answer["Cache-Control"] == "private, no-store"
    assert len(unpacked(content_of(answer))) == 1


def test_over_tls_its_cookie_is_never_sent_without(as_ada: APIClient) -> None:
    uploaded(as_ada)
    answer = as_ada.post(URL, {"filter": {}}, format="json", secure=True)
    assert answer.cookies["darkroom_export"]["secure"]


def test_the_address_alone_gives_nothing(as_ada: APIClient, as_bob: APIClient) -> None:
    uploaded(as_ada)
    url = asked(as_ada, filter={})["url"]
    refused(APIClient().get(url), 404, "not_found")
    refused(as_bob.get(url), 404, "not_found")
    stranger = APIClient()
    stranger.cookies["darkroom_export"] = "guessed"
    refused(stranger.get(url), 404, "not_found")
    assert as_ada.get(url).status_code == 200


def test_it_is_fetched_once(as_ada: APIClient) -> None:
    uploaded(as_ada)
    url = asked(as_ada, filter={})["url"]
    head = as_ada.head(url)
    assert (head.status_code, head["Content-Type"]) == (200, "application/zip")
    content_of(as_ada.get(url))
    refused(as_ada.get(url), 404, "not_found")


def test_a_minute_later_it_is_gone(as_ada: APIClient) -> None:
    uploaded(as_ada)
    url = asked(as_ada, filter={})["url"]
    Export.objects.update(expires_at=F("expires_at") - timedelta(seconds=61))
    refused(as_ada.get(url), 404, "not_found")
    walk = Pruning()
    while not walk.is_over:
        walk.go_on()
    assert not Export.objects.exists()


def test_signing_out_ends_it(as_ada: APIClient, ada: User) -> None:
    uploaded(as_ada)
    url = asked(as_ada, filter={})["url"]
    ada.end_sessions()
    refused(browser(as_ada).get(url), 404, "not_found")


def test_that_photos_were_taken_along_is_told_to_the_audit(as_ada: APIClient, ada: User) -> None:
    images = uploaded(as_ada, file(), file(), file())["images"]
    taken(as_ada, images=[images[0]["id"], images[1]["id"]])
    event = Event.objects.get(kind="images.exported")
    assert (event.user_id, event.actor_id, event.seq) == (ada.pk, ada.pk, None)
    first, second = images[0]["id"], images[1]["id"]
    assert event.facts == {
        "format": "zip",
        "include": ["originals", "results"],
        "images": 2,
        "ids": f"{first}-{second}",
    }


def test_what_was_deleted_before_it_was_fetched_is_told(as_ada: APIClient) -> None:
    first = uploaded(as_ada, file(), file())["images"][0]
    url = asked(as_ada, filter={})["url"]
    as_ada.delete(f"/api/images/{first['id']}/")
    found = unpacked(content_of(as_ada.get(url)))
    assert f"Photo {first['id']}:".encode() in found["missing.txt"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"images": [], "format": "zip"},
        {"images": ["x"]},
        {"images": [0]},
        {"images": [1 << 70]},
        {"images": {"1": 2}},
        {"images": [1], "filter": {}},
        {"filter": {"state": "sleeping"}},
        {"filter": {"q": "x" * 201}},
        {"filter": [], "format": "zip"},
        {"filter": {}, "format": "rar"},
        {"filter": {}, "include": []},
        {"filter": {}, "include": ["passwords"]},
        [],
    ],
)
def test_what_makes_no_sense_is_refused(as_ada: APIClient, body: Any) -> None:
    uploaded(as_ada)
    answer = as_ada.post(URL, body, format="json")
    refused(answer, 400, "invalid")


def test_nothing_is_not_taken_along(as_ada: APIClient) -> None:
    body = refused(as_ada.post(URL, {"filter": {}}, format="json"), 400, "invalid")
    assert "no photo matches" in body["message"]


def test_too_much_is_refused_before_anything_is_sent(
    as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded(as_ada, file(), file(), file())
    monkeypatch.setattr(tickets, "MAX_IMAGES", 2)
    refused(as_ada.post(URL, {"filter": {}}, format="json"), 413, "too_large")
    monkeypatch.setattr(tickets, "MAX_IMAGES", 3)
    monkeypatch.setattr(tickets, "MAX_BYTES", 10)
    refused(as_ada.post(URL, {"filter": {}}, format="json"), 413, "too_large")


def test_what_nobody_fetches_does_not_pile_up(as_ada: APIClient) -> None:
    uploaded(as_ada)
    urls = [asked(as_ada, filter={})["url"] for _ in range(tickets.MAX_WAITING + 2)]
    assert Export.objects.count() == tickets.MAX_WAITING
    refused(as_ada.get(urls[0]), 404, "not_found")
    assert as_ada.get(urls[-1]).status_code == 200


def test_a_user_has_so_many_under_way_and_places_come_back(
    as_ada: APIClient, as_bob: APIClient
) -> None:
    uploaded(as_ada)
    uploaded(as_bob)
    under_way = [as_ada.get(asked(as_ada, filter={})["url"]) for _ in range(running.MAX_OF_A_USER)]
    url = asked(as_ada, filter={})["url"]
    refused(as_ada.get(url), 429, "too_many_exports")
    assert as_bob.get(asked(as_bob, filter={})["url"]).status_code == 200
    # Also where nothing of it was ever read.
    del under_way
    gc.collect()
    assert as_ada.get(url).status_code == 200


def test_a_place_comes_back_with_the_end_of_its_download(as_ada: APIClient) -> None:
    # And not when Python happens to look for garbage: who takes one after the other goes on.
    uploaded(as_ada)
    gc.disable()
    try:
        for _ in range(running.MAX_OF_A_USER + 1):
            taken(as_ada, filter={})
        for _ in range(running.MAX_OF_A_USER + 1):
            left = as_ada.get(asked(as_ada, filter={})["url"])
            assert left.status_code == 200
            # The test's own connection stays.
            request_finished.disconnect(close_old_connections)
            left.close()
            request_finished.connect(close_old_connections)
    finally:
        gc.enable()


def test_whoever_stops_reading_leaves_no_file_open(
    as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    path_of = local.path_of

    class Path:
        def __init__(self, key: str) -> None:
            self._path = path_of(key)

        def open(self, mode: str) -> Any:
            opened.append(self._path.open(mode))
            return opened[-1]

    monkeypatch.setattr("uploads.exports.streaming.PIECE_BYTES", 1)
    uploaded(as_ada, file(), file())
    answer = as_ada.get(asked(as_ada, filter={})["url"])
    monkeypatch.setattr(local, "path_of", Path)

    async def read_a_little() -> None:
        parts: Any = aiter(answer)  # type: ignore[arg-type]  # the stubs know no streams here
        while not opened:
            await anext(parts)
        await parts.aclose()

    async_to_sync(read_a_little)()
    assert len(opened) == 1
    assert opened[0].closed


@pytest.mark.usefixtures("upload")
def test_a_selection_of_many_costs_two_queries_for_some_and_none_meanwhile(
    ada: User, upload: Uploads, django_assert_num_queries: Any
) -> None:
    upload(ada, count=45)
    client = signed_in(ada)
    answer = client.get(asked(client, filter={}, include=["originals"])["url"])
    with django_assert_num_queries(2 * 3):
        assert len(unpacked(content_of(answer))) == 45
