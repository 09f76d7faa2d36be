"""Everything that is kept of a user, as a file to take along."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.integration.exports.taking import unpacked
from tests.integration.rest import content_of, file, refused, succeed, uploaded
from tests.photos import tiny
from uploads.events import Actor
from uploads.exports import account, selection
from uploads.models import Event, Scope, User
from uploads.sign_in import keys

pytestmark = pytest.mark.django_db

URL = "/api/users/me/export/"
READ = {
    "kind": "text",
    "text": "teh cat",
    "paragraphs": ["teh cat"],
    "regions": [{"text": "teh cat", "polygon": [[0, 0]] * 4, "confidence": 0.5}],
}


def everything(client: APIClient, **asked: Any) -> dict[str, bytes]:
    answer = client.post(URL, asked, format="json")
    assert answer.status_code == 201, answer.content
    return unpacked(content_of(client.get(answer.json()["url"])))


def test_all_that_one_has_is_in_it_and_nothing_of_others(
    as_ada: APIClient, ada: User, as_bob: APIClient
) -> None:
    uploaded(as_bob, file(tiny(9), "bob.png"))
    image = uploaded(as_ada, file(tiny(1), "cat.png"))["images"][0]
    pk = image["prediction"]["id"]
    succeed(pk, READ)
    line = {"seen": "teh cat", "text": "the cat"}
    as_ada.put(f"/api/predictions/{pk}/corrections/0/", line, format="json")
    files = everything(as_ada)
    assert files["originals/cat.png"] == tiny(1)
    assert files["results/cat.ocr.txt"] == b"the cat\n"
    about = json.loads(files["account.json"])
    assert (about["id"], about["username"], len(about["sign_ins"])) == (ada.pk, "ada", 1)
    record = json.loads(files[f"records/photo-{image['id']}.json"])
    (run,) = record["runs"]
    assert record["name"] == "cat.png"
    assert run["output"]["text"] == "the cat"
    assert run["model_output"] == READ
    assert [(one["before"], one["after"]) for one in run["corrections"]] == [("teh cat", "the cat")]
    told = [json.loads(line) for line in files["events/0001.jsonl"].decode().splitlines()]
    assert [one["seq"] for one in told] == list(range(1, len(told) + 1))
    assert not any("bob" in name for name in files)


def test_what_others_did_is_told_without_where_they_sit(
    as_ada: APIClient, ada: User, bob: User
) -> None:
    Event.objects.create(
        user_id=ada.pk, kind="image.viewed", actor_id=bob.pk, address="192.0.2.1", reason="a case"
    )
    files = everything(as_ada)
    content = b"".join(files.values())
    assert b"image.viewed" in content
    assert b"192.0.2.1" not in content
    assert b"a case" not in content


def test_a_record_with_very_many_results_comes_in_parts(
    as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "PREDICTIONS_AT_ONCE", 2)
    image = uploaded(as_ada)["images"][0]
    for _ in range(4):
        as_ada.post(image["predictions"], {"model": "ocr"}, format="json")
    files = everything(as_ada)
    stem = f"records/photo-{image['id']}"
    parts = [json.loads(files[f"{stem}{part}.json"]) for part in ("", "-part2", "-part3")]
    assert [one["id"] for one in parts] == [image["id"]] * 3
    assert [len(one["runs"]) for one in parts] == [2, 2, 1]
    assert len({run["id"] for one in parts for run in one["runs"]}) == 5


def test_events_come_in_files_of_some(as_ada: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "EVENTS_AT_ONCE", 2)
    uploaded(as_ada, file(), file())
    files = everything(as_ada)
    lines = [
        json.loads(line)
        for name in sorted(files)
        if name.startswith("events/")
        for line in files[name].decode().splitlines()
    ]
    assert [one["kind"] for one in lines if one["seq"]] == [
        "upload.created",
        "prediction.queued",
        "prediction.queued",
    ]
    assert {"user.signed_in", "images.exported"} <= {one["kind"] for one in lines}


def test_many_photos_come_in_parts(as_ada: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "IMAGES_A_PART", 2)
    uploaded(as_ada, *(file(tiny(n), f"{n}.png") for n in range(3)))
    assert as_ada.post(URL, {}, format="json").json()["parts"] == 2
    first, second = everything(as_ada), everything(as_ada, part=2)
    assert {name for name in first if name.startswith("originals/")} == {
        "originals/0.png",
        "originals/1.png",
    }
    assert {name for name in second if name.startswith("originals/")} == {"originals/2.png"}
    assert "account.json" not in second
    refused(as_ada.post(URL, {"part": 3}, format="json"), 400, "invalid")
    refused(as_ada.post(URL, {"part": "x"}, format="json"), 400, "invalid")


def test_who_has_nothing_gets_the_account(as_ada: APIClient) -> None:
    assert {"account.json", "events/0001.jsonl"} == set(everything(as_ada))


def test_a_key_does_not_take_everything(as_ada: APIClient, ada: User) -> None:
    _, key = keys.make(ada, "a script", list(Scope), None, Actor(id=ada.pk))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
    refused(client.post(URL, {}, format="json"), 403, "not_for_keys")
    asked = {"format": "account", "filter": {}}
    refused(as_ada.post("/api/exports/", asked, format="json"), 400, "invalid")


def test_no_secret_is_in_it(as_ada: APIClient, ada: User) -> None:
    row, key = keys.make(ada, "a script", list(Scope), None, Actor(id=ada.pk))
    content = b"".join(everything(as_ada).values()).decode()
    assert row.prefix in content
    ada.refresh_from_db()
    for secret in (key, row.sha256, ada.password):
        assert secret not in content
