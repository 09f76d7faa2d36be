"""Signing in to the admin: where it leads, and what a form that is refused says."""

import pytest
from django.test import Client

from tests.integration.rest import PASSWORD
from uploads.models import User

FORM = {"username": "boss", "password": PASSWORD}


@pytest.mark.parametrize("target", ["", "https://evil.example/", "//evil.example", "javascript:x"])
def test_a_foreign_address_leads_to_the_admin(boss: User, target: str) -> None:
    answer = Client().post(f"/admin/login/?next={target}", {**FORM, "next": target})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_an_address_of_ours_is_gone_to(boss: User) -> None:
    answer = Client().post("/admin/login/", {**FORM, "next": "/admin/uploads/upload/"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/uploads/upload/")


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, "expired"),
        ({"Origin": "https://photos.example"}, "TRUSTED_PROXIES"),
    ],
)
def test_a_form_that_is_refused_says_what_to_do(
    boss: User, headers: dict[str, str], told: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/admin/login/", FORM, headers={"Accept": "text/html", **headers})
    assert answer.status_code == 403
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert told in answer.content.decode()
    answer = client.post("/admin/login/", FORM, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf_failed"
