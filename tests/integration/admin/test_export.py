"""Events to take along: as they are filtered, streamed, and with hashes that others can check."""

import csv
import hashlib
import html
import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests.integration.desk import listing, page, staff, text_of
from tests.integration.rest import content_of, file, uploaded
from tests.photos import tiny
from uploads import event_export
from uploads.event_export import Format, exported
from uploads.event_kinds import Kind
from uploads.events import Actor, recording
from uploads.models import Event, Image, User

pytestmark = pytest.mark.django_db


def address(form: str) -> str:
    return reverse("admin:export_events", args=[form])


def opened(answer: Any) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files of an export, and what its manifest says."""
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(content_of(answer))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return files, json.loads(files.pop("manifest.json"))


@pytest.mark.parametrize("form", Format)
def test_every_event_is_there_and_the_manifest_has_its_files_hash(
    desk: Client, history: dict[str, Any], form: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_export, "ROWS_AT_ONCE", 3)
    files, manifest = opened(desk.get(address(form)))
    ((name, content),) = files.items()
    assert name == f"events.{form}"
    rows = list(Event.objects.order_by("pk"))
    assert rows[-1].kind == "events.exported"
    assert manifest["events"] == len(rows)
    assert manifest["exported_by"] == "boss"
    digest = hashlib.sha256(content).hexdigest()
    assert manifest["files"] == [{"name": name, "size": len(content), "sha256": digest}]
    text = content.decode()
    if form is Format.CSV:
        found = list(csv.DictReader(io.StringIO(text)))
    else:
        found = [json.loads(line) for line in text.splitlines()]
    assert [int(one["id"]) for one in found] == [row.pk for row in rows]
    assert [one["kind"] for one in found] == [row.kind for row in rows]
    assert set(found[0]) == {field.attname for field in Event._meta.concrete_fields}


def test_a_filtered_list_is_exported_as_it_is_filtered(
    desk: Client, history: dict[str, Any]
) -> None:
    query = {"kind__exact": "upload.created", "q": str(history["id"])}
    body = text_of(desk.get(listing(Event), query))
    assert f"{address('csv')}?kind__exact=upload.created&amp;q={history['id']}" in body
    files, manifest = opened(desk.get(address("jsonl"), query))
    lines = [json.loads(line) for line in files["events.jsonl"].decode().splitlines()]
    assert history["id"] in {line["upload_id"] for line in lines}
    assert {line["kind"] for line in lines} == {"upload.created"}
    assert len(lines) == manifest["events"]
    assert "kind__exact=upload.created" in manifest["filter"]


def test_that_events_were_taken_is_an_event(desk: Client, boss: User) -> None:
    content_of(desk.get(address("csv"), {"kind__exact": "upload.created"}))
    event = Event.objects.get(kind="events.exported")
    assert (event.actor_id, event.seq) == (boss.pk, None)
    assert event.facts == {"format": "csv", "filter": "kind__exact=upload.created"}


def test_a_spreadsheet_computes_nothing_that_a_client_has_written() -> None:
    with recording() as log:
        log.add(Kind.SIGNED_IN, user_id=1, actor=Actor(client="=HYPERLINK(1)"))
    data = b"".join(exported(Event.objects.all(), Format.CSV, {}))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (row,) = csv.DictReader(io.StringIO(archive.read("events.csv").decode()))
    assert row["client"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("form", "query", "status"),
    [("xml", {}, 404), ("csv", {"at__year": "x"}, 400), ("csv", {"q": "\0"}, 400)],
)
def test_what_makes_no_sense_is_refused(
    desk: Client, form: str, query: dict[str, str], status: int
) -> None:
    assert desk.get(address(form), query).status_code == status
    assert not Event.objects.filter(kind="events.exported").exists()


def test_an_export_is_for_those_alone_who_may_look_at_events(bob: User) -> None:
    assert Client().get(address("csv")).status_code == 302
    assert staff(bob, "view_upload").get(address("csv")).status_code == 403
    opened(staff(bob, "view_event").get(address("csv")))


def test_an_images_page_leads_to_the_events_of_every_upload_of_the_same_bytes(
    desk: Client, as_ada: APIClient, as_bob: APIClient
) -> None:
    hers, his = (uploaded(one, file()) for one in (as_ada, as_bob))
    other = uploaded(as_ada, file(tiny(shade=7)))
    body = text_of(desk.get(page(Image, hers["images"][0]["id"])))
    (link,) = re.findall(r'href="([^"]*/export/jsonl/[^"]*)"', body)
    files, _ = opened(desk.get(html.unescape(link)))
    told = {json.loads(line)["upload_id"] for line in files["events.jsonl"].splitlines()}
    assert told == {hers["id"], his["id"]}
    assert other["id"] not in told
