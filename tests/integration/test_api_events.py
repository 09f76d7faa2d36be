"""Events by REST: what happened, in order, from any point on."""

import uuid

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import TEXT, fail, file, refused, succeed, uploaded
from uploads import replay

pytestmark = pytest.mark.django_db

URL = "/api/events/"


def test_events_come_in_order_without_a_gap(as_ada: APIClient) -> None:
    body = uploaded(as_ada, file(), file())
    first, second = (image["prediction"]["id"] for image in body["images"])
    succeed(first)
    fail(second)
    page = as_ada.get(URL).json()
    assert page.keys() == {"epoch", "seq", "results"}
    assert str(uuid.UUID(page["epoch"])) == page["epoch"]
    assert [one["seq"] for one in page["results"]] == list(range(1, page["seq"] + 1))
    assert [one["kind"] for one in page["results"]] == [
        "upload.created",
        *["prediction.queued"] * 2,
        *["prediction.started"] * 2,
        "prediction.succeeded",
        "prediction.failed",
    ]


def test_an_event_has_the_keys_of_the_socket(as_ada: APIClient) -> None:
    body = uploaded(as_ada)
    image = body["images"][0]
    created, queued = as_ada.get(URL).json()["results"]
    assert (
        created.keys()
        == queued.keys()
        == {*("type", "seq", "kind", "at", "upload", "image", "prediction", "data")}
    )
    assert (created["type"], created["upload"], created["image"]) == ("event", body["id"], None)
    assert created["data"]["images"] == [image["id"]]
    assert (queued["image"], queued["prediction"]) == (image["id"], image["prediction"]["id"])
    assert queued["data"] == image["prediction"] | {"queue_position": None, "waiting": None}
    assert queued["at"].endswith("Z")


def test_a_success_brings_its_output(as_ada: APIClient) -> None:
    image = uploaded(as_ada)["images"][0]
    succeed(image["prediction"]["id"])
    last = as_ada.get(URL).json()["results"][-1]
    assert last["data"] == as_ada.get(f"/api/predictions/{last['prediction']}/").json()
    assert last["data"]["output"] == TEXT


def test_a_large_output_is_left_to_be_read_by_itself(as_ada: APIClient) -> None:
    image = uploaded(as_ada)["images"][0]
    succeed(image["prediction"]["id"], TEXT | {"text": "x" * replay.OUTPUT_LIMIT_BYTES})
    data = as_ada.get(URL).json()["results"][-1]["data"]
    assert (data["output"], data["truncated"]) == (None, True)


def test_only_events_after_a_seq_are_given(as_ada: APIClient) -> None:
    uploaded(as_ada, file(), file())
    everything = as_ada.get(URL).json()
    page = as_ada.get(f"{URL}?after=1").json()
    assert page == everything | {"results": everything["results"][1:]}
    assert as_ada.get(f"{URL}?after=3").json()["results"] == []
    assert as_ada.get(f"{URL}?after=999").json()["results"] == []


def test_a_long_history_comes_in_parts(as_ada: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uploads.api.events.EVENTS_A_PAGE", 2)
    uploaded(as_ada, file(), file())
    first = as_ada.get(URL).json()
    assert ([one["seq"] for one in first["results"]], first["seq"]) == ([1, 2], 3)
    assert [one["seq"] for one in as_ada.get(f"{URL}?after=2").json()["results"]] == [3]


def test_the_epoch_stays_the_same(as_ada: APIClient) -> None:
    before = as_ada.get(URL).json()
    assert (before["seq"], before["results"]) == (0, [])
    uploaded(as_ada)
    assert as_ada.get(URL).json()["epoch"] == before["epoch"]


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "²", "9" * 20, "\0"])
def test_a_seq_that_cannot_be_is_refused(as_ada: APIClient, after: str) -> None:
    body = refused(as_ada.get(URL, {"after": after}), 400, "invalid")
    assert body["errors"][0]["field"] == "after"


def test_what_is_for_the_audit_alone_is_no_event(as_ada: APIClient) -> None:
    image = uploaded(as_ada)["images"][0]
    before = as_ada.get(URL).json()
    as_ada.get(image["file"])
    assert as_ada.get(URL).json() == before
