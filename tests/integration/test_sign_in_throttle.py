"""Guessing passwords is slow, and locks nobody out of where they are at home."""

import math
import threading
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from tests.integration.rest import PASSWORD, refused
from uploads.models import Event, FailedSignIns, User
from uploads.sign_in import throttle

pytestmark = pytest.mark.django_db

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def _limits(settings: Any) -> None:
    settings.THROTTLE_SIGN_IN_NAME = 3
    settings.THROTTLE_SIGN_IN_ADDRESS = 6


def sign_in(password: str, username: str = "ada", address: str = HOME) -> Any:
    body = {"username": username, "password": password}
    return APIClient().post("/api/token/", body, format="json", REMOTE_ADDR=address)


def fail(count: int, username: str = "ada", address: str = HOME) -> None:
    for _ in range(count):
        refused(sign_in("wrong", username, address), 401, "invalid_credentials")


def is_throttled(answer: Any) -> bool:
    if answer.status_code != 429:
        return False
    seconds = int(answer["Retry-After"])
    assert 1 <= seconds <= 60
    message = refused(answer, 429, "throttled")["message"]
    assert message.startswith(f"Too many failed sign-ins: try again in {seconds} second")
    return True


def pass_a_minute() -> None:
    for row in FailedSignIns.objects.all():
        row.since -= timedelta(seconds=61)
        row.save()


def test_a_name_has_some_failures_a_minute_wherever_they_come_from(ada: User, bob: User) -> None:
    fail(2)
    fail(1, "ADA", ELSEWHERE)
    assert is_throttled(sign_in("wrong"))
    assert is_throttled(sign_in(PASSWORD))
    assert is_throttled(sign_in(PASSWORD, "\uff21da", ELSEWHERE))
    assert sign_in(PASSWORD, "bob").status_code == 200
    pass_a_minute()
    assert sign_in(PASSWORD).status_code == 200


def test_an_address_has_some_failures_a_minute_for_whatever_names(ada: User) -> None:
    for number in range(6):
        fail(1, f"nobody-{number}")
    assert is_throttled(sign_in(PASSWORD))
    assert sign_in(PASSWORD, address=ELSEWHERE).status_code == 200
    pass_a_minute()
    assert sign_in(PASSWORD).status_code == 200


def test_an_address_of_ipv6_counts_with_its_network(ada: User) -> None:
    for number in range(6):
        fail(1, f"nobody-{number}", f"2001:db8:0:1::{number:x}")
    assert is_throttled(sign_in(PASSWORD, address="2001:db8:0:1:ffff::1"))
    assert sign_in(PASSWORD, address="2001:db8:0:2::1").status_code == 200


def test_signing_in_rightly_is_never_counted(ada: User) -> None:
    for _ in range(12):
        assert sign_in(PASSWORD).status_code == 200
    assert not FailedSignIns.objects.exists()


def test_an_unknown_name_is_throttled_as_a_known_one(ada: User) -> None:
    fail(3, "nobody")
    assert is_throttled(sign_in("wrong", "nobody"))


def test_a_stranger_s_guesses_lock_nobody_out_where_they_have_signed_in_before(ada: User) -> None:
    assert sign_in(PASSWORD).status_code == 200
    fail(3, address=ELSEWHERE)
    assert is_throttled(sign_in(PASSWORD, address=ELSEWHERE))
    fail(2)
    assert sign_in(PASSWORD).status_code == 200
    fail(1)
    assert is_throttled(sign_in(PASSWORD))


def test_no_limit_is_no_limit(ada: User, settings: Any) -> None:
    settings.THROTTLE_SIGN_IN_NAME = settings.THROTTLE_SIGN_IN_ADDRESS = 0
    fail(12)
    assert sign_in(PASSWORD).status_code == 200
    assert not FailedSignIns.objects.exists()


def test_what_is_kept_is_a_digest_and_goes_after_its_minute(ada: User) -> None:
    fail(3, "my-password-by-mistake")
    assert {len(row.pk) for row in FailedSignIns.objects.all()} == {64}
    pass_a_minute()
    fail(1, "bob", ELSEWHERE)
    assert FailedSignIns.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_no_more_than_the_limit_are_looked_at(ada: User) -> None:
    assert sorted(at_once("wrong", 12)) == [401] * 3 + [429] * 9


@pytest.mark.django_db(transaction=True)
def test_many_right_sign_ins_at_once_keep_nobody_out(ada: User) -> None:
    assert at_once(PASSWORD, 20) == [200] * 20
    assert not FailedSignIns.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_right_sign_ins_at_once_are_never_told_that_they_failed(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "_waiting", threading.Semaphore(0))
    with ExitStack() as judged:
        for _ in range(3):
            judged.enter_context(throttle.attempt("ada", HOME))
        refused(sign_in(PASSWORD), 503, "busy")
    assert sign_in(PASSWORD).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_others_holds_no_connection(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []

    class Watched(threading.Condition):
        def __enter__(self) -> bool:
            held.append(_holds_others_up())
            return super().__enter__()

    monkeypatch.setattr(throttle, "_changed", Watched())
    assert at_once(PASSWORD, 1) == [200]
    assert held == [False, False]


def _holds_others_up() -> bool:
    """Whether this thread has a connection of the pool, or, where there is none, a transaction."""
    database = connections["default"]
    if connection.vendor == "postgresql":
        return database.connection is not None
    return database.in_atomic_block


def at_once(password: str, count: int) -> list[int]:
    """The answers to sign-ins that begin together."""
    statuses: list[int] = []

    def ask() -> None:
        statuses.append(sign_in(password).status_code)
        connections.close_all()

    together = [threading.Thread(target=ask) for _ in range(count)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    return statuses


class TestTheAdminsForm:
    def sign_in(self, password: str) -> Any:
        body = {"username": "boss", "password": password, "next": "/admin/"}
        return Client().post(reverse("admin:login"), body)

    def test_is_throttled_together_with_the_api(self) -> None:
        User.objects.create_superuser("boss", password=PASSWORD)
        for _ in range(2):
            assert self.sign_in("wrong").status_code == 200
        fail(1, "boss", "127.0.0.1")
        answer = self.sign_in(PASSWORD)
        assert answer.status_code == 429
        assert 1 <= int(answer["Retry-After"]) <= 60
        text = answer.content.decode()
        assert "Too many failed sign-ins: try again in" in text
        assert 'name="password"' in text
        pass_a_minute()
        assert self.sign_in(PASSWORD).status_code == 302


def test_the_wait_that_is_told_is_enough(ada: User) -> None:
    fail(3)
    told = int(sign_in(PASSWORD)["Retry-After"])
    since = FailedSignIns.objects.order_by("-count").values_list("since", flat=True)[0]
    left = 60 - (timezone.now() - since).total_seconds()
    assert told >= math.floor(left)


@pytest.mark.parametrize("door", ["api", "admin"])
def test_the_audit_knows_of_each_failure_at_each_door_and_of_no_name_that_was_typed(
    ada: User, door: str
) -> None:
    def try_it(username: str, password: str) -> None:
        body = {"username": username, "password": password}
        client = Client(REMOTE_ADDR=HOME, headers={"User-Agent": "a browser"})
        if door == "api":
            client.post("/api/token/", body, content_type="application/json")
        else:
            client.post(reverse("admin:login"), body)

    try_it("ada", "wrong")
    try_it("hunter2-typed-as-a-name", "ada")
    try_it("ada", PASSWORD)
    failures = Event.objects.filter(kind="user.sign_in_failed").order_by("pk")
    assert [one.user_id for one in failures] == [ada.pk, 0]
    for one in failures:
        assert (one.actor_id, one.address, one.client, one.seq) == (None, HOME, "a browser", None)
        assert one.facts == {}
    assert FailedSignIns.objects.count()


@pytest.mark.parametrize("door", ["api", "admin"])
def test_who_signs_in_often_is_not_throttled_at_any_door(db: None, door: str) -> None:
    User.objects.create_superuser("boss", password=PASSWORD)
    for _ in range(8):
        if door == "api":
            assert sign_in(PASSWORD, "boss").status_code == 200
        else:
            body = {"username": "boss", "password": PASSWORD}
            assert Client(REMOTE_ADDR=HOME).post(reverse("admin:login"), body).status_code == 302
    assert not FailedSignIns.objects.exists()
    assert not Event.objects.filter(kind="user.sign_in_failed").exists()
