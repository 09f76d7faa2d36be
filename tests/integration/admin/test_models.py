"""Models in the admin: what workers have, and the commands of those who may."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.integration.desk import listing, page, staff, text_of
from tests.integration.offered import entry
from uploads.admin.links import link_to
from uploads.catalog import offers
from uploads.catalog.desired import ObservedState
from uploads.catalog.holdings import Holding
from uploads.models import (
    Event,
    Model,
    ModelCommand,
    ModelVersion,
    Prediction,
    Upload,
    Usage,
    User,
    Worker,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(models: None) -> Worker:
    rows = [Holding("ocr", "2", "READY", "load failed", "b" * 64, 3, 512 << 20).as_dict()]
    return Worker.objects.create(id="host:1:aa", host="host", pid=1, versions=rows)


def command(client: Client, action: str, name: str = "ocr") -> Any:
    chosen = {"action": action, "_selected_action": [name]}
    return client.post(listing(Model), chosen, follow=True)


def test_a_model_s_page_tells_who_has_it(desk: Client, worker: Worker) -> None:
    Worker.objects.update(observed={"ocr": ObservedState(7).as_dict()})
    body = text_of(desk.get(page(Model, "ocr")))
    assert link_to(Worker, "host:1:aa", "host:1:aa") in body
    assert "version 2 READY, 3 instances, 512 MiB, command 7 load failed" in body
    assert "stable" in body
    assert "READY: load failed" in text_of(desk.get(listing(Model)))


def test_a_worker_s_row_tells_what_its_models_are_not_kept_from(
    desk: Client, worker: Worker
) -> None:
    assert "fully" in text_of(desk.get(listing(Worker)))
    Worker.objects.update(unconfined="network, signals")
    assert "not: network, signals" in text_of(desk.get(listing(Worker)))


def test_load_and_unload_are_commands_in_the_admins_name(
    desk: Client, boss: User, worker: Worker
) -> None:
    assert "ocr shall be unloaded" in text_of(command(desk, "unload"))
    assert ModelCommand.objects.get().desired == "unloaded"
    assert "ocr shall be loaded" in text_of(command(desk, "load"))
    row = ModelCommand.objects.get()
    assert (row.desired, row.generation, row.actor_id) == ("loaded", 2, boss.pk)
    events = Event.objects.filter(kind__startswith="model.").order_by("pk")
    assert [(one.kind, one.actor_id, one.address) for one in events] == [
        ("model.unload_requested", boss.pk, "127.0.0.1"),
        ("model.load_requested", boss.pk, "127.0.0.1"),
    ]


def test_a_model_s_row_tells_its_errors_and_its_time_of_the_last_day(
    desk: Client, worker: Worker, ada: User
) -> None:
    now = timezone.now()
    for hours, version, sums in (
        (1, "2", (10, 20, 1, 500.0)),
        (2, "2", (10, 20, 0, 500.0)),
        (1, "1", (1, 1, 1, 2000.0)),
        (1, "3", (4, 8, 0, 80.0)),
        (30, "2", (99, 99, 99, 99.0)),
    ):
        minute = (now - timedelta(hours=hours)).replace(second=0, microsecond=0)
        requests, items, failures, compute_ms = sums
        Usage.objects.create(
            user=ada,
            model="ocr",
            version=version,
            protocol="upload",
            minute=minute,
            requests=requests,
            items=items,
            failures=failures,
            compute_ms=compute_ms,
        )
    for address in (listing(Model), page(Model, "ocr")):
        body = text_of(desk.get(address))
        assert "version 2: 40 images, 1 of 20 failed, 25 ms each" in body
        assert "version 1: 1 image, 1 of 1 failed, 2.0 s each" in body
        assert "version 3: 8 images, none failed, 10 ms each" in body


def test_who_may_only_look_cannot_command(bob: User, worker: Worker) -> None:
    client = staff(bob, "view_model")
    assert "unload" not in text_of(client.get(listing(Model))).lower().replace("unloaded", "")
    command(client, "unload")
    assert not ModelCommand.objects.exists()
    command(staff(bob, "view_model", "manage_models"), "unload")
    assert ModelCommand.objects.exists()


def test_usage_is_found_by_user_model_and_time(desk: Client, history: dict[str, Any]) -> None:
    row, utc = Usage.objects.get(), " 00:00:00+00:00"
    for query, found in (
        ({"model__exact": "ocr"}, True),
        ({"model__exact": "digits"}, False),
        ({"user__id__exact": row.user_id}, True),
        ({"user__id__exact": row.user_id + 1000}, False),
        ({"q": "ada"}, True),
        ({"minute__gte": f"2020-01-01{utc}", "minute__lt": f"2020-01-02{utc}"}, False),
        ({"minute__gte": f"2020-01-01{utc}"}, True),
        ({"minute__year": "2020"}, False),
    ):
        body = text_of(desk.get(listing(Usage), query))
        assert (page(Usage, row.pk) in body) is found, query


def test_the_list_asks_no_more_for_more_models(
    desk: Client, worker: Worker, django_assert_num_queries: Any
) -> None:
    with CaptureQueriesContext(connection) as few:
        desk.get(listing(Model))
    offers.publish([entry(f"more-{number}") for number in range(20)])
    with django_assert_num_queries(len(few)):
        body = text_of(desk.get(listing(Model)))
    assert "more-19" in body


def test_lists_show_what_people_call_a_model_beside_its_name(
    desk: Client, models: None, history: dict[str, Any]
) -> None:
    Model.objects.filter(name="ocr").update(title="Read text")
    for rows in (Upload, Prediction, ModelVersion, Event):
        body = text_of(desk.get(listing(rows)))
        assert re.search(r">Read text<br><span[^>]*>ocr \d+</span>", body), rows


def test_a_model_that_is_gone_is_shown_by_its_name(desk: Client, history: dict[str, Any]) -> None:
    Model.objects.all().delete()
    assert "ocr" in text_of(desk.get(listing(Upload)))
