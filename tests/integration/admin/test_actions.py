"""Who may act in the admin, what an action says it did, and that the audit has it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests.integration.desk import act, listing, page, staff, text_of
from tests.integration.rest import PASSWORD, file, uploaded
from uploads.models import Event, Image, Prediction, Upload, User

pytestmark = pytest.mark.django_db

AUDITOR = ("view_upload", "view_prediction", "view_event", "view_session", "view_user")


def in_state(state: str) -> int:
    row = Prediction.objects.filter(state=state, image__upload__deleted_at__isnull=True)
    return row.latest("pk").pk


@pytest.mark.parametrize(
    ("permissions", "may"),
    [
        ((), set()),
        (("requeue_prediction",), {"requeue"}),
        (("cancel_prediction",), {"cancel"}),
        (("requeue_prediction", "cancel_prediction"), {"requeue", "cancel"}),
        (("change_prediction", "delete_prediction", "manage_models"), set()),
    ],
)
def test_who_may_requeue_and_cancel(
    history: dict[str, Any], bob: User, permissions: tuple[str, ...], may: set[str]
) -> None:
    client = staff(bob, *AUDITOR, *permissions)
    rows = {"requeue": in_state("failed"), "cancel": in_state("queued")}
    for action, row in rows.items():
        body = text_of(client.get(listing(Prediction)))
        assert (f'<option value="{action}"' in body) is (action in may)
        before = Prediction.objects.get(pk=row).state
        text_of(act(client, Prediction, action, row))
        assert (Prediction.objects.get(pk=row).state != before) is (action in may)


def test_a_right_to_act_is_no_right_to_look(history: dict[str, Any], bob: User) -> None:
    client = staff(bob, "requeue_prediction", "cancel_prediction")
    assert client.get(listing(Prediction)).status_code == 403
    row = in_state("queued")
    chosen = {"action": "cancel", "_selected_action": [row]}
    assert client.post(listing(Prediction), chosen).status_code == 403
    assert Prediction.objects.get(pk=row).state == "queued"


@pytest.mark.parametrize(
    ("action", "state", "after", "said"),
    [
        ("cancel", "queued", "canceled", "3 canceled."),
        ("requeue", "canceled", "queued", "3 requeued."),
    ],
)
def test_an_action_counts_what_it_did_also_where_its_rows_leave_the_list(
    desk: Client, as_ada: APIClient, action: str, state: str, after: str, said: str
) -> None:
    uploaded(as_ada, *[file()] * 3)
    rows = list(Prediction.objects.values_list("pk", flat=True))
    if state == "canceled":
        act(desk, Prediction, "cancel", *rows)
    answer = act(desk, Prediction, action, *rows, state__exact=state)
    assert said in text_of(answer)
    assert set(Prediction.objects.values_list("state", flat=True)) == {after}


def test_where_nothing_was_done_it_does_not_say_so(desk: Client, history: dict[str, Any]) -> None:
    body = text_of(act(desk, Prediction, "requeue", in_state("succeeded")))
    assert "1 could not be requeued." in body
    assert "0 requeued" not in body


def test_looking_at_a_picture_is_told_to_the_audit_and_to_nobody_else(
    desk: Client, history: dict[str, Any], boss: User, ada: User
) -> None:
    image, picture = history["images"][0], history["images"][1]
    prediction = picture["prediction"]["id"]
    assert desk.get(reverse("admin:thumbnail", args=[image["id"]])).status_code == 200
    assert desk.get(reverse("admin:output", args=[prediction])).status_code == 200
    assert desk.get(reverse("admin:thumbnail", args=[999_999])).status_code == 404
    events = Event.objects.filter(kind="image.viewed").order_by("pk")
    assert [
        (one.image_id, one.prediction_id, one.upload_id, one.user_id, one.actor_id, one.seq)
        for one in events
    ] == [
        (image["id"], None, history["id"], ada.pk, boss.pk, None),
        (picture["id"], prediction, history["id"], ada.pk, boss.pk, None),
    ]
    assert {one.address for one in events} == {"127.0.0.1"}
    assert "image.viewed" in text_of(desk.get(page(Upload, history["id"])))


def test_who_may_not_look_leaves_no_trace_of_having_looked(
    history: dict[str, Any], bob: User
) -> None:
    url = reverse("admin:thumbnail", args=[history["images"][0]["id"]])
    assert staff(bob).get(url).status_code == 403
    assert not Event.objects.filter(kind="image.viewed").exists()


def ends_of(user: User) -> list[int | None]:
    rows = Event.objects.filter(kind="user.sessions_ended", user_id=user.pk, seq__isnull=True)
    return list(rows.order_by("pk").values_list("actor_id", flat=True))


def account_form(user: User, **changes: Any) -> dict[str, Any]:
    joined = user.date_joined
    return {
        "username": user.username,
        "is_active": "on",
        "date_joined_0": f"{joined:%Y-%m-%d}",
        "date_joined_1": f"{joined:%H:%M:%S}",
    } | changes


def test_every_way_of_ending_sign_ins_is_told_to_the_audit(
    desk: Client, boss: User, ada: User
) -> None:
    assert "1 signed out everywhere." in text_of(act(desk, User, "end_sessions", ada.pk))
    assert ends_of(ada) == [boss.pk]
    url = reverse("admin:auth_user_password_change", args=[ada.pk])
    new = {"password1": "fixer-and-stop-bath", "password2": "fixer-and-stop-bath"}
    assert desk.post(url, new | {"password2": "other"}).status_code == 200
    assert ends_of(ada) == [boss.pk]
    assert desk.post(url, new).status_code == 302
    assert ends_of(ada) == [boss.pk] * 2
    form = account_form(ada)
    assert desk.post(page(User, ada.pk), form).status_code == 302
    assert ends_of(ada) == [boss.pk] * 2
    del form["is_active"]
    assert desk.post(page(User, ada.pk), form).status_code == 302
    assert not User.objects.get(pk=ada.pk).is_active
    assert ends_of(ada) == [boss.pk] * 3
    assert desk.post(page(User, ada.pk), account_form(ada)).status_code == 302
    assert ends_of(ada) == [boss.pk] * 3
    own = {
        "old_password": PASSWORD,
        "new_password1": "fixer-and-stop-bath",
        "new_password2": "fixer-and-stop-bath",
    }
    assert desk.post(reverse("admin:password_change"), own).status_code == 302
    assert ends_of(boss) == [boss.pk]


def test_who_may_only_look_at_accounts_ends_no_sign_ins(bob: User, ada: User) -> None:
    before = ada.tokens_valid_after
    act(staff(bob, *AUDITOR), User, "end_sessions", ada.pk)
    assert User.objects.get(pk=ada.pk).tokens_valid_after == before
    act(staff(bob, "view_user", "change_user"), User, "end_sessions", ada.pk)
    assert User.objects.get(pk=ada.pk).tokens_valid_after > before


def test_nobody_gives_themselves_rights_or_touches_who_has_all(
    bob: User, ada: User, boss: User
) -> None:
    client = staff(bob, "view_user", "change_user")
    wish = {"is_staff": "on", "is_superuser": "on", "first_name": "Bob"}
    assert client.post(page(User, bob.pk), account_form(bob, **wish)).status_code == 302
    bob.refresh_from_db()
    assert (bob.first_name, bob.is_superuser, bob.is_staff) == ("Bob", False, True)
    assert client.post(page(User, boss.pk), account_form(boss)).status_code == 403
    url = reverse("admin:auth_user_password_change", args=[boss.pk])
    new = {"password1": "fixer-and-stop-bath", "password2": "fixer-and-stop-bath"}
    assert client.post(url, new).status_code == 403
    assert "1 could not be signed out." in text_of(act(client, User, "end_sessions", boss.pk))
    boss.refresh_from_db()
    assert boss.check_password(PASSWORD)


def test_who_may_pins_images_and_the_audit_has_it(history: dict[str, Any], bob: User) -> None:
    image = Image.objects.filter(deleted_at=None, upload__deleted_at=None).latest("pk")
    client = staff(bob, *AUDITOR, "view_image")
    text_of(act(client, Image, "pin", image.pk))
    assert not Image.objects.exclude(pinned_at=None).exists()
    client = staff(bob, *AUDITOR, "view_image", "pin_image")
    assert "1 pinned." in text_of(act(client, Image, "pin", image.pk))
    assert Image.objects.get(pk=image.pk).pinned_at
    assert Event.objects.get(kind="image.pinned").actor_id == bob.pk
    assert "1 unpinned." in text_of(act(client, Image, "unpin", image.pk))
    assert not Image.objects.exclude(pinned_at=None).exists()
    gone = Image.objects.filter(upload__deleted_at__isnull=False).latest("pk")
    assert "1 could not be pinned" in text_of(act(client, Image, "pin", gone.pk))
