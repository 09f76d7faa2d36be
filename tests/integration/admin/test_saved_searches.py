"""Lists with their filters and dates, kept by a name."""

from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.integration.desk import listing, staff, text_of
from uploads.admin import saved_searches
from uploads.models import Event, Model, Prediction, SavedSearch, Session, User

pytestmark = pytest.mark.django_db

SAVE = "/admin/saved/"
FAILED = f"{listing(Prediction)}?state__exact=failed&during=7-days"


def save(desk: Client, name: str, address: str) -> Any:
    return desk.post(SAVE, {"name": name, "address": address}, follow=True)


@pytest.mark.parametrize(
    "address",
    [
        FAILED,
        listing(Event),
        "/admin/find/?" + urlencode({"q": "된장찌개 & <b>", "from": "2026-01-02"}),
        "/admin/failures/?within=all",
        f"{listing(Model)}?task=ocr",
    ],
)
def test_a_list_is_saved_with_all_that_its_address_says(desk: Client, address: str) -> None:
    answer = save(desk, " What failed\tlately ", address)
    assert answer.redirect_chain[-1][0] == address
    assert "Saved as “What failed lately”" in text_of(answer)
    assert SavedSearch.objects.get().address == address
    for page in ("/admin/find/", listing(Event), listing(Session)):
        body = unescape(text_of(desk.get(page)))
        is_it = ' aria-current="page"' if page == address else ""
        assert f'<a href="{address}"{is_it}>What failed lately</a>' in body


def test_how_far_somebody_has_looked_is_not_saved(desk: Client) -> None:
    save(desk, "failed", f"{FAILED}&p=3&before=77&e=1")
    assert SavedSearch.objects.get().address == FAILED


def test_a_name_that_is_there_gives_way_to_the_new_list(desk: Client) -> None:
    save(desk, "mine", FAILED)
    save(desk, "mine", listing(Event))
    assert SavedSearch.objects.get().address == listing(Event)


def test_everybody_has_their_own(desk: Client, bob: User) -> None:
    save(desk, "mine", FAILED)
    others = staff(bob, "view_prediction", "view_upload")
    assert ">mine<" not in text_of(others.get("/admin/find/"))
    row = SavedSearch.objects.get()
    assert others.post(f"{SAVE}{row.pk}/remove/").status_code == 404
    save(others, "mine", FAILED)
    assert SavedSearch.objects.count() == 2
    assert "Removed." in text_of(desk.post(f"{SAVE}{row.pk}/remove/", follow=True))
    assert [one.user_id for one in SavedSearch.objects.all()] == [bob.pk]


def test_so_many_are_saved_and_no_more(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_searches, "AT_MOST", 2)
    for name in ("one", "two"):
        save(desk, name, FAILED)
    assert "You have 2 saved searches" in text_of(save(desk, "three", FAILED))
    assert SavedSearch.objects.count() == 2
    save(desk, "two", listing(Event))
    assert SavedSearch.objects.get(name="two").address == listing(Event)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("", FAILED),
        (" ", FAILED),
        ("x" * 101, FAILED),
        ("a\0", FAILED),
        ("a", ""),
        ("a", "https://example.com/admin/find/"),
        ("a", "//example.com/admin/find/"),
        ("a", "javascript:alert(1)"),
        ("a", "/api/uploads/"),
        ("a", "/admin/logout/"),
        ("a", "/admin/uploads/event/77/change/"),
        ("a", f"{FAILED}&q=" + "x" * 2000),
        ("a", f"{FAILED}&q=" + "된" * 300),
        ("a", f"{FAILED}&q=\0"),
        ("a", "http://[/admin/find/"),
    ],
)
def test_what_is_no_list_is_refused(desk: Client, name: str, address: str) -> None:
    assert desk.post(SAVE, {"name": name, "address": address}).status_code == 400
    assert not SavedSearch.objects.exists()


def test_a_search_is_saved_by_staff_alone_and_by_post(desk: Client, ada: User) -> None:
    stranger = Client()
    stranger.force_login(ada)
    assert stranger.post(SAVE, {"name": "a", "address": FAILED}).status_code == 302
    assert desk.get(SAVE).status_code == 405
    assert not SavedSearch.objects.exists()
