"""A user's own password and sign-ins: changed, listed, ended."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from rest_framework.test import APIClient

from tests.integration.rest import PASSWORD, refused, uploaded
from tests.integration.token_requests import me, renew, sign_in
from uploads.events import Actor
from uploads.models import Event, Scope, Session, User
from uploads.sign_in import keys

pytestmark = pytest.mark.django_db

NEW = "fixer-and-stop-bath"
SIGN_INS = "/api/users/me/sign-ins/"


def client_of(tokens: dict[str, str]) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    return client


def change(client: APIClient, current: Any = PASSWORD, password: Any = NEW) -> Any:
    body = {"current": current, "password": password}
    return client.post("/api/users/me/password/", body, format="json")


def test_a_new_password_ends_all_other_sign_ins_and_this_one_stays(ada: User) -> None:
    here, elsewhere = sign_in().json(), sign_in().json()
    assert change(client_of(here)).status_code == 204
    assert me(here["access"]).status_code == 200
    renewed = renew(here["refresh"])
    assert renewed.status_code == 200
    assert me(renewed.json()["access"]).status_code == 200
    refused(me(elsewhere["access"]), 401, "signed_out")
    refused(renew(elsewhere["refresh"]), 401, "token_not_valid")
    refused(sign_in(), 401, "invalid_credentials")
    assert sign_in(password=NEW).status_code == 200
    assert Event.objects.filter(user_id=ada.pk, kind="user.password_changed").count() == 1


def test_a_wrong_password_changes_nothing_and_counts_as_a_guess(ada: User, settings: Any) -> None:
    settings.THROTTLE_SIGN_IN_NAME = 2
    here, elsewhere = sign_in().json(), sign_in().json()
    client = client_of(here)
    for _ in range(2):
        refused(change(client, "wrong"), 403, "wrong_password")
    refused(change(client), 429, "throttled")
    assert me(elsewhere["access"]).status_code == 200
    assert Event.objects.filter(kind="user.sign_in_failed", user_id=ada.pk).count() == 2


@pytest.mark.parametrize("password", ["12345", "password123", "ada"])
def test_a_weak_password_is_refused_in_the_words_of_the_rule(ada: User, password: str) -> None:
    body = refused(change(client_of(sign_in().json()), PASSWORD, password), 400, "weak_password")
    assert {fault["field"] for fault in body["errors"]} == {"password"}
    assert sign_in().status_code == 200


@pytest.mark.parametrize("password", [None, [], "", "x" * 129, "nul\0"])
def test_what_can_be_no_password_is_refused(ada: User, password: Any) -> None:
    refused(change(client_of(sign_in().json()), PASSWORD, password), 400, "invalid")


def test_of_two_who_change_it_at_once_one_is_told(ada: User, monkeypatch: Any) -> None:
    client = client_of(sign_in().json())
    check = User.check_password

    def changed_meanwhile(user: User, password: str | None) -> bool:
        is_right = check(user, password)
        User.objects.filter(pk=user.pk).update(password="another")
        return is_right

    monkeypatch.setattr(User, "check_password", changed_meanwhile)
    refused(change(client), 403, "wrong_password")


def test_sign_ins_are_listed_with_where_they_are_from(ada: User) -> None:
    elsewhere = APIClient().post(
        "/api/token/",
        {"username": "ada", "password": PASSWORD},
        format="json",
        headers={"User-Agent": "a phone"},
        REMOTE_ADDR="192.0.2.9",
    )
    here = sign_in().json()
    listed = client_of(here).get(SIGN_INS).json()
    assert (listed["next"], listed["previous"]) == (None, None)
    first, second = listed["results"]
    assert (first["current"], second["current"]) == (True, False)
    assert (second["address"], second["client"]) == ("192.0.2.9", "a phone")
    assert second["last_used_at"] == second["created_at"]
    renew(elsewhere.json()["refresh"])
    used = client_of(here).get(SIGN_INS).json()["results"][1]
    assert used["last_used_at"] > used["created_at"]


def test_what_ended_or_can_be_renewed_no_more_is_not_listed(ada: User) -> None:
    here, other, old = sign_in().json(), sign_in().json(), sign_in().json()
    client = client_of(here)
    ids = [one["id"] for one in client.get(SIGN_INS).json()["results"]]
    assert client.delete(f"{SIGN_INS}{ids[1]}/").status_code == 204
    Session.objects.filter(pk=ids[0]).update(created_at=F("created_at") - timedelta(days=15))
    User.objects.update(tokens_valid_after=F("tokens_valid_after") - timedelta(days=30))
    assert [one["current"] for one in client.get(SIGN_INS).json()["results"]] == [True]
    assert other["access"] != old["access"]


def test_one_sign_in_is_ended_and_no_other(ada: User) -> None:
    here, elsewhere = sign_in().json(), sign_in().json()
    client = client_of(here)
    other = next(one for one in client.get(SIGN_INS).json()["results"] if not one["current"])
    assert client.delete(f"{SIGN_INS}{other['id']}/").status_code == 204
    refused(me(elsewhere["access"]), 401, "signed_out")
    refused(renew(elsewhere["refresh"]), 401, "token_not_valid")
    assert me(here["access"]).status_code == 200
    refused(client.delete(f"{SIGN_INS}{other['id']}/"), 404, "not_found")


def test_somebody_elses_sign_in_is_not_there(ada: User, as_bob: APIClient) -> None:
    tokens = sign_in().json()
    pk = Session.objects.get(user=ada).pk
    refused(as_bob.delete(f"{SIGN_INS}{pk}/"), 404, "not_found")
    refused(as_bob.delete(f"{SIGN_INS}{uuid.uuid4()}/"), 404, "not_found")
    assert me(tokens["access"]).status_code == 200


def test_an_api_key_reaches_none_of_it(ada: User) -> None:
    _, key = keys.make(ada, "a script", [Scope.READ, Scope.WRITE], None, Actor(id=ada.pk))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
    refused(change(client), 403, "not_for_keys")
    refused(client.get(SIGN_INS), 403, "not_for_keys")
    refused(client.delete(f"{SIGN_INS}{uuid.uuid4()}/"), 403, "not_for_keys")


def test_what_one_has_is_counted(as_ada: APIClient, as_bob: APIClient) -> None:
    image = uploaded(as_ada)["images"][0]
    uploaded(as_ada)
    uploaded(as_bob)
    as_ada.post(image["predictions"], {"model": "background-removal"}, format="json")
    counts = as_ada.get("/api/users/me/").json()["counts"]
    assert counts == {"uploads": 2, "images": 2, "predictions": 3}
    as_ada.delete(f"/api/images/{image['id']}/")
    counts = as_ada.get("/api/users/me/").json()["counts"]
    assert counts == {"uploads": 1, "images": 1, "predictions": 1}
