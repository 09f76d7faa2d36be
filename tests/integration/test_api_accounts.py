"""Registration, and who am I."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.integration.rest import PASSWORD, file, refused, uploaded
from uploads.models import Event, User

pytestmark = pytest.mark.django_db


def register(username: Any, password: Any = PASSWORD) -> Any:
    # Escaped, so that it can hold what no UTF-8 text can.
    body = json.dumps({"username": username, "password": password})
    return APIClient().post("/api/users/", body, content_type="application/json")


def test_anybody_can_register_where_registration_is_open() -> None:
    answer = register("grace")
    assert answer.status_code == 201
    user = User.objects.get(username="grace")
    assert answer.json() == {"id": user.pk, "username": "grace"}
    assert user.check_password(PASSWORD)
    assert not user.is_staff


def test_nobody_registers_where_registration_is_closed(settings: Any) -> None:
    settings.REGISTRATION_OPEN = False
    refused(register("grace"), 403, "registration_closed")
    assert not User.objects.filter(username="grace").exists()


@pytest.mark.parametrize("password", ["12345", "password123", "grace-hopper"])
def test_a_weak_password_is_refused_in_the_words_of_the_rule(password: str) -> None:
    body = refused(register("grace-hopper", password), 400, "weak_password")
    assert {fault["field"] for fault in body["errors"]} == {"password"}
    assert not User.objects.filter(username="grace-hopper").exists()


@pytest.mark.parametrize("name", ["ada", "ADA"])
def test_a_name_that_is_taken_is_refused_in_any_case(ada: User, name: str) -> None:
    body = refused(register(name), 400, "username_taken")
    assert body["errors"][0]["field"] == "username"


@pytest.mark.parametrize(
    "name",
    ["", "two words", "a/b", "nul\0", "half\ud800", "x" * 151, "\ufdfa" * 20, None, [], {}],
)
def test_a_name_that_cannot_be_one_is_refused(name: Any) -> None:
    refused(register(name), 400, "invalid")
    assert not User.objects.exists()


def test_names_that_look_alike_to_unicode_are_the_same_name(ada: User) -> None:
    refused(register("\uff41da"), 400, "username_taken")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"", "invalid", "Some fields are not valid."),
        (b"[]", "invalid", "Invalid data. Expected a dictionary, but got list."),
        (b"null", "invalid", "No data provided."),
        (b"{", "malformed", "expecting property name enclosed in double quotes at line 1"),
        (b"\xff\xfe\xff", "malformed", "JSON in UTF-16: send it in UTF-8."),
        (b"\xff", "malformed", "no text in UTF-8."),
        ("{}".encode("utf-16-le"), "malformed", "JSON in UTF-16-LE: send it in UTF-8."),
        ("{}".encode("utf-32"), "malformed", "JSON in UTF-32: send it in UTF-8."),
        (b'{"username": "a", "username": "b"}', "malformed", 'the key "username" stands in one'),
        (b'{"username": NaN}', "malformed", "NaN is not a number that JSON has."),
        (b"[" * 100_000, "malformed", "it is nested too deeply."),
    ],
)
def test_a_body_that_is_not_an_object_is_refused(body: bytes, code: str, message: str) -> None:
    answer = APIClient().post("/api/users/", body, content_type="application/json")
    assert message in refused(answer, 400, code)["message"]


def test_a_byte_order_mark_before_json_says_nothing(ada: User) -> None:
    body = b'\xef\xbb\xbf{"username": "ada", "password": "enlarger-42"}'
    answer = APIClient().post("/api/token/", body, content_type="application/json; charset=utf-8")
    assert answer.status_code == 200


@pytest.mark.parametrize("half", [r"\ud800", r"a\udfff", r"\udc00\ud800"])
def test_half_of_a_surrogate_pair_is_no_name_and_no_password(ada: User, half: str) -> None:
    body = f'{{"username": "{half}", "password": "{half}"}}'
    for url in ("/api/users/", "/api/token/"):
        answer = APIClient().post(url, body, content_type="application/json")
        fields = {fault["field"] for fault in refused(answer, 400, "invalid")["errors"]}
        assert fields == {"username", "password"}
    for url in ("/api/token/refresh/", "/api/token/blacklist/"):
        answer = APIClient().post(url, f'{{"refresh": "{half}"}}', content_type="application/json")
        refused(answer, 400, "invalid")


def test_me_says_who_is_signed_in_and_what_is_used_of_the_quota(
    as_ada: APIClient, ada: User
) -> None:
    ada.quota_queued = 5
    ada.save(update_fields=["quota_queued"])
    image = uploaded(as_ada, file(), file())["images"][0]
    assert as_ada.get("/api/users/me/").json() == {
        "id": ada.pk,
        "username": "ada",
        "is_staff": False,
        "email": "",
        "email_notices": False,
        "quota": {
            "bytes_used": 2 * image["size"],
            "bytes_limit": None,
            "queued": 2,
            "queued_limit": 5,
        },
        "counts": {"uploads": 1, "images": 2, "predictions": 2},
        "requests_per_minute": {"uploads": None, "v2": None, "changes": 600},
    }


def test_the_servers_quota_counts_where_a_user_has_no_own(as_ada: APIClient, settings: Any) -> None:
    settings.QUOTA_BYTES = 12_345
    assert as_ada.get("/api/users/me/").json()["quota"]["bytes_limit"] == 12_345


def test_signing_in_is_told_to_the_audit_and_to_nobody_else(ada: User) -> None:
    APIClient().post("/api/token/", {"username": "ada", "password": PASSWORD}, format="json")
    event = Event.objects.get(user_id=ada.pk)
    assert (event.kind, event.seq, event.actor_id) == ("user.signed_in", None, None)
