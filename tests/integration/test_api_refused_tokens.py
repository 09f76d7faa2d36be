"""Tokens that are of another kind, time, key or making, and what of them is refused."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.utils import timezone
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from tests.integration.rest import refused
from tests.integration.token_requests import claims, me, renew, sign_in, sign_out
from uploads.models import User

pytestmark = pytest.mark.django_db


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
