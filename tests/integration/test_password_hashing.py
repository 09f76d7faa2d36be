"""Passwords are hashed two at a time, and who only wants an answer is not behind them."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, make_password
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests.integration.conftest import signed_in
from tests.integration.rest import refused
from uploads.models import FailedSignIns, User
from uploads.sign_in import hashing
from uploads.sign_in.hashing import AT_ONCE, MAX_WAITING

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_earnest")]

ROOM = AT_ONCE + MAX_WAITING


@pytest.fixture
def in_earnest(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a hash costs is Django's choice; what waits for it, and where, is ours.
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 10_000)
    settings.PASSWORD_HASHERS = [
        "uploads.sign_in.hashing.QueuedPBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    settings.THROTTLE_SIGN_IN_NAME = settings.THROTTLE_SIGN_IN_ADDRESS = 0


class Held:
    """Hashes that are begun and do not end until they are let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.begun = threading.Semaphore(0)
        self.running = self.most = 0
        self._lock = threading.Lock()

    def encode(self, *_: Any) -> str:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.begun.release()
        assert self.let_go.wait(30)
        with self._lock:
            self.running -= 1
        return "pbkdf2_sha256$1$salt$hash"


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    one = Held()
    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", lambda self, *args: one.encode(*args))
    yield one
    one.let_go.set()


@pytest.fixture
def boss_desk(db: None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("boss"))
    return client


def sign_in(name: str = "nobody") -> Any:
    body = {"username": name, "password": "wrong"}
    return APIClient().post("/api/token/", body, format="json")


def together(count: int, answers: list[Any]) -> list[threading.Thread]:
    def ask() -> None:
        answers.append(sign_in())
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def places_taken() -> int:
    return ROOM - hashing._places._value


def test_beyond_a_short_queue_it_is_told_when_to_come_again(ada: User, held: Held) -> None:
    answers: list[Any] = []
    threads = together(64, answers)
    for _ in range(AT_ONCE):
        assert held.begun.acquire(timeout=30)
    while len(answers) < 64 - ROOM:
        threads[0].join(0.01)
    assert places_taken() == ROOM
    for answer in answers:
        refused(answer, 503, "busy")
        assert answer["Retry-After"] == "5"
    # None of them is in front of anybody else.
    assert Client().get("/healthz").status_code == 200
    assert signed_in(ada).get("/api/users/me/").status_code == 200
    new = {"username": "grace", "password": "enlarger-42"}
    refused(APIClient().post("/api/users/", new, format="json"), 503, "busy")
    form = {"username": "boss", "password": "wrong"}
    page = Client().post(reverse("admin:login"), form)
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "try again in a few seconds" in page.content.decode()
    held.let_go.set()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers].count(401) == ROOM
    assert held.most == AT_ONCE
    assert places_taken() == 0


def test_what_was_not_looked_at_is_no_failure(held: Held, settings: Any) -> None:
    settings.THROTTLE_SIGN_IN_NAME = 100
    answers: list[Any] = []
    threads = together(ROOM + 1, answers)
    while not answers:
        threads[0].join(0.01)
    held.let_go.set()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [401] * ROOM + [503]
    assert FailedSignIns.objects.get().count == ROOM


def test_a_hash_is_django_s_own() -> None:
    encoded = make_password("enlarger-42")
    assert encoded.startswith("pbkdf2_sha256$")
    assert check_password("enlarger-42", encoded)
    assert PBKDF2PasswordHasher().verify("enlarger-42", encoded)


@pytest.mark.parametrize("name", ["nobody", "ada"])
def test_an_unknown_name_costs_as_many_hashes_as_a_wrong_password(
    ada: User, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ada.set_password("enlarger-42")
    ada.save()
    hashes = []
    encode = PBKDF2PasswordHasher.encode

    def counted(self: Any, password: str, *args: Any) -> str:
        hashes.append(password)
        return encode(self, password, *args)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    assert sign_in(name).status_code == 401
    assert len(hashes) == 1


@pytest.mark.parametrize("page", ["add", "password"])
def test_hashing_takes_no_transaction_its_connection(boss_desk: Client, page: str) -> None:
    user = User.objects.create_user("bob")
    passwords = {"password1": "Another-horse-8", "password2": "Another-horse-8"}
    if page == "add":
        address = reverse("admin:uploads_user_add")
    else:
        address = reverse("admin:auth_user_password_change", args=[user.pk])
    # As with every request of a server, whose connections are given back at its end.
    connection.close_at = 0
    answer = boss_desk.post(address, {"username": "grace", **passwords})
    assert answer.status_code == 302
    name = "grace" if page == "add" else "bob"
    assert User.objects.get(username=name).check_password("Another-horse-8")


def test_a_connection_outside_of_a_transaction_is_given_back_before_the_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_back: list[bool] = []
    monkeypatch.setattr(
        connection, "close_if_unusable_or_obsolete", lambda: given_back.append(True)
    )
    make_password("Another-horse-8")
    assert given_back == [True]
    with transaction.atomic():
        make_password("Another-horse-8")
    assert given_back == [True]


@pytest.mark.parametrize("page", ["add", "another's", "own"])
def test_a_form_of_the_admin_that_must_wait_too_long_says_when_to_come_again(
    boss_desk: Client, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    user = User.objects.create_user("bob")
    address = {
        "add": reverse("admin:uploads_user_add"),
        "another's": reverse("admin:auth_user_password_change", args=[user.pk]),
        "own": reverse("admin:password_change"),
    }[page]
    monkeypatch.setattr(hashing, "_places", threading.BoundedSemaphore(1))
    with hashing._places:
        answer = boss_desk.post(
            address,
            {
                "username": "grace",
                "password1": "Another-horse-8",
                "password2": "Another-horse-8",
                "old_password": "x",
                "new_password1": "Another-horse-8",
                "new_password2": "Another-horse-8",
            },
        )
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
