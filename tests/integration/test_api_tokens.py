"""Tokens: who gets them, what they carry, and when they end."""

import threading
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from tests.integration.rest import PASSWORD, refused
from uploads.models import Event, Session, User

pytestmark = pytest.mark.django_db


def sign_in(username: str = "ada", password: str = PASSWORD) -> Any:
    body = {"username": username, "password": password}
    return APIClient().post("/api/token/", body, format="json")


def renew(refresh: str) -> Any:
    return APIClient().post("/api/token/refresh/", {"refresh": refresh}, format="json")


def sign_out(refresh: str) -> Any:
    return APIClient().post("/api/token/blacklist/", {"refresh": refresh}, format="json")


def me(access: str, scheme: str = "Bearer") -> Any:
    return APIClient().get("/api/users/me/", headers={"Authorization": f"{scheme} {access}"})


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


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


def test_a_refresh_token_is_spent_by_its_use(ada: User) -> None:
    first = sign_in().json()
    second = renew(first["refresh"]).json()
    assert second.keys() == {"access", "refresh"}
    assert claims(second["refresh"])["sid"] == claims(first["refresh"])["sid"]
    assert me(second["access"]).status_code == 200
    assert renew(second["refresh"]).status_code == 200


def spent_long_ago(refresh: str) -> None:
    """Lets the time for repetitions of this spent refresh token pass."""
    rows = BlacklistedToken.objects.filter(token__jti=claims(refresh)["jti"])
    assert rows.update(blacklisted_at=timezone.now() - timedelta(seconds=31)) == 1


def test_a_refresh_token_that_is_used_again_at_once_gets_the_same_successor(ada: User) -> None:
    first = sign_in().json()
    second, again = renew(first["refresh"]).json(), renew(first["refresh"]).json()
    assert again["refresh"] == second["refresh"]
    assert me(again["access"]).status_code == 200
    third = renew(second["refresh"]).json()
    # A tab that is two renewals behind must not put a spent token into its storage.
    assert renew(first["refresh"]).json()["refresh"] == third["refresh"]
    assert not Event.objects.filter(kind="user.refresh_reused").exists()
    assert claims(third["refresh"])["exp"] - claims(third["refresh"])["iat"] == 14 * 24 * 3600


def test_a_refresh_token_that_is_used_again_later_ends_its_sign_in(ada: User) -> None:
    first, elsewhere = sign_in().json(), sign_in().json()
    second = renew(first["refresh"]).json()
    third = renew(second["refresh"]).json()
    spent_long_ago(first["refresh"])
    refused(renew(first["refresh"]), 401, "token_not_valid")
    for access in (first["access"], second["access"], third["access"]):
        refused(me(access), 401, "signed_out")
    for refresh in (first["refresh"], second["refresh"], third["refresh"]):
        refused(renew(refresh), 401, "token_not_valid")
    assert me(elsewhere["access"]).status_code == 200
    event = Event.objects.get(kind="user.refresh_reused")
    assert (event.user_id, event.seq, event.address) == (ada.pk, None, "127.0.0.1")


def test_what_is_kept_of_refresh_tokens_goes_when_they_expire(ada: User, bob: User) -> None:
    refresh = ""
    for _ in range(3):
        refresh = renew(sign_in().json()["refresh"]).json()["refresh"]
    assert OutstandingToken.objects.count() == 6
    OutstandingToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert sign_in("bob").status_code == 200
    assert OutstandingToken.objects.filter(user=ada).count() == 6
    assert renew(refresh).status_code == 200
    # The successor alone: the one it was exchanged for is what had expired.
    assert OutstandingToken.objects.filter(user=ada).count() == 1
    assert BlacklistedToken.objects.count() == 0


def test_a_spent_refresh_token_still_signs_out(ada: User) -> None:
    first = sign_in().json()
    second = renew(first["refresh"]).json()
    assert sign_out(first["refresh"]).status_code == 200
    refused(me(second["access"]), 401, "signed_out")
    refused(sign_out(second["refresh"]), 401, "token_not_valid")


@pytest.mark.django_db(transaction=True)
def test_all_who_spend_one_refresh_token_at_once_get_one_and_the_same(ada: User) -> None:
    refresh = sign_in().json()["refresh"]
    renewed: list[str] = []

    def spend() -> None:
        renewed.append(renew(refresh).json()["refresh"])
        connections.close_all()

    together = [threading.Thread(target=spend) for _ in range(8)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    assert len(renewed) == 8
    assert len(set(renewed)) == 1
    assert renew(renewed[0]).status_code == 200


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


def test_a_refresh_token_opens_nothing_by_itself(ada: User) -> None:
    refused(me(sign_in().json()["refresh"]), 401, "token_not_valid")


def test_an_access_token_renews_nothing(ada: User) -> None:
    refused(renew(sign_in().json()["access"]), 401, "token_not_valid")


def test_an_expired_token_is_refused(ada: User) -> None:
    token = AccessToken(sign_in().json()["access"])
    token.set_exp(from_time=timezone.now() - timedelta(hours=1))
    refused(me(str(token)), 401, "token_not_valid")


def of_another_clock(token: Token, ahead: timedelta) -> str:
    """The token as a server whose clock is `ahead` of this one's would have issued it."""
    then = timezone.now() + ahead
    token.set_iat(at_time=then)
    token.set_exp(from_time=then)
    return str(token)


@pytest.mark.parametrize("seconds", [-20, 1, 5, 20])
def test_a_token_of_a_server_whose_clock_differs_a_little_is_accepted(
    ada: User, seconds: int
) -> None:
    pair, ahead = sign_in().json(), timedelta(seconds=seconds)
    access = of_another_clock(AccessToken(pair["access"]), ahead)
    assert me(access).status_code == 200
    refresh = of_another_clock(RefreshToken(pair["refresh"]), ahead)
    renewed = renew(refresh)
    assert renewed.status_code == 200
    assert me(renewed.json()["access"]).status_code == 200


def test_a_token_from_the_far_future_is_refused(ada: User) -> None:
    pair, ahead = sign_in().json(), timedelta(minutes=10)
    refused(me(of_another_clock(AccessToken(pair["access"]), ahead)), 401, "token_not_valid")
    refresh = of_another_clock(RefreshToken(pair["refresh"]), ahead)
    refused(renew(refresh), 401, "token_not_valid")


def test_the_leeway_prolongs_no_token(ada: User) -> None:
    token = AccessToken(sign_in().json()["access"])
    token.set_exp(lifetime=timedelta(seconds=-1))
    refused(me(str(token)), 401, "token_not_valid")


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


def test_a_token_of_another_key_or_none_is_refused(ada: User) -> None:
    real = claims(sign_in().json()["access"])
    refused(me(jwt.encode(real, "k" * 64, "HS256")), 401, "token_not_valid")
    unsigned = jwt.encode(real, "", "none")
    refused(me(unsigned), 401, "token_not_valid")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "a b", "." * 5000])
def test_what_is_no_token_is_refused(db: None, token: str) -> None:
    refused(me(token), 401, "token_not_valid")


@pytest.mark.parametrize("scheme", ["", "Basic", "Token"])
def test_another_scheme_is_no_sign_in(ada: User, scheme: str) -> None:
    answer = me(sign_in().json()["access"], scheme)
    refused(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="darkroom"'


_ODD: dict[str, list[Any]] = {
    "user_id": ["x", "", "\u00b2", "1\0", "-1", [1], {}, None, 1.5, 10**30],
    "exp": [10**30, 10**18, -(10**30), "x", [1], None],
    "jti": ["x", "\0", "a" * 2000, 7, [1], None],
    "sid": ["x", "\0", 7, [1], {}, None],
    "iat": [10**30, "x", [1]],
}
ODD_CLAIMS = [{name: value} for name, values in _ODD.items() for value in values]


@pytest.mark.parametrize("odd", ODD_CLAIMS)
def test_claims_that_make_no_sense_are_refused_though_they_are_signed(
    ada: User, odd: dict[str, Any]
) -> None:
    pair = sign_in().json()
    key = str(settings.SIMPLE_JWT["SIGNING_KEY"])
    access, refresh = (
        jwt.encode({**claims(pair[kind]), **odd}, key) for kind in ("access", "refresh")
    )
    refused(me(access), 401, "token_not_valid")
    refused(renew(refresh), 401, "token_not_valid")
    refused(sign_out(refresh), 401, "token_not_valid")
    assert me(pair["access"]).status_code == 200
