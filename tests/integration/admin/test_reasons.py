"""What changes people's things is asked for once more, counted before, and has a reason."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.integration.desk import REASON, act, listing, page, staff, text_of
from tests.integration.rest import file, uploaded
from uploads.admin import confirming
from uploads.models import Event, Image, Prediction, Upload, User

pytestmark = pytest.mark.django_db

ACTIONS = [(Prediction, "cancel"), (Upload, "erase"), (User, "cancel_all")]


def rows_for(table: Any, ada: User) -> list[Any]:
    if table is User:
        return [ada.pk]
    return list(table.objects.order_by("pk").values_list("pk", flat=True))


def states() -> set[str]:
    return set(Prediction.objects.values_list("state", flat=True))


@pytest.mark.parametrize(("table", "action"), ACTIONS)
@pytest.mark.parametrize("form", [{}, {"confirmed": "1", "reason": "  "}, {"reason": "why"}])
def test_nothing_is_done_before_it_is_confirmed_with_a_reason(
    desk: Client, as_ada: APIClient, ada: User, table: Any, action: str, form: dict[str, str]
) -> None:
    uploaded(as_ada, *[file()] * 3)
    chosen = {"action": action, "_selected_action": rows_for(table, ada), **form}
    body = text_of(desk.post(listing(table), chosen))
    things = "1 upload" if table is Upload else "3 predictions"
    assert f"{things} of 1 user?" in body
    assert ("A reason is needed." in body) is ("confirmed" in form)
    assert states() == {"queued"}
    assert Upload.objects.get().deleted_at is None


@pytest.mark.parametrize(("table", "action"), ACTIONS)
def test_the_reason_stands_in_the_audit_beside_the_name(
    desk: Client, as_ada: APIClient, ada: User, boss: User, table: Any, action: str
) -> None:
    uploaded(as_ada, *[file()] * 3)
    text_of(act(desk, table, action, *rows_for(table, ada)))
    assert states() == {"canceled"}
    told = Event.objects.filter(kind="prediction.canceled")
    assert [(one.actor_id, one.reason) for one in told] == [(boss.pk, REASON)] * 3
    body = text_of(desk.get(page(Image, Image.objects.first().pk)))  # type: ignore[union-attr]  # there are three
    assert REASON in body[body.index("<h2>Timeline</h2>") :]


def test_a_reason_is_for_the_audit_alone(desk: Client, as_ada: APIClient) -> None:
    image = uploaded(as_ada)["images"][0]
    act(desk, Prediction, "cancel", image["prediction"]["id"])
    events = as_ada.get("/api/events/?after=0").content.decode()
    assert "prediction.canceled" in events
    assert REASON not in events


def test_what_a_list_has_on_other_pages_is_counted_and_changed_too(
    desk: Client, as_ada: APIClient, as_bob: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded(as_ada, *[file()] * 3)
    uploaded(as_bob, *[file()] * 2)
    first = Prediction.objects.latest("pk").pk
    chosen = {"action": "cancel", "_selected_action": [first], "select_across": "1", "index": "0"}
    body = text_of(desk.post(listing(Prediction), chosen))
    assert "5 predictions of 2 users?" in body
    assert 'name="select_across" value="1"' in body
    monkeypatch.setattr(confirming, "MOST_ROWS", 4)
    assert "At once at most 4" in text_of(desk.post(listing(Prediction), chosen))
    done = {**chosen, "confirmed": "1", "reason": REASON}
    assert "4 canceled." in text_of(desk.post(listing(Prediction), done, follow=True))
    assert Prediction.objects.filter(state="queued").count() == 1


def test_an_upload_deleted_by_staff_is_gone_for_its_owner_and_kept_for_the_audit(
    desk: Client, as_ada: APIClient, boss: User
) -> None:
    body = uploaded(as_ada)
    assert "1 deleted." in text_of(act(desk, Upload, "erase", body["id"]))
    assert as_ada.get(f"/api/uploads/{body['id']}/").status_code == 404
    event = Event.objects.get(kind="upload.deleted")
    assert (event.actor_id, event.reason) == (boss.pk, REASON)
    assert "0 deleted." in text_of(act(desk, Upload, "erase", body["id"]))


@pytest.mark.parametrize(
    ("permissions", "may"),
    [
        (("view_upload", "view_user"), set()),
        (("view_upload", "view_user", "erase_upload"), {"erase"}),
        (("view_upload", "view_user", "cancel_prediction"), {"cancel_all"}),
    ],
)
def test_each_act_has_its_own_permission(
    as_ada: APIClient, ada: User, bob: User, permissions: tuple[str, ...], may: set[str]
) -> None:
    uploaded(as_ada)
    client = staff(bob, *permissions)
    for table, action in ((User, "cancel_all"), (Upload, "erase")):
        before = Event.objects.count()
        text_of(act(client, table, action, *rows_for(table, ada)))
        assert (Event.objects.count() > before) is (action in may)
