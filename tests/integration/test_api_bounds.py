"""What an answer holds of images with very many results: rows that are read, and pages that end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db.models.signals import post_init
from django.utils import timezone
from rest_framework.test import APIClient

from tests.integration.rest import file, uploaded
from uploads.api import runs
from uploads.models import Prediction

pytestmark = pytest.mark.django_db

IMAGES = "/api/images/"
UPLOADS = "/api/uploads/"


def run_over(image: dict[str, Any], count: int) -> None:
    """Gives an image so many results more, each with a text."""
    row = Prediction.objects.get(pk=image["prediction"]["id"])
    now = timezone.now()
    ended = {"state": "succeeded", "started_at": now, "finished_at": now, "attempt": 1}
    Prediction.objects.bulk_create(
        Prediction(
            image=row.image,
            user=row.user,
            model="ocr",
            model_version="1",
            output={"kind": "text", "text": str(number), "regions": []},
            **ended,
        )
        for number in range(count)
    )


@contextmanager
def predictions_read() -> Iterator[list[int]]:
    """The ids of the predictions that are read meanwhile with what they recognized."""
    read: list[int] = []

    def note(instance: Prediction, **_: Any) -> None:
        if "output" not in instance.get_deferred_fields():
            read.append(instance.pk)

    post_init.connect(note, sender=Prediction)
    try:
        yield read
    finally:
        post_init.disconnect(note, sender=Prediction)


def pages(client: APIClient, url: str | None) -> list[dict[str, Any]]:
    """All pages from this one on."""
    found = []
    while url:
        found.append(client.get(url).json())
        url = found[-1]["next"]
    return found


def ids(page: dict[str, Any]) -> list[int]:
    return [one["id"] for one in page["results"]]


def test_a_list_reads_the_newest_results_of_an_image_and_counts_the_others(
    as_ada: APIClient,
) -> None:
    many, few = uploaded(as_ada, file(), file())["images"]
    run_over(many, 40)
    with predictions_read() as read:
        first, second = as_ada.get(IMAGES).json()["results"]
    newest = Prediction.objects.filter(image=many["id"]).order_by("-pk")[: runs.RUNS_SHOWN]
    assert [one["id"] for one in first["runs"]] == [one.pk for one in newest][::-1]
    assert first["runs"][-1]["output"]["text"] == "39"
    assert (first["runs_count"], second["runs_count"]) == (41, 1)
    assert [one["id"] for one in second["runs"]] == [few["prediction"]["id"]]
    assert len(read) == runs.RUNS_SHOWN + 1
    others = pages(as_ada, f"{first['predictions']}?page_size=20")
    assert sum(len(page["results"]) for page in others) == 41


def test_an_upload_reads_the_result_that_it_asked_for_and_counts_all(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(), file())
    run_over(body["images"][0], 40)
    for url in (f"{UPLOADS}{body['id']}/", UPLOADS):
        with predictions_read() as read:
            answer = as_ada.get(url).json()
        shown = answer["results"][0] if url == UPLOADS else answer
        assert [one["prediction"]["id"] for one in shown["images"]] == sorted(read)
        assert len(read) == 2
        assert shown["counts"] == {**body["counts"], "succeeded": 40}


def test_a_page_of_images_ends_where_their_results_are_too_many(
    as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "PREDICTIONS_A_PAGE", 5)
    images = uploaded(as_ada, *[file() for _ in range(4)])["images"]
    for image in images[1:3]:
        run_over(image, 3)
    found = pages(as_ada, IMAGES)
    assert [ids(page) for page in found] == [
        [image["id"] for image in some] for some in (images[:2], images[2:])
    ]


def test_a_page_of_uploads_ends_where_their_images_are_too_many(
    as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "PREDICTIONS_A_PAGE", 3)
    sizes = [1, 4, 2, 1, 1]  # one may be larger than a page
    made = [uploaded(as_ada, *[file()] * size)["id"] for size in sizes][::-1]
    found = pages(as_ada, UPLOADS)
    assert [ids(page) for page in found] == [made[:2], made[2:3], made[3:4], made[4:]]
    back: list[int] = []
    url = found[-1]["previous"]
    while url:
        page = as_ada.get(url).json()
        back = ids(page) + back
        url = page["previous"]
    assert back == made[:4]


def test_a_page_that_ended_early_keeps_what_was_asked_for(
    as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "PREDICTIONS_A_PAGE", 1)
    for _ in range(3):
        uploaded(as_ada)
    for url in (IMAGES, UPLOADS):
        following = as_ada.get(f"{url}?page_size=2&model=ocr").json()["next"]
        asked = parse_qs(urlsplit(following).query)
        assert (asked["page_size"], asked["model"]) == (["2"], ["ocr"])


def test_an_image_with_more_results_than_an_expression_has_parts_is_deleted(
    as_ada: APIClient,
) -> None:
    kept, many = uploaded(as_ada, file(), file())["images"]
    run_over(many, 1100)
    assert as_ada.delete(f"{IMAGES}{many['id']}/").status_code == 204
    assert ids(as_ada.get(IMAGES).json()) == [kept["id"]]


def test_deleting_reads_no_results(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(), file())
    run_over(body["images"][0], 5)
    ended = set(Prediction.objects.exclude(output=None).values_list("pk", flat=True))
    with predictions_read() as read:
        assert as_ada.delete(f"{IMAGES}{body['images'][0]['id']}/").status_code == 204
        assert as_ada.delete(f"{UPLOADS}{body['id']}/").status_code == 204
    assert len(ended) == 5
    assert ended.isdisjoint(read)
