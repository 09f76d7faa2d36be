"""The admin's rights: who may look, and that nobody changes a fact."""

from typing import Any

import pytest
from django.db.models import CharField
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests.integration.desk import AUDITED, listing, page, staff, text_of
from tests.integration.rest import content_of
from tests.photos import tiny
from uploads.models import Image, Model, ModelCommand, Prediction, Upload, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", AUDITED)
def test_no_fact_can_be_added_changed_or_deleted(
    desk: Client, history: dict[str, Any], model: Any
) -> None:
    before = list(model.objects.order_by("pk").values())
    row = model.objects.first()
    name = model._meta.model_name
    assert desk.get(reverse(f"admin:uploads_{name}_add")).status_code == 403
    assert desk.post(reverse(f"admin:uploads_{name}_add"), {}).status_code == 403
    assert desk.post(page(model, row.pk), {"model": "x", "state": "queued"}).status_code == 403
    delete = reverse(f"admin:uploads_{name}_delete", args=[row.pk])
    assert desk.post(delete, {"post": "yes"}).status_code == 403
    desk.post(listing(model), {"action": "delete_selected", "_selected_action": [row.pk]})
    assert list(model.objects.order_by("pk").values()) == before


def test_pictures_are_shown_to_staff_alone(
    desk: Client, history: dict[str, Any], ada: User
) -> None:
    image, other = history["images"][0], history["images"][1]
    thumbnail = reverse("admin:thumbnail", args=[image["id"]])
    output = reverse("admin:output", args=[other["prediction"]["id"]])
    shown = desk.get(thumbnail)
    assert (shown["Content-Type"], content_of(shown)) == ("image/jpeg", b"a thumbnail")
    assert content_of(desk.get(output)) == tiny()
    person = Client()
    person.force_login(ada)
    for client in (Client(), person):
        for url in (thumbnail, output):
            answer = client.get(url)
            assert answer.status_code == 302
            assert answer["Location"].startswith("/admin/login/")


def test_a_picture_that_is_not_made_is_not_found(desk: Client, history: dict[str, Any]) -> None:
    canceled = history["images"][4]
    Image.objects.filter(pk=canceled["id"]).update(thumbnail_path="")
    url = reverse("admin:thumbnail", args=[canceled["id"]])
    assert desk.get(url).status_code == 404
    assert desk.get(reverse("admin:output", args=[canceled["prediction"]["id"]])).status_code == 404


@pytest.mark.parametrize("model", [*AUDITED, User])
def test_who_is_not_staff_is_sent_to_the_login(ada: User, model: Any) -> None:
    client = Client()
    client.force_login(ada)
    answer = client.get(listing(model))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_staff_without_the_right_to_look_see_nothing(history: dict[str, Any], bob: User) -> None:
    bob.is_staff = True
    bob.save(update_fields=["is_staff"])
    client = Client()
    client.force_login(bob)
    assert client.get(listing(Upload)).status_code == 403
    image = history["images"][0]["id"]
    assert client.get(reverse("admin:thumbnail", args=[image])).status_code == 403
    output = history["images"][1]["prediction"]["id"]
    assert client.get(reverse("admin:output", args=[output])).status_code == 403


def test_a_user_is_signed_out_everywhere_by_the_admin(
    desk: Client, as_ada: APIClient, ada: User
) -> None:
    assert as_ada.get("/api/users/me/").status_code == 200
    answer = desk.post(
        listing(User), {"action": "end_sessions", "_selected_action": [ada.pk]}, follow=True
    )
    assert text_of(answer)
    assert as_ada.get("/api/users/me/").status_code == 401


def test_a_user_is_disabled_and_never_deleted(desk: Client, ada: User) -> None:
    assert desk.post(reverse("admin:uploads_user_delete", args=[ada.pk])).status_code == 403
    assert User.objects.filter(pk=ada.pk).exists()


@pytest.mark.parametrize("model", [*AUDITED, User])
def test_a_filter_that_no_database_can_compare_is_one_that_makes_no_sense(
    desk: Client, model: Any
) -> None:
    for field in model._meta.fields:
        if isinstance(field, CharField):
            answer = desk.get(listing(model), {field.name: "a\0"})
            assert (answer.status_code, answer["Location"]) == (302, f"{listing(model)}?e=1")


@pytest.mark.parametrize("model", [Upload, Prediction])
def test_a_filter_beyond_what_columns_hold_is_one_that_makes_no_sense(
    desk: Client, history: dict[str, Any], model: Any
) -> None:
    for query in ("created_at__year=99999999", "created_at__gte=x", "id__in=x"):
        answer = desk.get(f"{listing(model)}?{query}")
        assert (answer.status_code, answer["Location"]) == (302, f"{listing(model)}?e=1"), query


@pytest.mark.parametrize("model", [Upload, Prediction])
def test_a_filter_by_an_enormous_number_is_no_servers_error(
    desk: Client, history: dict[str, Any], model: Any
) -> None:
    for query in ("created_at__year__in=0,{}", "id__in=1,{}"):
        answer = desk.get(f"{listing(model)}?{query.format('9' * 20)}")
        # PostgreSQL compares a number of any size with a column of numbers, and no year with it.
        assert answer.status_code in {200, 302}, query


def test_a_look_up_that_not_every_database_has_is_no_servers_error(
    desk: Client, history: dict[str, Any]
) -> None:
    answer = desk.get(listing(Prediction), {"output__contains": '{"kind": "text"}'})
    assert answer.status_code in {200, 302}


@pytest.mark.parametrize("model", [*AUDITED, User])
@pytest.mark.parametrize("act", ["change", "delete"])
def test_a_page_of_a_row_that_names_an_empty_field_is_no_servers_error(
    desk: Client, history: dict[str, Any], model: Any, act: str
) -> None:
    row = model.objects.first()
    address = page(model, row.pk).replace("/change/", f"/{act}/")
    assert desk.get(f"{address}?_to_field=").status_code == desk.get(address).status_code


@pytest.mark.parametrize("lookup", ["username__regex", "username__iregex", "first_name__regex"])
def test_no_filter_is_a_pattern(desk: Client, lookup: str) -> None:
    for pattern in ("(((", "(a+)+$"):
        assert desk.get(listing(User), {lookup: pattern}).status_code == 400


@pytest.mark.parametrize("key", ["x", "", "1.5", "9" * 30, "-" + "9" * 30, "1\0", "²"])
@pytest.mark.parametrize(
    ("model", "action"),
    [(User, "end_sessions"), (Prediction, "cancel"), (Prediction, "requeue")],
)
def test_an_action_on_what_is_no_row_is_a_bad_request(
    desk: Client, history: dict[str, Any], model: Any, action: str, key: str
) -> None:
    row = model.objects.order_by("pk").last()
    chosen = {"action": action, "_selected_action": [row.pk, key], "index": "0"}
    before = list(model.objects.order_by("pk").values())
    assert desk.post(listing(model), chosen).status_code == 400
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("name", ["x", "", "ocr\0", "²", "x" * 5000])
def test_a_command_for_what_is_no_model_commands_nothing(desk: Client, name: str) -> None:
    chosen = {"action": "unload", "_selected_action": [name], "index": "0"}
    assert desk.post(listing(Model), chosen).status_code == (302 if name in {"x", "²"} else 400)
    assert not ModelCommand.objects.exists()


@pytest.mark.parametrize(
    ("address", "status", "message"),
    [
        ("user/?username__regex=a", 400, "This list cannot be filtered by that."),
        ("webhook/?secret__startswith=a", 400, "This list cannot be filtered by that."),
        ("user/?_to_field=password", 400, "The request cannot be read."),
        ("user/x/password/", 404, "There is nothing here."),
    ],
)
def test_a_person_is_refused_on_a_page_that_leads_back(
    desk: Client, address: str, status: int, message: str
) -> None:
    answer = desk.get(f"/admin/uploads/{address}", headers={"Accept": "text/html,*/*"})
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")
    text = answer.content.decode()
    assert message in text
    assert 'href="/admin/"' in text


def test_a_person_without_a_right_is_refused_on_a_page_and_who_is_no_staff_learns_nothing(
    ada: User, bob: User
) -> None:
    headers = {"Accept": "text/html"}
    answer = staff(ada, "view_upload").get(listing(Prediction), headers=headers)
    assert answer.status_code == 403
    assert "You are not allowed to do this." in answer.content.decode()
    stranger = Client()
    stranger.force_login(bob)
    assert stranger.get("/admin/nowhere/", headers=headers)["Location"].startswith("/admin/login/")
