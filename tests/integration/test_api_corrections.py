"""Lines of recognized text are corrected, found and taken along, and can be undone."""

import json
import threading
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from tests.integration.archives import audited
from tests.integration.conftest import Uploads, signed_in
from tests.integration.exports.taking import taken
from tests.integration.rest import refused, succeed, uploaded
from uploads import corrections, finding
from uploads.models import Correction, Event, ModelOutput, Prediction, User

pytestmark = pytest.mark.django_db

READ: dict[str, Any] = {
    "kind": "text",
    "text": "합개\n12,000원",
    "paragraphs": ["합개", "12,000원"],
    "language": "ko",
    "turned": 0,
    "regions": [
        {"text": "합개", "polygon": [[0, 0], [9, 0], [9, 9], [0, 9]], "confidence": 0.6},
        {"text": "12,000원", "polygon": [[0, 20], [9, 20], [9, 29], [0, 29]], "confidence": 0.9},
    ],
}


@pytest.fixture
def read(as_ada: APIClient) -> int:
    """A prediction that has read a word wrong."""
    pk: int = uploaded(as_ada)["images"][0]["prediction"]["id"]
    succeed(pk, READ)
    return pk


def put(client: APIClient, pk: int, line: int, seen: str, text: str) -> Any:
    body = {"seen": seen, "text": text}
    return client.put(f"/api/predictions/{pk}/corrections/{line}/", body, format="json")


def names(client: APIClient, text: str) -> int:
    return len(client.get("/api/images/", {"q": text}).json()["results"])


def test_a_corrected_line_is_what_everybody_sees(as_ada: APIClient, read: int) -> None:
    answer = put(as_ada, read, 0, "합개", "합계")
    assert answer.status_code == 200, answer.content
    output = answer.json()["output"]
    assert (output["text"], output["paragraphs"]) == ("합계\n12,000원", ["합계", "12,000원"])
    assert output["regions"][0] == {**READ["regions"][0], "text": "합계", "original": "합개"}
    assert output["regions"][1] == READ["regions"][1]
    assert as_ada.get(f"/api/predictions/{read}/").json() == answer.json()
    (listed,) = as_ada.get("/api/images/").json()["results"]
    assert listed["runs"][0]["output"] == output


def test_the_correction_is_found_and_the_mistake_no_more(as_ada: APIClient, read: int) -> None:
    assert (names(as_ada, "합계"), names(as_ada, "합개")) == (0, 1)
    put(as_ada, read, 0, "합개", "합계")
    assert (names(as_ada, "합계"), names(as_ada, "합개")) == (1, 0)
    assert [row.pk for row in finding.find("합계").predictions] == [read]
    assert not finding.find("합개").predictions


def test_the_correction_is_taken_along(as_ada: APIClient, read: int) -> None:
    put(as_ada, read, 0, "합개", "합계")
    (row,) = json.loads(taken(as_ada, format="json", filter={}))
    assert row["output"]["text"] == "합계\n12,000원"


def test_other_tabs_are_told_by_an_event_with_the_new_text(as_ada: APIClient, read: int) -> None:
    before = as_ada.get("/api/events/?after=0").json()["seq"]
    put(as_ada, read, 0, "합개", "합계")
    (event,) = as_ada.get(f"/api/events/?after={before}").json()["results"]
    assert (event["kind"], event["prediction"]) == ("prediction.corrected", read)
    assert event["data"] == as_ada.get(f"/api/predictions/{read}/").json()
    assert "합계" not in str(Event.objects.get(kind="prediction.corrected").facts)
    assert audited().startswith("0 violations")


def test_the_models_own_output_stays_as_it_was(as_ada: APIClient, read: int) -> None:
    put(as_ada, read, 0, "합개", "합계")
    put(as_ada, read, 1, "12,000원", "12,000 원")
    assert ModelOutput.objects.get().output == READ
    put(as_ada, read, 0, "합계", "소계")
    assert ModelOutput.objects.get().output == READ
    regions = as_ada.get(f"/api/predictions/{read}/").json()["output"]["regions"]
    assert [one["original"] for one in regions] == ["합개", "12,000원"]


def test_undoing_brings_back_what_the_model_read(as_ada: APIClient, read: int) -> None:
    address = f"/api/predictions/{read}/corrections/"
    put(as_ada, read, 0, "합개", "합계")
    put(as_ada, read, 0, "합계", "소계")
    assert as_ada.delete(f"{address}0/").json()["output"] == READ
    assert not ModelOutput.objects.exists()
    assert as_ada.delete(f"{address}0/").status_code == 200
    history = as_ada.get(address).json()["results"]
    assert [(one["line"], one["before"], one["after"]) for one in history] == [
        (0, "소계", "합개"),
        (0, "합계", "소계"),
        (0, "합개", "합계"),
    ]


def test_the_history_says_who_and_when(as_ada: APIClient, ada: User, read: int) -> None:
    put(as_ada, read, 0, "합개", "합계")
    (one,) = as_ada.get(f"/api/predictions/{read}/corrections/").json()["results"]
    assert one["by"] == ada.pk
    assert one["at"].endswith("Z")


def test_who_has_seen_another_text_is_told_so(as_ada: APIClient, read: int) -> None:
    put(as_ada, read, 0, "합개", "합계")
    refused(put(as_ada, read, 0, "합개", "소계"), 409, "text_changed")
    assert names(as_ada, "합계") == 1
    assert Correction.objects.count() == 1


def test_the_same_text_again_is_no_correction(as_ada: APIClient, read: int) -> None:
    assert put(as_ada, read, 0, "합개", "합개").status_code == 200
    assert not Correction.objects.exists()
    assert not Event.objects.filter(kind="prediction.corrected").exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two\r\n lines\t", "two lines"),
        ("\u1112\u1161\u11ab", "한"),
        ("a\x07b\x1f", "ab"),
        ("", ""),
        ("<b>&", "<b>&"),
    ],
)
def test_a_line_is_kept_as_one_line(as_ada: APIClient, read: int, typed: str, kept: str) -> None:
    answer = put(as_ada, read, 0, "합개", typed)
    assert answer.json()["output"]["regions"][0]["text"] == kept


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "x"},
        {"seen": "합개"},
        {"text": 1.5, "seen": []},
        [],
        {"text": None, "seen": ""},
    ],
)
def test_what_makes_no_sense_is_refused(as_ada: APIClient, read: int, body: Any) -> None:
    address = f"/api/predictions/{read}/corrections/0/"
    refused(as_ada.put(address, body, format="json"), 400, "invalid")


def test_a_line_has_its_bounds(as_ada: APIClient, read: int) -> None:
    refused(put(as_ada, read, 0, "합개", "x" * 2001), 400, "invalid")
    refused(put(as_ada, read, 2, "", "x"), 404, "not_found")


@pytest.mark.parametrize("bound", ["MAX_CORRECTIONS", "MAX_OF_A_LINE"])
def test_a_line_is_corrected_so_often_and_can_be_undone_still(
    as_ada: APIClient, read: int, bound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, bound, 1)
    put(as_ada, read, 0, "합개", "합계")
    refused(put(as_ada, read, 0, "합계", "소계"), 409, "too_many_corrections")
    other = put(as_ada, read, 1, "12,000원", "12,000 원").status_code
    assert other == (200 if bound == "MAX_OF_A_LINE" else 409)
    undone = as_ada.delete(f"/api/predictions/{read}/corrections/0/")
    assert undone.json()["output"]["regions"][0] == READ["regions"][0]
    refused(put(as_ada, read, 0, "합개", "합계"), 409, "too_many_corrections")
    assert Correction.objects.filter(line=0).count() == 2


def test_only_text_is_corrected(as_ada: APIClient) -> None:
    pk = uploaded(as_ada)["images"][0]["prediction"]["id"]
    refused(put(as_ada, pk, 0, "", "x"), 409, "not_correctable")
    succeed(pk, {"kind": "labels", "labels": []})
    refused(put(as_ada, pk, 0, "", "x"), 409, "not_correctable")


def test_somebody_elses_text_is_not_there(as_bob: APIClient, read: int) -> None:
    refused(put(as_bob, read, 0, "합개", "합계"), 404, "not_found")
    refused(as_bob.delete(f"/api/predictions/{read}/corrections/0/"), 404, "not_found")
    refused(as_bob.get(f"/api/predictions/{read}/corrections/"), 404, "not_found")


@pytest.mark.parametrize("what", ["images", "uploads"])
def test_corrections_go_with_what_they_correct(as_ada: APIClient, read: int, what: str) -> None:
    put(as_ada, read, 0, "합개", "합계")
    row = Prediction.objects.select_related("image").get(pk=read)
    pk = row.image_id if what == "images" else row.image.upload_id
    as_ada.delete(f"/api/{what}/{pk}/")
    assert not Correction.objects.exists()
    assert not ModelOutput.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_correct_a_line_at_once_one_is_told(ada: User, upload: Uploads) -> None:
    pk = upload(ada).images.get().predictions.get().pk
    succeed(pk, READ)
    clients = [signed_in(ada), signed_in(ada)]
    start = threading.Barrier(2)
    statuses: list[int] = []

    def correct(client: APIClient, text: str) -> None:
        start.wait()
        statuses.append(put(client, pk, 0, "합개", text).status_code)
        connections.close_all()

    threads = [
        threading.Thread(target=correct, args=(client, text))
        for client, text in zip(clients, ("합계", "소계"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409]
    assert Correction.objects.count() == 1
