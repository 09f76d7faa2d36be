"""Failures by code and model, and another chance for a whole group."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from tests.integration.desk import REASON, staff, text_of
from tests.integration.rest import fail, file, uploaded
from uploads import failures
from uploads.admin import confirming
from uploads.models import Event, Prediction, Upload, User

pytestmark = pytest.mark.django_db

PAGE = "/admin/failures/"
RETRY = "/admin/failures/retry/"
GROUP = {"code": "unreadable_image", "model": "ocr", "within": "day"}
CONFIRMED = {"confirmed": "1", "reason": REASON}


def failed(client: APIClient, count: int = 1) -> list[int]:
    images = uploaded(client, *[file()] * count)["images"]
    ids: list[int] = [image["prediction"]["id"] for image in images]
    for pk in ids:
        fail(pk)
    return ids


def retry(desk: Client, **query: Any) -> Any:
    address = f"{RETRY}?{'&'.join(f'{name}={value}' for name, value in (GROUP | query).items())}"
    return desk.post(address, CONFIRMED, follow=True)


def states() -> list[str]:
    return list(Prediction.objects.order_by("pk").values_list("state", flat=True))


def test_groups_have_their_counts_and_their_users(
    desk: Client, as_ada: APIClient, as_bob: APIClient
) -> None:
    failed(as_ada, 2)
    failed(as_bob)
    (group,) = failures.groups("hour")
    assert (group.code, group.model, group.count, group.users) == ("unreadable_image", "ocr", 3, 2)
    assert group.oldest < group.newest
    body = text_of(desk.get(PAGE))
    assert "error_code__exact=unreadable_image" in body
    assert "Retry…" in body


def test_a_window_shows_what_failed_in_it(desk: Client, as_ada: APIClient) -> None:
    old, older = failed(as_ada, 2)
    now = timezone.now()
    Prediction.objects.filter(pk=old).update(finished_at=now - timedelta(hours=2))
    Prediction.objects.filter(pk=older).update(finished_at=now - timedelta(days=2))
    counts = {
        window: sum(one.count for one in failures.groups(window)) for window in failures.WINDOWS
    }
    assert counts == {"hour": 0, "day": 1, "all": 2}
    assert "Nothing failed." in text_of(desk.get(PAGE, {"within": "hour"}))
    assert "Retry…" in text_of(desk.get(PAGE, {"within": "all"}))


def test_the_newest_of_many_are_grouped_and_the_page_says_so(
    desk: Client, as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed(as_ada, 3)
    monkeypatch.setattr(failures, "LOOKED_AT", 2)
    assert [one.count for one in failures.groups("all")] == [2]
    assert "Of the newest 2 failures." in text_of(desk.get(PAGE, {"within": "all"}))


def test_a_retry_counts_and_asks_before_it_gives_a_group_another_chance(
    desk: Client, as_ada: APIClient, as_bob: APIClient, boss: User
) -> None:
    failed(as_ada, 2)
    failed(as_bob)
    body = text_of(desk.get(RETRY, GROUP))
    assert "3 failed predictions of ocr (unreadable_image) of 2 users?" in body
    assert 'href="/admin/failures/?within=day">Back<' in body
    assert states() == ["failed"] * 3
    assert "3 requeued." in text_of(retry(desk))
    assert states() == ["queued"] * 3
    told = Event.objects.filter(kind="prediction.requeued", actor_id=boss.pk)
    assert [one.reason for one in told] == [REASON] * 3


def test_a_group_is_what_its_code_its_model_and_its_window_say(
    desk: Client, as_ada: APIClient
) -> None:
    failed(as_ada, 4)
    code, model, old, mine = Prediction.objects.order_by("pk")
    Prediction.objects.filter(pk=code.pk).update(error_code="timeout")
    Prediction.objects.filter(pk=model.pk).update(model="background-removal")
    Prediction.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=2))
    retry(desk)
    assert states() == ["failed", "failed", "failed", "queued"]
    assert mine.pk
    retry(desk, within="all")
    assert states() == ["failed", "failed", "queued", "queued"]


def test_what_is_more_than_the_bound_is_asked_for_again_behind_what_was_tried(
    desk: Client, as_ada: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = failed(as_ada, 5)
    monkeypatch.setattr(confirming, "MOST_ROWS", 2)
    # One that cannot be tried again keeps nobody behind it from it.
    gone = Upload.objects.get()
    Prediction.objects.filter(pk=first).update(image=_image_without_a_file(gone))
    answer = retry(desk)
    body = text_of(answer)
    assert "1 requeued." in body
    assert "1 could not be requeued." in body
    assert "More of this group remain" in body
    assert "3 failed predictions" in body
    after = answer.redirect_chain[-1][0].rpartition("after=")[2]
    last = text_of(retry(desk, after=after))
    assert "2 requeued." in last
    assert states() == ["failed", "queued", "queued", "queued", "failed"]


def _image_without_a_file(upload: Upload) -> Any:
    image = upload.images.latest("pk")
    image.pk, image.position, image.image_path = None, 99, ""
    image.save()
    return image


@pytest.mark.parametrize(
    "query",
    [
        {"code": "a\0b"},
        {"model": "m" * 500},
        {"within": "year"},
        {"after": "-1"},
        {"after": "9" * 30},
    ],
)
def test_an_address_that_names_no_group_is_refused(desk: Client, query: dict[str, str]) -> None:
    assert desk.get(RETRY, GROUP | query).status_code == 400
    assert desk.get(PAGE, query).status_code == 400


def test_who_may_look_may_not_retry(as_ada: APIClient, bob: User) -> None:
    failed(as_ada)
    assert staff(bob).get(PAGE).status_code == 403
    looks = staff(bob, "view_prediction")
    assert "Retry…" not in text_of(looks.get(PAGE))
    assert retry(looks).status_code == 403
    assert states() == ["failed"]
    assert "Retry…" in text_of(staff(bob, "view_prediction", "requeue_prediction").get(PAGE))
