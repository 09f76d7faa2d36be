"""JSON is compressed for who takes it, and what holds a token never is."""

import gzip
import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from project.compression import LEAST_BYTES
from tests.integration.rest import PASSWORD, content_of, file, uploaded
from uploads.models import User

pytestmark = pytest.mark.django_db

GZIP = {"Accept-Encoding": "br, gzip;q=0.8"}


@pytest.fixture
def listed(as_ada: APIClient) -> str:
    """A list that is long enough."""
    uploaded(as_ada, *(file(name=f"{n}.png") for n in range(5)))
    return "/api/images/"


def test_a_long_answer_is_compressed_for_who_takes_it(as_ada: APIClient, listed: str) -> None:
    plain, small = as_ada.get(listed), as_ada.get(listed, headers=GZIP)
    assert "Content-Encoding" not in plain
    assert small["Content-Encoding"] == "gzip"
    assert int(small["Content-Length"]) == len(small.content) < len(plain.content) / 3
    assert json.loads(gzip.decompress(small.content)) == plain.json()
    for answer in (plain, small):
        assert "Accept-Encoding" in answer["Vary"]


def test_the_largest_is_the_same_once_it_is_unpacked(as_ada: APIClient) -> None:
    uploaded(as_ada, *(file(name=f"{n}.png") for n in range(60)))
    address = "/api/images/?page_size=200"
    small = as_ada.get(address, headers=GZIP)
    assert len(gzip.decompress(small.content)) > 32 * 1024
    assert json.loads(gzip.decompress(small.content)) == as_ada.get(address).json()


@pytest.mark.parametrize(
    ("accepted", "is_compressed"),
    [
        ("gzip", True),
        ("*", True),
        ("GZIP ; q=1", True),
        ("deflate, gzip", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("xgzip", False),
    ],
)
def test_what_a_client_takes_is_read_as_the_standard_says(
    as_ada: APIClient, listed: str, accepted: str, is_compressed: bool
) -> None:
    answer = as_ada.get(listed, headers={"Accept-Encoding": accepted})
    assert answer.has_header("Content-Encoding") == is_compressed


def test_a_short_answer_is_sent_as_it_is(as_ada: APIClient) -> None:
    answer = as_ada.get("/api/users/me/", headers=GZIP)
    assert len(answer.content) <= LEAST_BYTES
    assert "Content-Encoding" not in answer


def test_no_token_is_ever_compressed(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("project.compression.LEAST_BYTES", 1)
    body = {"username": "ada", "password": PASSWORD}
    answer: Any = APIClient().post("/api/token/", body, format="json", headers=GZIP)
    assert answer.json()["access"]
    assert "Content-Encoding" not in answer


def test_files_are_sent_as_they_are(as_ada: APIClient) -> None:
    image = uploaded(as_ada)["images"][0]
    answer = as_ada.get(image["file"], headers=GZIP)
    assert "Content-Encoding" not in answer
    assert len(content_of(answer)) == image["size"]
