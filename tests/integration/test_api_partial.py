"""Uploads with `?partial=1`: what is good is stored, what is not is named."""

from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import file, post, refused, stored
from tests.photos import tiny
from uploads.models import Image, Upload

pytestmark = pytest.mark.django_db

GOOD = (file(tiny(1), "a.png"), file(tiny(2), "c.png"))
MIXED = (GOOD[0], file(b"no picture", "b.heic"), GOOD[1], file(b"", "d.png"))
REJECTED = [(1, "b.heic", "unsupported_format"), (3, "d.png", "empty_file")]


def rejected(body: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(one["position"], one["name"], one["code"]) for one in body["rejected"]]


def test_good_files_are_stored_at_their_place_and_each_bad_one_is_named(
    as_ada: APIClient, media: Path
) -> None:
    answer = post(as_ada, *MIXED, query="partial=1")
    assert answer.status_code == 202
    body = answer.json()
    assert rejected(body) == REJECTED
    assert all(one["message"].endswith(".") for one in body["rejected"])
    assert [(i["position"], i["name"]) for i in body["images"]] == [(0, "a.png"), (2, "c.png")]
    assert len(stored(media)) == 2
    kept = as_ada.get(f"/api/uploads/{body['id']}/").json()
    assert kept["images"] == body["images"]


def test_where_all_are_good_nothing_is_rejected(as_ada: APIClient) -> None:
    body = post(as_ada, *GOOD, query="partial=1").json()
    assert (len(body["images"]), body["rejected"]) == (2, [])


def test_without_a_good_file_the_request_is_refused(as_ada: APIClient, media: Path) -> None:
    body = refused(post(as_ada, MIXED[1], MIXED[3], query="partial=1"), 400, "invalid")
    assert [one["position"] for one in body["errors"]] == [0, 1]
    assert stored(media) == []


@pytest.mark.parametrize("query", ["", "partial=0"])
def test_unless_it_is_asked_for_one_bad_file_refuses_them_all(
    as_ada: APIClient, query: str
) -> None:
    refused(post(as_ada, *MIXED, query=query), 400, "invalid")
    assert Upload.objects.count() == 0


@pytest.mark.parametrize("flag", ["true", "True", "TRUE"])
def test_the_flag_may_be_a_word(as_ada: APIClient, flag: str) -> None:
    assert post(as_ada, *MIXED, query=f"partial={flag}").status_code == 202


def test_a_value_that_is_no_flag_is_refused(as_ada: APIClient) -> None:
    body = refused(post(as_ada, *GOOD, query="partial=maybe"), 400, "invalid")
    assert body["errors"][0]["field"] == "partial"


def test_the_same_key_answers_with_the_first_upload_and_the_same_rejected_files(
    as_ada: APIClient,
) -> None:
    first = post(as_ada, *MIXED, query="partial=1", key="k")
    again = post(as_ada, *MIXED, query="partial=1", key="k")
    assert again.json() == first.json()
    assert Image.objects.count() == 2


def test_files_that_were_left_out_are_part_of_what_a_key_stands_for(as_ada: APIClient) -> None:
    assert post(as_ada, *MIXED, query="partial=1", key="k").status_code == 202
    refused(post(as_ada, *GOOD, query="partial=1", key="k"), 422, "idempotency_key_reused")


@pytest.mark.django_db(transaction=True)
def test_who_waits_is_told_of_rejected_files_too(as_ada: APIClient) -> None:
    answer = post(as_ada, *MIXED, query="partial=1&wait=0.1")
    assert rejected(answer.json()) == REJECTED
