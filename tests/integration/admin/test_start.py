"""The admin's first page: how it goes, each figure a link to what is behind it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from tests.integration.desk import listing, page, staff, text_of
from tests.integration.offered import live_worker
from tests.integration.rest import fail, file, succeed, uploaded
from uploads import failures, overview
from uploads.admin.words import words_for
from uploads.catalog import desired, holdings
from uploads.catalog.holdings import Holding
from uploads.events import Actor
from uploads.models import Model, Prediction, QueuePause, Usage, User
from uploads.queue import pauses

pytestmark = pytest.mark.django_db

START = "/admin/"


def used(user: User, images: int, back: timedelta, failures: int = 0) -> None:
    minute = (timezone.now() - back).replace(second=0, microsecond=0)
    Usage.objects.create(
        user=user,
        model="ocr",
        version="2",
        protocol="upload",
        minute=minute,
        items=images,
        failures=failures,
    )


def test_work_is_counted_by_hour_day_and_month(desk: Client, ada: User) -> None:
    for images, back in ((3, 0.1), (5, 2), (7, 48), (11, 31 * 24)):
        used(ada, images, timedelta(hours=back))
    assert [one.images for one in overview.work()[0].values()] == [3, 8, 15]
    body = text_of(desk.get(START))
    assert f'href="{page(User, ada.pk)}"' in body


def test_the_plot_has_a_bar_for_each_of_the_last_24_hours(desk: Client, ada: User) -> None:
    used(ada, 4, timedelta(0), failures=1)
    used(ada, 9, timedelta(hours=5))
    bars = overview.work()[1]
    assert len(bars) == 24
    assert (bars[-1].images, bars[-1].failures) == (4, 1)
    assert bars[-6].images == 9
    assert sum(one.images for one in bars) == 13
    body = text_of(desk.get(START))
    assert body.count('class="dr-bar"') == 24
    assert "9 images, 0 failed" in body


def test_the_queue_tells_how_much_waits_and_why_nobody_takes_it(
    desk: Client, as_ada: APIClient, models: None
) -> None:
    uploaded(as_ada, *[file()] * 3)
    (queue,) = overview.queues(overview.times(), holdings.read())
    assert (queue.model, queue.queued, queue.running, queue.workers) == ("ocr", 3, 0, 0)
    assert queue.oldest is not None
    assert queue.takes is None
    body = text_of(desk.get(START))
    assert "model__exact=ocr&amp;state__exact=queued" in body
    assert "No worker runs at the moment." in body


def test_times_are_those_of_what_succeeded(desk: Client, as_ada: APIClient) -> None:
    for image in uploaded(as_ada, *[file()] * 21)["images"]:
        succeed(image["prediction"]["id"])
    rows = list(Prediction.objects.filter(state="succeeded").order_by("pk"))
    for place, row in enumerate(rows):
        row.timing = {"queue_ms": 100.0, "compute_ms": float(place)}
    Prediction.objects.bulk_update(rows, ["timing"])
    (times,) = overview.times()
    assert times.took == (100.0, 100.0, 10.0, 19.0)
    assert "100 ms" in text_of(desk.get(START))


def test_failures_are_grouped_by_code_and_model(desk: Client, as_ada: APIClient) -> None:
    for image in uploaded(as_ada, *[file()] * 2)["images"]:
        fail(image["prediction"]["id"])
    old = Prediction.objects.earliest("pk")
    assert [(one.code, one.model, one.count) for one in failures.groups("day")] == [
        ("unreadable_image", "ocr", 2)
    ]
    Prediction.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=2))
    assert [one.count for one in failures.groups("day")] == [1]
    assert "error_code__exact=unreadable_image" in text_of(desk.get(START))


def test_a_model_is_shown_by_its_title(desk: Client, models: None, ada: User) -> None:
    Model.objects.filter(name="ocr").update(title="Read text")
    used(ada, 1, timedelta(0))
    assert f'<a href="{page(Model, "ocr")}">Read text</a>' in text_of(desk.get(START))


def test_the_page_loads_where_nothing_has_happened_and_where_everything_has(
    desk: Client, history: dict[str, Any]
) -> None:
    assert "Queue now" in text_of(desk.get(START))
    Prediction.objects.all().delete()
    Usage.objects.all().delete()
    body = text_of(desk.get(START))
    for words in ("Nothing waits.", "Nothing has succeeded yet.", "Nobody sent anything."):
        assert words in body


def test_who_may_not_look_at_predictions_sees_no_figures(bob: User) -> None:
    body = text_of(staff(bob, "view_worker").get(START))
    assert "Queue now" not in body
    assert "Queue now" in text_of(staff(bob, "view_prediction").get(START))


def test_the_page_asks_so_many_questions_however_much_there_is(
    desk: Client, history: dict[str, Any], as_ada: APIClient, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        uploaded(as_ada, *[file()] * 3)
    with django_assert_max_num_queries(12):
        text_of(desk.get(START))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0 s"), (59, "59 s"), (150, "2 min"), (7300, "2 h"), (300_000, "3 days")],
)
def test_stretches_of_time_are_told_in_round_words(seconds: int, words: str) -> None:
    assert words_for(timedelta(seconds=seconds)) == words


def notices(desk: Client) -> str:
    body = text_of(desk.get(START))
    return "".join(re.findall('<p class="dr-notice".*?</p>', body))


def test_the_first_page_says_that_no_worker_runs(desk: Client, models: None) -> None:
    assert "No worker runs" in notices(desk)
    live_worker()
    assert notices(desk) == ""


def test_the_first_page_says_that_every_worker_drains(desk: Client, models: None) -> None:
    worker = live_worker(draining=True)
    assert "No worker takes work" in notices(desk)
    assert "Nobody serves" not in notices(desk)
    worker.draining = False
    worker.save()
    assert notices(desk) == ""


def test_the_first_page_names_models_that_nobody_serves(desk: Client, models: None) -> None:
    left = Model.objects.create(name="digits", title="Read a digit")
    live_worker(Holding("digits", "1", "UNAVAILABLE"), Holding("", "", "READY"), name="a:1:1")
    live_worker()
    assert f'href="{page(Model, left.pk)}">Read a digit</a>' in notices(desk)
    assert "ocr" not in notices(desk)
    desired.set_desired("digits", desired.Desired.UNLOADED, Actor())
    assert notices(desk) == ""


def test_the_first_page_names_queues_that_are_paused(desk: Client, models: None) -> None:
    live_worker()
    pauses.pause("ocr", Actor(reason="A better version comes."))
    QueuePause.objects.update(since=timezone.now() - timedelta(hours=3))
    assert "(for 3 h" in notices(desk)
    assert listing(QueuePause) in notices(desk)
    pauses.resume("ocr", Actor())
    assert notices(desk) == ""
