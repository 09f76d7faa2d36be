"""The admin's rights: who may look, and that nobody changes a fact."""

from typing import Any

import pytest
from django.db.models import CharField
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests.integration.desk import AUDITED, listing, page, text_of
from tests.integration.rest import content_of
from tests.photos import tiny
from uploads.models import Image, Upload, User

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
    assert (shown["Content-Type"], content_of(shown)) == ("image/webp", b"a thumbnail")
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
