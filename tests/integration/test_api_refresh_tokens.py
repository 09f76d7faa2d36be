"""Refresh tokens: each is spent by its use, and one that comes back ends its sign-in."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from tests.integration.rest import refused
from tests.integration.token_requests import claims, me, renew, sign_in, sign_out
from uploads.models import Event, User

pytestmark = pytest.mark.django_db


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
