"""Tokens: who gets them, what they carry, and when they end."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from tests.integration.rest import PASSWORD, refused
from tests.integration.token_requests import claims, me, renew, sign_in, sign_out
from uploads.models import Event, Session, User

pytestmark = pytest.mark.django_db


def test_a_name_and_its_password_give_two_tokens_of_one_sign_in(ada: User) -> None:
    answer = sign_in()
    assert answer.status_code == 200
    tokens = answer.json()
    assert tokens.keys() == {"access", "refresh"}
    access, refresh = claims(tokens["access"]), claims(tokens["refresh"])
    assert access["sid"] == refresh["sid"]
    assert access["exp"] - access["iat"] == 15 * 60
    assert refresh["exp"] - refresh["iat"] == 14 * 24 * 3600
    assert me(tokens["access"]).json()["id"] == ada.pk


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_password_and_an_unknown_name_are_refused_alike(
    ada: User, name: str, password: str
) -> None:
    refused(sign_in(name, password), 401, "invalid_credentials")


def test_a_sign_in_without_a_password_is_invalid(db: None) -> None:
    answer = APIClient().post("/api/token/", {"username": "ada"}, format="json")
    body = refused(answer, 400, "invalid")
    assert body["errors"][0]["field"] == "password"


def test_signing_out_ends_that_sign_in_at_once_and_no_other(ada: User) -> None:
    here, elsewhere = sign_in().json(), sign_in().json()
    renewed = renew(here["refresh"]).json()
    assert sign_out(renewed["refresh"]).status_code == 200
    for access in (here["access"], renewed["access"]):
        body = refused(me(access), 401, "signed_out")
        assert "errors" not in body
    refused(renew(renewed["refresh"]), 401, "token_not_valid")
    refused(sign_out(renewed["refresh"]), 401, "token_not_valid")
    assert me(elsewhere["access"]).status_code == 200
    assert Event.objects.filter(user_id=ada.pk, kind="user.signed_out").count() == 1


def test_a_disabled_user_is_out_at_once(ada: User) -> None:
    tokens = sign_in().json()
    ada.is_active = False
    ada.save(update_fields=["is_active"])
    refused(me(tokens["access"]), 401, "signed_out")
    refused(renew(tokens["refresh"]), 401, "token_not_valid")
    refused(sign_in(), 401, "invalid_credentials")


def test_a_changed_password_ends_every_sign_in_made_with_the_old_one(ada: User) -> None:
    tokens = sign_in().json()
    ada.set_password("fixer-and-stop-bath")
    ada.save()
    refused(me(tokens["access"]), 401, "signed_out")
    refused(renew(tokens["refresh"]), 401, "token_not_valid")
    fresh = sign_in(password="fixer-and-stop-bath").json()
    assert me(fresh["access"]).status_code == 200


def test_a_password_that_is_changed_meanwhile_signs_nobody_in(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change_and_begin(user: User, **fields: Any) -> Session:
        ada.set_password("fixer-and-stop-bath")
        ada.save()
        return begin(user, **fields)

    begin = Session.begin
    monkeypatch.setattr(Session, "begin", change_and_begin)
    refused(sign_in(), 401, "invalid_credentials")
    assert not Session.objects.exists()


def test_an_account_that_loses_its_password_loses_its_sign_ins(ada: User) -> None:
    tokens = sign_in().json()
    ada.set_unusable_password()
    ada.save()
    refused(me(tokens["access"]), 401, "signed_out")
    refused(renew(tokens["refresh"]), 401, "token_not_valid")
    refused(sign_in(), 401, "invalid_credentials")


SKEWS = [timedelta(0), timedelta(seconds=5), timedelta(seconds=-5), timedelta(hours=1)]


@pytest.mark.parametrize("skew", SKEWS)
@pytest.mark.parametrize("way", ["end_sessions", "password", "password_alone"])
def test_signing_out_everywhere_ends_exactly_what_was_before_whatever_clocks_say(
    ada: User, monkeypatch: pytest.MonkeyPatch, skew: timedelta, way: str
) -> None:
    before = sign_in().json()
    now = timezone.now
    # Another server ends them.
    monkeypatch.setattr(timezone, "now", lambda: now() + skew)
    if way == "end_sessions":
        ada.end_sessions()
    else:
        ada.set_password(PASSWORD)
        ada.save(update_fields=["password"] if way == "password_alone" else None)
    monkeypatch.setattr(timezone, "now", now)
    refused(me(before["access"]), 401, "signed_out")
    refused(renew(before["refresh"]), 401, "token_not_valid")
    after = sign_in().json()
    assert me(after["access"]).status_code == 200
    assert renew(after["refresh"]).status_code == 200
    User.objects.get(pk=ada.pk).end_sessions()
    refused(me(after["access"]), 401, "signed_out")
