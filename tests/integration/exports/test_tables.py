"""Results as a table: each prediction is a row, and nothing in it is a formula."""

import csv
import io
import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.integration.exports.taking import asked, taken, unpacked
from tests.integration.rest import content_of, fail, file, succeed, uploaded
from uploads.exports import selection
from uploads.exports.tables import COLUMNS
from uploads.models import Event, Prediction, User

pytestmark = pytest.mark.django_db

LABELS = {
    "kind": "labels",
    "labels": [{"label": "cat", "score": 0.75}, {"label": "dog", "score": 0.25}],
}


def rows_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def three(as_ada: APIClient) -> list[dict[str, Any]]:
    """A text, labels and a failure."""
    body = uploaded(as_ada, *(file(name=name) for name in ("영수증.png", "pet.png", "broken.png")))
    text = {"kind": "text", "text": "합계\n12,000원", "language": "ko", "regions": []}
    first, second, third = (image["prediction"]["id"] for image in body["images"])
    succeed(first, text)
    succeed(second, LABELS)
    fail(third)
    images: list[dict[str, Any]] = body["images"]
    return images


def test_a_spreadsheet_has_a_row_for_each_prediction(
    as_ada: APIClient, three: list[dict[str, Any]]
) -> None:
    read, labeled, failed = rows_of(taken(as_ada, format="csv", filter={}))
    assert (read["name"], read["text"], read["language"]) == ("영수증.png", "합계\n12,000원", "ko")
    assert (labeled["label"], labeled["score"]) == ("cat", "0.75")
    assert json.loads(labeled["labels"]) == LABELS["labels"]
    assert (failed["state"], failed["error_code"]) == ("failed", "unreadable_image")
    assert [int(row["image"]) for row in (read, labeled, failed)] == [one["id"] for one in three]
    assert tuple(read) == COLUMNS


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\uff1d1"])
def test_what_was_read_is_no_formula(as_ada: APIClient, text: str) -> None:
    image = uploaded(as_ada, file(name="=cmd.png"))["images"][0]
    succeed(image["prediction"]["id"], {"kind": "text", "text": text, "regions": []})
    (row,) = rows_of(taken(as_ada, format="csv", filter={}))
    assert (row["text"], row["name"]) == (f"'{text}", "'=cmd.png")


def test_json_has_predictions_as_the_api_gives_them(
    as_ada: APIClient, three: list[dict[str, Any]]
) -> None:
    lines = taken(as_ada, format="jsonl", filter={}).decode().splitlines()
    objects = [json.loads(line) for line in lines]
    assert objects == json.loads(taken(as_ada, format="json", filter={}))
    facts = [one.pop("image_facts") for one in objects]
    assert [one["name"] for one in facts] == [one["name"] for one in three]
    assert facts[0]["sha256"] == three[0]["sha256"]
    for one in objects:
        assert one == as_ada.get(f"/api/predictions/{one['id']}/").json()


def test_a_selection_has_every_prediction_of_its_images_alone(
    as_ada: APIClient, three: list[dict[str, Any]]
) -> None:
    again = as_ada.post(three[0]["predictions"], {"model": "background-removal"}, format="json")
    found = json.loads(taken(as_ada, format="json", images=[three[0]["id"]]))
    assert [one["id"] for one in found] == [three[0]["prediction"]["id"], again.json()["id"]]


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("json", "application/json"),
        ("jsonl", "application/jsonl"),
    ],
)
def test_a_table_comes_as_an_attachment_and_is_audited(
    as_ada: APIClient, form: str, content_type: str
) -> None:
    uploaded(as_ada)
    answer = as_ada.get(asked(as_ada, format=form, filter={})["url"])
    assert content_of(answer)
    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"].endswith(f'.{form}"')
    assert Event.objects.get(kind="images.exported").facts["format"] == form


@pytest.mark.parametrize("most", [1, 2, 5])
def test_of_an_image_with_very_many_predictions_some_are_in_memory_at_a_time(
    as_ada: APIClient, ada: User, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    first, second, _ = uploaded(as_ada, file(), file(), file())["images"]
    for _ in range(5):
        asked_again(as_ada, first["id"])
    for each in Prediction.objects.exclude(image=second["id"]):
        succeed(each.pk)
    forms = ("csv", "json", "jsonl")
    whole = [taken(as_ada, format=form, filter={}) for form in forms]
    names = sorted(unpacked(taken(as_ada, filter={})))
    everything = sorted(unpacked(all_of(as_ada)))
    monkeypatch.setattr(selection, "PREDICTIONS_AT_ONCE", most)
    assert [taken(as_ada, format=form, filter={}) for form in forms] == whole
    assert sorted(unpacked(taken(as_ada, filter={}))) == names
    parts = sorted(unpacked(all_of(as_ada)))
    assert [name for name in parts if "-part" not in name] == everything
    reading = selection.Selection(ada.pk, [first["id"], 12345, second["id"]])
    read = []
    while some := reading.read():
        read.append(some)
    assert [pk for some in read for pk in some.missing] == [12345]
    assert max(len(row.predictions) for some in read for row in some.rows) <= most
    told = [one.pk for some in read for row in some.rows for one in row.predictions]
    images = (first["id"], second["id"])
    assert told == [
        pk
        for image in images
        for pk in Prediction.objects.filter(image=image).order_by("pk").values_list("pk", flat=True)
    ]


def asked_again(client: APIClient, image: int) -> None:
    answer = client.post(f"/api/images/{image}/predictions/", {"model": "ocr"}, format="json")
    assert answer.status_code == 202, answer.content


def all_of(client: APIClient) -> bytes:
    answer = client.post("/api/users/me/export/", {}, format="json")
    return content_of(client.get(answer.json()["url"]))
