"""API keys over REST: what they open, what they do not, and how they end."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework.test import APIClient

from tests.integration.conftest import signed_in
from tests.integration.keys import MOMENTS_AGO, key_of, made, with_key
from tests.integration.rest import content_of, file, post, refused, uploaded
from uploads.models import ApiKey, Event, Scope, Upload, User

pytestmark = pytest.mark.django_db

UNKNOWN = f"drk_{'0' * 12}_{'0' * 64}"


def test_a_key_reads_and_uploads_without_a_sign_in(as_ada: APIClient, ada: User) -> None:
    program = with_key(made(as_ada, "read", "write")["key"])
    upload = uploaded(program)
    assert Upload.objects.get(pk=upload["id"]).user == ada
    assert program.get("/api/uploads/").json()["results"][0]["id"] == upload["id"]
    assert program.get("/api/users/me/").json()["username"] == "ada"


@pytest.mark.parametrize("scheme", ["Api-Key", "api-key", "Bearer"])
def test_a_key_comes_by_its_own_scheme_or_as_a_bearer_token(ada: User, scheme: str) -> None:
    assert with_key(key_of(ada), scheme).get("/api/users/me/").status_code == 200


def test_a_key_is_shown_once_and_kept_as_a_hash(as_ada: APIClient) -> None:
    shown = made(as_ada)
    row = ApiKey.objects.get(pk=shown["id"])
    secret = shown["key"].removeprefix(f"{shown['prefix']}_")
    assert len(secret) == 64
    listed = as_ada.get("/api/keys/").content.decode()
    assert shown["prefix"] in listed
    for kept in (listed, str(row.__dict__), str(list(Event.objects.values()))):
        assert secret not in kept


def test_a_key_reaches_as_far_as_its_scopes(as_ada: APIClient, ada: User) -> None:
    upload = uploaded(as_ada)
    image = upload["images"][0]
    reader, writer = with_key(key_of(ada, Scope.READ)), with_key(key_of(ada, Scope.WRITE))
    caller = with_key(key_of(ada, Scope.INFER))
    path = f"/api/uploads/{upload['id']}/"
    assert reader.get(path).status_code == 200
    for one in (reader, caller):
        refused(post(one, file()), 403, "scope_missing")
        refused(one.delete(path), 403, "scope_missing")
        refused(
            one.post(image["predictions"], {"model": "ocr"}, format="json"), 403, "scope_missing"
        )
    for one in (writer, caller):
        refused(one.get(path), 403, "scope_missing")
        refused(one.get(image["file"]), 403, "scope_missing")
        refused(one.get("/api/events/"), 403, "scope_missing")
    assert post(writer, file()).status_code == 202
    assert writer.delete(path).status_code == 204


def test_a_key_neither_makes_nor_sees_nor_revokes_keys(as_ada: APIClient, ada: User) -> None:
    shown = made(as_ada)
    program = with_key(shown["key"])
    body = {"name": "another", "scopes": ["read"]}
    refused(program.post("/api/keys/", body, format="json"), 403, "not_for_keys")
    refused(program.get("/api/keys/"), 403, "not_for_keys")
    refused(program.delete(f"/api/keys/{shown['id']}/"), 403, "not_for_keys")
    assert ApiKey.objects.get().revoked_at is None


def test_a_key_is_no_refresh_token(ada: User) -> None:
    body = {"refresh": key_of(ada)}
    for path in ("/api/token/refresh/", "/api/token/blacklist/"):
        refused(APIClient().post(path, body, format="json"), 401, "token_not_valid")


def test_keys_are_their_owners_alone(as_ada: APIClient, as_bob: APIClient) -> None:
    shown = made(as_ada)
    assert as_bob.get("/api/keys/").json()["results"] == []
    refused(as_bob.delete(f"/api/keys/{shown['id']}/"), 404, "not_found")
    assert with_key(shown["key"]).get("/api/users/me/").status_code == 200


def test_a_key_opens_nothing_of_others(as_ada: APIClient, bob: User) -> None:
    upload = uploaded(as_ada)
    refused(with_key(key_of(bob)).get(f"/api/uploads/{upload['id']}/"), 404, "not_found")


def test_a_revoked_key_does_nothing_and_is_listed_no_more(as_ada: APIClient) -> None:
    shown = made(as_ada)
    assert as_ada.delete(f"/api/keys/{shown['id']}/").status_code == 204
    refused(with_key(shown["key"]).get("/api/users/me/"), 401, "key_not_valid")
    assert as_ada.get("/api/keys/").json()["results"] == []
    refused(as_ada.delete(f"/api/keys/{shown['id']}/"), 404, "not_found")


def test_an_expired_key_does_nothing(as_ada: APIClient) -> None:
    soon = (timezone.now() + timedelta(hours=1)).isoformat()
    shown = made(as_ada, expires_at=soon)
    assert parse_datetime(shown["expires_at"]) == parse_datetime(soon)
    program = with_key(shown["key"])
    assert program.get("/api/users/me/").status_code == 200
    ApiKey.objects.update(expires_at=timezone.now())
    refused(program.get("/api/users/me/"), 401, "key_not_valid")


def test_a_disabled_users_keys_do_nothing(ada: User) -> None:
    program = with_key(key_of(ada))
    ada.is_active = False
    ada.save()
    refused(program.get("/api/users/me/"), 401, "key_not_valid")


@pytest.mark.parametrize(
    "key", ["", "x", UNKNOWN, UNKNOWN[:-1], f"{UNKNOWN}0", "drk_", "drk_é", "drk_\0", "x" * 5000]
)
def test_what_is_no_key_is_refused(db: None, key: str) -> None:
    refused(with_key(key).get("/api/users/me/"), 401, "key_not_valid")


def test_the_right_beginning_with_another_secret_is_refused(ada: User) -> None:
    key = key_of(ada)
    forged = key[:-1] + ("0" if key[-1] != "0" else "1")
    refused(with_key(forged).get("/api/users/me/"), 401, "key_not_valid")


def test_use_is_noted_once_a_minute(ada: User) -> None:
    program = with_key(key_of(ada))
    assert ApiKey.objects.get().last_used_at is None
    program.get("/api/users/me/")
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    program.get("/api/users/me/")
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(seconds=61))
    program.get("/api/users/me/")
    again = ApiKey.objects.get().last_used_at
    assert again is not None
    assert again > first


def test_a_user_has_only_so_many_keys_that_count(as_ada: APIClient, settings: Any) -> None:
    settings.MAX_API_KEYS_PER_USER = 2
    first = made(as_ada)
    made(as_ada)
    body = {"name": "one more", "scopes": ["read"]}
    refused(as_ada.post("/api/keys/", body, format="json"), 409, "too_many_keys")
    as_ada.delete(f"/api/keys/{first['id']}/")
    made(as_ada)


def test_keys_are_audited_from_their_making_to_their_end(as_ada: APIClient, ada: User) -> None:
    shown = made(as_ada)
    program = with_key(shown["key"], HTTP_USER_AGENT="camera/1")
    uploaded(program)
    as_ada.delete(f"/api/keys/{shown['id']}/")
    told = {event.kind: event for event in Event.objects.filter(actor_id=ada.pk)}
    for kind in ("key.created", "key.revoked"):
        assert told[kind].facts["prefix"] == shown["prefix"]
        assert told[kind].seq is None
    assert told["upload.created"].client == f"{shown['prefix']} camera/1"


@pytest.mark.parametrize(
    "odd",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "a\0b"},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"scopes": "read"},
        {"scopes": [{}]},
        {"scopes": ["read"] * 4},
        {"expires_at": MOMENTS_AGO},
        {"expires_at": "soon"},
        {"expires_at": "2999-01-01T00:00:00"},
        {"expires_at": "2999-01-01"},
        {"expires_at": 5},
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(as_ada: APIClient, odd: dict[str, Any]) -> None:
    body = {"name": "nightly", "scopes": ["read"], **odd}
    refused(as_ada.post("/api/keys/", body, format="json"), 400, "invalid")
    assert not ApiKey.objects.exists()


def test_a_key_outlives_sign_ins_but_not_its_revocation(ada: User, models: None) -> None:
    shown = made(signed_in(ada))
    ada.end_sessions()
    program = with_key(shown["key"])
    assert program.get("/api/users/me/").status_code == 200


def test_a_key_that_reads_takes_a_selection_along(as_ada: APIClient, ada: User) -> None:
    upload = uploaded(as_ada)
    asked = {"images": [upload["images"][0]["id"]], "format": "zip"}
    reader, writer = with_key(key_of(ada, Scope.READ)), with_key(key_of(ada, Scope.WRITE))
    refused(writer.post("/api/exports/", asked, format="json"), 403, "scope_missing")
    url = reader.post("/api/exports/", asked, format="json").json()["url"]
    assert writer.get(url).status_code == 404
    assert content_of(reader.get(url)).startswith(b"PK")
    reader.cookies.clear()
    url = reader.post("/api/exports/", asked, format="json").json()["url"]
    ApiKey.objects.update(revoked_at=timezone.now())
    assert APIClient().get(url).status_code == 404


def test_a_key_ends_at_the_same_moment_in_whatever_offset_it_is_told(as_ada: APIClient) -> None:
    told = ("2999-01-01T00:00:00Z", "2999-01-01T09:00:00+09:00")
    assert [made(as_ada, expires_at=one)["expires_at"] for one in told] == [told[0]] * 2
    body = {"name": "nightly", "scopes": ["read"], "expires_at": "2999-01-01T00:00:00"}
    answer = refused(as_ada.post("/api/keys/", body, format="json"), 400, "invalid")
    assert "with its offset" in answer["errors"][0]["message"]
