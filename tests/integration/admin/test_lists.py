"""The admin's lists: what they tell, how they are filtered and searched, and what they cost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from project.admin_look import LOOK
from tests.integration.desk import AUDITED, listing, page, text_of
from tests.integration.rest import file, uploaded
from uploads.models import (
    Event,
    ModelCommand,
    Prediction,
    QueuePause,
    TrafficSplit,
    Upload,
    User,
    Worker,
)

pytestmark = pytest.mark.django_db


def test_the_list_tells_who_sent_what_and_how_it_stands(
    desk: Client, history: dict[str, Any]
) -> None:
    body = text_of(desk.get(listing(Upload)))
    for fact in ("ada", "ocr", "1 failed", "3 succeeded", "1 running", "1 canceled", "127.0.0.1"):
        assert fact in body
    assert reverse("admin:thumbnail", args=[history["images"][0]["id"]]) in body


@pytest.mark.parametrize("state", ["queued", "running", "succeeded", "failed", "canceled"])
def test_uploads_are_filtered_by_state(desk: Client, history: dict[str, Any], state: str) -> None:
    body = text_of(desk.get(listing(Upload), {"state": state}))
    assert page(Upload, history["id"]) in body


def test_filters_leave_out_what_does_not_match(desk: Client, history: dict[str, Any]) -> None:
    gone = Upload.objects.get(deleted_at__isnull=False)
    for model, query in (
        (Upload, {"model__exact": "background-removal"}),
        (Upload, {"deleted_at__isempty": "1"}),
        (Upload, {"state": "failed"}),
    ):
        body = text_of(desk.get(listing(model), query))
        wanted = page(Upload, gone.pk) in body, page(Upload, history["id"]) in body
        expected = {"model__exact": (False, False), "deleted_at__isempty": (False, True)}
        assert wanted == expected.get(next(iter(query)), (False, True))
    failed = text_of(desk.get(listing(Prediction), {"state__exact": "failed"}))
    assert failed.count("unreadable_image") >= 1
    events = text_of(desk.get(listing(Event), {"kind__exact": "upload.deleted"}))
    assert "prediction.queued</td>" not in events


@pytest.mark.parametrize("model", AUDITED)
def test_any_search_is_answered(desk: Client, history: dict[str, Any], model: Any) -> None:
    queries = ["ada", "1", "127.0.0.1", "x" * 300, "9" * 30, "'\"%_\\", "\0"]
    statuses = {query: desk.get(listing(model), {"q": query}).status_code for query in queries}
    # Back to the whole list, with a word: a NUL is in nothing that could be found.
    assert statuses == {**dict.fromkeys(queries, 200), "\0": 302}


def test_a_search_finds_by_user_name_and_file_and_counts_right(
    desk: Client, history: dict[str, Any]
) -> None:
    for query in ("ada", "failed <b>.png", "png", str(history["id"])):
        body = text_of(desk.get(listing(Upload), {"q": query}))
        assert page(Upload, history["id"]) in body, query
        assert "3 succeeded" in body, query
    assert page(Upload, history["id"]) not in text_of(desk.get(listing(Upload), {"q": "bob"}))


def test_the_list_costs_the_same_however_much_there_is(
    desk: Client, as_ada: APIClient, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        uploaded(as_ada, *[file()] * 3)
    with django_assert_max_num_queries(12):
        text_of(desk.get(listing(Upload)))
    with django_assert_max_num_queries(12):
        text_of(desk.get(listing(Prediction)))


def test_an_empty_list_says_in_a_sentence_that_there_is_nothing(desk: Client) -> None:
    empty = text_of(desk.get(listing(Upload)))
    assert "There are no uploads yet." in empty
    assert "Uploads | Darkroom" in " ".join(empty.split())
    assert "No uploads match these filters." in text_of(desk.get(listing(Upload), {"q": "nobody"}))


def test_a_list_is_called_the_same_in_the_sidebar_and_on_its_page(
    desk: Client, history: dict[str, Any]
) -> None:
    entries = [one for group in LOOK["SIDEBAR"]["navigation"] for one in group["items"]]
    lists = {str(one["link"]): one["title"] for one in entries if "/uploads/" in str(one["link"])}
    assert {listing(one) for one in [*AUDITED, User]} == set(lists)
    for address, title in lists.items():
        assert f"<title>{title} | Darkroom</title>" in " ".join(
            text_of(desk.get(address)).split()
        ).replace("<title> ", "<title>").replace(" </title>", "</title>")


def test_empty_lists_of_what_is_now_say_how_it_stands(desk: Client) -> None:
    for table, words in (
        (QueuePause, "No queue is paused."),
        (TrafficSplit, "No traffic is split."),
        (Worker, "No worker runs:"),
        (ModelCommand, "Nobody has loaded or unloaded a model by hand."),
    ):
        assert words in text_of(desk.get(listing(table)))


def test_counts_of_rows_have_separators(desk: Client, ada: User) -> None:
    Upload.objects.bulk_create(
        Upload(user=ada, model="ocr", upload_path=str(number)) for number in range(1001)
    )
    assert "1,001 uploads" in " ".join(text_of(desk.get(listing(Upload))).split())
