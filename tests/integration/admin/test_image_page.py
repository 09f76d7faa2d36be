"""The page of an image: everything that happened to it, and everybody who touched it."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests.integration.desk import listing, page, staff, text_of
from tests.integration.rest import content_of, file, uploaded
from tests.photos import tiny
from uploads.admin import touches
from uploads.admin.timeline import WORDS, words_of
from uploads.event_kinds import Kind
from uploads.models import Event, Image, Prediction, Upload, User

pytestmark = pytest.mark.django_db


def timeline(body: str) -> str:
    return body[body.index("<h2>Timeline</h2>") :]


def test_it_tells_its_own_story_and_no_neighbors(desk: Client, history: dict[str, Any]) -> None:
    failed, canceled = history["images"][3], history["images"][4]
    told = timeline(text_of(desk.get(page(Image, failed["id"]))))
    for word in ("Uploaded", "Queued", "Started", "Failed", "ada", "127.0.0.1"):
        assert word in told
    assert "Canceled" not in told
    assert "Canceled" in timeline(text_of(desk.get(page(Image, canceled["id"]))))


def test_it_names_the_worker_of_every_attempt(desk: Client, history: dict[str, Any]) -> None:
    image = history["images"][3]
    kinds = {"prediction.started", "prediction.failed"}
    events = Event.objects.filter(prediction_id=image["prediction"]["id"], kind__in=kinds)
    workers = {event.worker for event in events}
    assert len(events) == 2
    assert "" not in workers
    told = timeline(text_of(desk.get(page(Image, image["id"]))))
    assert all(worker in told for worker in workers)


def test_it_links_to_whatever_it_names(desk: Client, history: dict[str, Any], ada: User) -> None:
    image = history["images"][0]
    body = text_of(desk.get(page(Image, image["id"])))
    prediction = image["prediction"]["id"]
    linked = (page(User, ada.pk), page(Upload, history["id"]), page(Prediction, prediction))
    for address in linked:
        assert f'href="{address}"' in body
    assert image["sha256"] in body
    # Its first prediction and the one of another model stand side by side.
    assert body.count('<div class="dr-card">') == 2


@pytest.mark.parametrize("model", [Upload, Prediction, Event])
def test_the_lists_link_to_images(desk: Client, history: dict[str, Any], model: Any) -> None:
    body = text_of(desk.get(listing(model)))
    image = history["images"][3]["id"]
    address = page(Upload, history["id"]) if model is Upload else page(Image, image)
    assert f'href="{address}"' in body


def test_who_else_sent_the_same_bytes_is_told(
    desk: Client, as_ada: APIClient, as_bob: APIClient, bob: User
) -> None:
    mine = uploaded(as_ada, file(name="mine.png"))["images"][0]
    theirs = uploaded(as_bob, file(name="theirs.png"))["images"][0]
    body = text_of(desk.get(page(Image, mine["id"])))
    assert f'href="{page(Image, theirs["id"])}"' in body
    assert f'href="{page(User, bob.pk)}"' in body


def test_taking_the_original_is_an_event_with_the_name_of_who_took_it(
    desk: Client, history: dict[str, Any], boss: User
) -> None:
    image = history["images"][0]
    body = text_of(desk.get(page(Image, image["id"])))
    address = reverse("admin:original", args=[image["id"]])
    assert f'href="{address}"' in body
    answer = desk.get(address)
    assert answer["Content-Disposition"].startswith("attachment")
    assert len(content_of(answer)) == image["size"]
    event = Event.objects.get(kind="image.downloaded", image_id=image["id"])
    assert (event.actor_id, event.upload_id) == (boss.pk, history["id"])
    told = timeline(text_of(desk.get(page(Image, image["id"]))))
    assert "Downloaded" in told
    assert "boss" in told


def test_the_original_is_for_those_alone_who_may_look_at_uploads(
    history: dict[str, Any], bob: User
) -> None:
    address = reverse("admin:original", args=[history["images"][0]["id"]])
    assert staff(bob).get(address).status_code == 403
    assert staff(bob, "view_upload").get(address).status_code == 200


def test_a_deleted_images_page_keeps_its_facts(desk: Client, history: dict[str, Any]) -> None:
    gone = Image.objects.get(upload__deleted_at__isnull=False)
    body = text_of(desk.get(page(Image, gone.pk)))
    assert gone.sha256 in body
    assert "Upload deleted" in timeline(body)
    assert reverse("admin:original", args=[gone.pk]) not in body


def test_every_kind_of_event_has_words() -> None:
    assert set(WORDS) == set(Kind)
    assert words_of("a kind of a later version") == "a kind of a later version"


def test_everybody_who_touched_a_file_stands_in_one_table_whoever_uploaded_it(
    desk: Client, boss: User, as_ada: APIClient, as_bob: APIClient
) -> None:
    mine, theirs = uploaded(as_ada, file()), uploaded(as_bob, file())
    other = uploaded(as_bob, file(tiny(3)))
    image = mine["images"][0]["id"]
    for _ in range(2):
        as_bob.get(theirs["images"][0]["file"])
    desk.get(reverse("admin:original", args=[image]))
    desk.get(reverse("admin:original", args=[other["images"][0]["id"]]))
    body = text_of(desk.get(page(Image, image)))
    table = body[body.index("Who touched it") : body.index("<h2>Predictions</h2>")]
    rows = [re.sub("<[^>]+>", " ", row).split() for row in table.split("<tr>")[2:]]
    told = {row[0]: " ".join(row[1:]) for row in rows}
    assert list(told) == ["ada", "bob", "boss"]
    assert told["ada"].startswith("Uploaded, Ran a model ")
    assert told["bob"].startswith("Uploaded, Ran a model, Downloaded (2 times) ")
    assert told["boss"].startswith("Downloaded ")
    assert "127.0.0.1" in told["ada"]


def test_a_table_of_people_that_is_not_of_all_events_says_so(
    desk: Client, as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = page(Image, uploaded(as_ada, file())["images"][0]["id"])
    assert "oldest" not in text_of(desk.get(at))
    monkeypatch.setattr(touches, "MOST_EVENTS", 1)
    assert "Only their oldest 1 events are told here" in text_of(desk.get(at))
