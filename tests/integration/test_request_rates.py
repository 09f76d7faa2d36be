"""Requests a minute are counted for each user or address, where that is wanted."""

import threading
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework.test import APIClient

from consumers.oip import auth
from inference.oip.access import Caller
from inference.oip.errors import ProtocolError, Status
from tests.integration.rest import file, post, refused, succeed, uploaded
from uploads import request_rates
from uploads.errors import TooManyRequests
from uploads.events import Actor
from uploads.models import Prediction, User
from uploads.sign_in import tokens

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_counted_yet() -> None:
    cache.clear()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, in seconds, for the test to change."""
    clock = [600.0]
    monkeypatch.setattr(time, "time", lambda: clock[0])
    return clock


def test_a_user_sends_so_many_uploads_a_minute_and_others_as_many(
    as_ada: APIClient, as_bob: APIClient, settings: Any, now: list[float]
) -> None:
    settings.THROTTLE_UPLOADS = 2
    now[0] += 20
    image = uploaded(as_ada, file())["images"][0]
    again = as_ada.post(image["predictions"], {"model": "ocr"}, format="json")
    assert again.status_code == 202
    answer = post(as_ada, file())
    refused(answer, 429, "too_many_requests")
    assert answer["Retry-After"] == "40"
    refused(as_ada.post(image["predictions"], {}, format="json"), 429, "too_many_requests")
    assert as_ada.get("/api/uploads/").status_code == 200
    assert post(as_bob, file()).status_code == 202
    now[0] += 40
    assert post(as_ada, file()).status_code == 202


def test_a_user_makes_so_many_keys_webhooks_corrections_and_exports_a_minute(
    as_ada: APIClient, as_bob: APIClient, settings: Any, now: list[float]
) -> None:
    settings.THROTTLE_CHANGES = 2
    prediction = uploaded(as_ada, file())["images"][0]["prediction"]["id"]
    succeed(prediction)
    key = {"name": "nightly", "scopes": ["read"]}
    hook = {"url": "https://example.com/hook"}
    line = f"/api/predictions/{prediction}/corrections/0/"
    pin = f"/api/images/{Prediction.objects.get(pk=prediction).image_id}/pin/"
    made = as_ada.post("/api/keys/", key, format="json")
    assert made.status_code == 201
    assert as_ada.post("/api/webhooks/", hook, format="json").status_code == 201
    for answer in (
        as_ada.post("/api/keys/", key, format="json"),
        as_ada.post("/api/webhooks/", hook, format="json"),
        as_ada.put(line, {"text": "a", "seen": "b"}, format="json"),
        as_ada.put(pin),
        as_ada.post("/api/exports/", {"filter": {}}, format="json"),
        as_ada.post("/api/users/me/export/", {}, format="json"),
    ):
        refused(answer, 429, "too_many_requests")
    assert as_ada.get("/api/keys/").status_code == 200
    assert as_ada.delete(pin).status_code == 200
    assert as_ada.delete(f"/api/keys/{made.json()['id']}/").status_code == 204
    assert as_bob.post("/api/keys/", key, format="json").status_code == 201
    now[0] += 60
    assert as_ada.post("/api/keys/", key, format="json").status_code == 201


def test_a_refused_upload_is_not_read(as_ada: APIClient, settings: Any, media: Any) -> None:
    settings.THROTTLE_UPLOADS = 1
    uploaded(as_ada, file())
    refused(post(as_ada, file(b"no image")), 429, "too_many_requests")
    assert not [path for path in (media / ".incoming").glob("*") if path.is_file()]


def test_one_address_registers_so_many_people_a_minute(
    settings: Any, now: list[float], db: None
) -> None:
    settings.THROTTLE_REGISTRATION = 2

    def register(name: str, address: str) -> Any:
        body = {"username": name, "password": "enlarger-42"}
        return APIClient().post("/api/users/", body, format="json", REMOTE_ADDR=address)

    assert register("ada", "192.0.2.1").status_code == 201
    assert register("ada", "192.0.2.1").status_code == 400
    refused(register("bob", "192.0.2.1"), 429, "too_many_requests")
    assert register("bob", "192.0.2.2").status_code == 201


def test_of_many_at_once_no_more_come_through_than_may(now: list[float]) -> None:
    passed: list[int] = []

    def ask() -> None:
        try:
            request_rates.count("uploads", "7", 5)
        except TooManyRequests:
            return
        passed.append(1)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(passed) == 5


def test_without_redis_nobody_is_refused(
    as_ada: APIClient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise RedisConnectionError

    settings.THROTTLE_UPLOADS = 1
    monkeypatch.setattr(LocMemCache, "add", away)
    for _ in range(3):
        uploaded(as_ada, file())


async def test_the_protocol_has_a_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    async def known(token: str, actor: Actor) -> Caller:
        return Caller(user_id=len(token), may_manage=False, calls_per_minute=2)

    monkeypatch.setattr(auth, "authenticate", known)
    for _ in range(2):
        await auth.authenticate_and_count("a", None)
    with pytest.raises(ProtocolError) as refusal:
        await auth.authenticate_and_count("a", None)
    assert refusal.value.status is Status.RESOURCE_EXHAUSTED
    assert f"in {refusal.value.retry_after} s" in refusal.value.message
    await auth.authenticate_and_count("bb", None)


def test_who_calls_the_protocol_is_known_with_their_limit(ada: User, settings: Any) -> None:
    settings.THROTTLE_V2 = 7
    access, _ = tokens.sign_in(ada, Actor())
    assert auth._identify(access, Actor()).caller.calls_per_minute == 7
    User.objects.update(throttle_v2=3)
    assert auth._identify(access, Actor()).caller.calls_per_minute == 3


def test_people_see_what_they_may_ask_a_minute(as_ada: APIClient, settings: Any) -> None:
    settings.THROTTLE_UPLOADS, settings.THROTTLE_CHANGES = 120, 50
    body = as_ada.get("/api/users/me/").json()
    assert body["requests_per_minute"] == {"uploads": 120, "v2": None, "changes": 50}
    settings.THROTTLE_CHANGES = 0
    assert as_ada.get("/api/users/me/").json()["requests_per_minute"]["changes"] is None
