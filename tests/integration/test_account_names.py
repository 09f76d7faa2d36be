"""Names and passwords: what looks the same to a person signs in to the same account."""

import json
from typing import Any
from unicodedata import normalize

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests.integration.rest import PASSWORD, refused
from uploads.models import User

pytestmark = pytest.mark.django_db

JOSE = "jos\u00e9"
FULL_WIDTH = "\uff4b\uff41\uff54\uff41"


def post(path: str, username: str, password: str = PASSWORD) -> Any:
    body = json.dumps({"username": username, "password": password})
    return APIClient().post(path, body, content_type="application/json")


def sign_in(username: str, password: str = PASSWORD) -> Any:
    return post("/api/token/", username, password)


SAME_NAMES = [
    ("demo", "Demo"),
    ("Demo", "dEMO"),
    (FULL_WIDTH, FULL_WIDTH),
    (FULL_WIDTH, "Kata"),
    (JOSE, normalize("NFD", JOSE)),
    (normalize("NFD", JOSE), "JOS\u00c9"),
    ("\u00c4da", "\u00e4da"),
    ("stra\u00dfe", "STRASSE"),
    ("\u03c3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3"),
    ("\ud55c\uae00" * 50, normalize("NFD", "\ud55c\uae00" * 50)),
    ("\u0418\u0432\u0430\u043d", "\u0438\u0432\u0430\u043d"),
]


@pytest.mark.parametrize(("registered", "typed"), SAME_NAMES)
def test_a_name_signs_in_however_it_is_typed(registered: str, typed: str) -> None:
    made = post("/api/users/", registered)
    assert made.status_code == 201
    assert sign_in(registered).status_code == 200
    assert sign_in(typed).status_code == 200
    refused(sign_in(typed, "wrong"), 401, "invalid_credentials")
    refused(post("/api/users/", typed), 400, "username_taken")
    assert User.objects.get().pk == made.json()["id"]


@pytest.mark.parametrize("other", ["jose", "josef", "jos\u00e8", ""])
def test_another_name_is_another_one(other: str) -> None:
    User.objects.create_user(JOSE, password=PASSWORD)
    assert User.objects.named(other) is None


def test_the_database_itself_refuses_a_second_account_of_a_name() -> None:
    User.objects.create_user("\u00c4da")
    with pytest.raises(IntegrityError):
        User.objects.create_user("\u00e4da")


def test_a_renamed_account_is_found_by_its_new_name(ada: User) -> None:
    ada.username = "Grace"
    ada.save(update_fields=["username"])
    assert User.objects.named("grace") == ada
    assert User.objects.named("ada") is None


@pytest.mark.parametrize("typed", ["Boss", "\uff42oss"])
def test_the_admin_s_form_takes_a_name_as_it_is_typed(typed: str) -> None:
    User.objects.create_superuser("boss", password=PASSWORD)
    body = {"username": typed, "password": PASSWORD, "next": "/admin/"}
    answer = Client().post(reverse("admin:login"), body)
    assert answer.status_code == 302
    assert answer["Location"] == "/admin/"


def test_the_admin_is_told_that_a_name_is_taken() -> None:
    boss = User.objects.create_superuser("boss", password=PASSWORD)
    User.objects.create_user("\u00c4da")
    desk = Client()
    desk.force_login(boss)
    body = {"username": "\u00e4da", "password1": PASSWORD, "password2": PASSWORD}
    answer = desk.post(reverse("admin:uploads_user_add"), body)
    assert answer.status_code == 200
    assert "This name is taken." in answer.content.decode()
    body["username"] = "\uff47race"
    assert desk.post(reverse("admin:uploads_user_add"), body).status_code == 302
    assert sign_in("Grace").status_code == 200


COMPOSED = "p\u00e4ssw\u00f6rd-of-ada"
DECOMPOSED = normalize("NFD", COMPOSED)


@pytest.mark.parametrize("registered", [COMPOSED, DECOMPOSED])
@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED])
def test_a_password_is_the_same_composed_and_decomposed(registered: str, typed: str) -> None:
    assert post("/api/users/", "ada", registered).status_code == 201
    assert sign_in("ada", typed).status_code == 200
    refused(sign_in("ada", "passwort-of-ada"), 401, "invalid_credentials")


@pytest.mark.parametrize("stored", [COMPOSED, DECOMPOSED, "\ufb01xer-and-stop-b\u00e4th"])
def test_a_password_hashed_before_it_was_normalized_is_still_right(ada: User, stored: str) -> None:
    User.objects.filter(pk=ada.pk).update(password=make_password(stored))
    assert sign_in("ada", stored).status_code == 200
    assert sign_in("ada", normalize("NFC", stored)).status_code == 200
    assert not ada.check_password("")


def test_a_changed_password_is_normalized_too(ada: User) -> None:
    ada.set_password(DECOMPOSED)
    ada.save()
    assert sign_in("ada", COMPOSED).status_code == 200


def test_a_password_that_is_merely_hashed_anew_ends_no_sign_in(ada: User, settings: Any) -> None:
    access = sign_in("ada").json()["access"]
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    assert sign_in("ada").status_code == 200
    assert User.objects.get().password.startswith("pbkdf2_sha256$")
    answer = APIClient().get("/api/users/me/", headers={"Authorization": f"Bearer {access}"})
    assert answer.status_code == 200


def test_a_password_keeps_its_case_and_its_blanks(ada: User) -> None:
    ada.set_password(" Enlarger-42 ")
    ada.save()
    assert sign_in("ada", " Enlarger-42 ").status_code == 200
    for wrong in (" enlarger-42 ", "Enlarger-42"):
        refused(sign_in("ada", wrong), 401, "invalid_credentials")


@pytest.mark.django_db(transaction=True)
def test_two_accounts_of_one_name_from_before_keep_their_sign_ins() -> None:
    before, now = ("uploads", "0001_initial"), ("uploads", "0002_username_key")
    executor = MigrationExecutor(connection)
    executor.migrate([before])
    users = executor.loader.project_state([before]).apps.get_model("uploads", "User").objects
    try:
        users.create(username="\u00c4da", password=make_password("the-elder-one"))
        users.create(username="\u00e4da", password=make_password("the-younger-one"))
        users.create(username="Grace", password=make_password(PASSWORD))
        executor = MigrationExecutor(connection)
        executor.migrate([now])
    finally:
        call_command("migrate", verbosity=0)
    for name, password in (("\u00c4da", "the-elder-one"), ("\u00e4da", "the-younger-one")):
        assert sign_in(name, password).status_code == 200
    assert sign_in("\u00c4DA", "the-elder-one").status_code == 200
    assert sign_in("grace").status_code == 200
    younger = User.objects.get(username="\u00e4da")
    younger.full_clean()
    younger.save()
    assert sign_in("\u00e4da", "the-younger-one").status_code == 200
