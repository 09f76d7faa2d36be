"""Wrong keys and tokens: slowed down by their address at every door, and no other one with them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from consumers.oip import auth
from consumers.oip.auth import Authenticator, authenticate_and_count
from inference.oip.errors import ProtocolError, Status
from tests.integration.keys import key_of, with_key
from tests.integration.rest import PASSWORD, refused
from tests.integration.socket.conftest import Client as SocketClient
from tests.integration.v2.calling import Client as ProtocolClient
from uploads.events import Actor
from uploads.models import ApiKey, Event, FailedSignIns, User
from uploads.sign_in import throttle, tokens

pytestmark = pytest.mark.django_db

UNKNOWN = f"drk_{'0' * 12}_{'0' * 64}"
FORGED = "a.b.c"
HERE = "192.0.2.1"

Ask = Callable[[str], Any]


@pytest.fixture(autouse=True)
def _limit(settings: Any) -> None:
    settings.THROTTLE_SIGN_IN_ADDRESS = 3


def look(credential: str, address: str = HERE) -> Any:
    return with_key(credential, "Bearer", REMOTE_ADDR=address).get("/api/users/me/")


def renew(refresh: str) -> Any:
    body = {"refresh": refresh}
    return APIClient(REMOTE_ADDR=HERE).post("/api/token/refresh/", body, format="json")


def sign_out(refresh: str) -> Any:
    body = {"refresh": refresh}
    return APIClient(REMOTE_ADDR=HERE).post("/api/token/blacklist/", body, format="json")


def written_down() -> int:
    return Event.objects.filter(kind="user.sign_in_failed", address=HERE).count()


def fail(ask: Ask, credential: str, code: str = "token_not_valid") -> None:
    for _ in range(3):
        refused(ask(credential), 401, code)


def is_slowed_down(answer: Any) -> bool:
    refused(answer, 429, "throttled")
    return 0 < int(answer["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("ask", "credential", "code"),
    [
        (look, UNKNOWN, "key_not_valid"),
        (look, FORGED, "token_not_valid"),
        (renew, FORGED, "token_not_valid"),
        (sign_out, FORGED, "token_not_valid"),
    ],
)
def test_an_address_may_send_some_wrong_credentials_a_minute(
    ada: User, ask: Ask, credential: str, code: str
) -> None:
    fail(ask, credential, code)
    assert is_slowed_down(ask(credential))
    assert is_slowed_down(look(UNKNOWN))
    assert written_down() == 3
    refused(look(FORGED, "192.0.2.2"), 401, "token_not_valid")


def test_what_is_right_works_behind_an_address_from_which_others_guess(ada: User) -> None:
    fail(look, FORGED)
    access, refresh = tokens.sign_in(ada, Actor())
    assert look(key_of(ada)).status_code == 200
    assert look(access).status_code == 200
    assert renew(refresh).status_code == 200
    body = {"username": "ada", "password": PASSWORD}
    signed_in = APIClient(REMOTE_ADDR=HERE).post("/api/token/", body, format="json")
    assert signed_in.status_code == 200


def test_a_program_with_an_old_key_keeps_nobody_beside_it_from_signing_in(ada: User) -> None:
    old = key_of(ada)
    ApiKey.objects.update(revoked_at=timezone.now())
    fail(look, old, "key_not_valid")
    assert is_slowed_down(look(old))
    body = {"username": "ada", "password": "wrong"}
    answer = APIClient(REMOTE_ADDR=HERE).post("/api/token/", body, format="json")
    refused(answer, 401, "invalid_credentials")


def test_a_token_whose_time_is_over_is_nobodys_guess(ada: User) -> None:
    access, refresh = tokens.sign_in(ada, Actor())
    old = AccessToken(access)  # type: ignore[arg-type]  # the stubs want a Token
    old.set_exp(from_time=timezone.now() - timedelta(hours=1))
    ada.end_sessions()
    for _ in range(4):
        refused(look(str(old)), 401, "token_not_valid")
        refused(look(access), 401, "signed_out")
        refused(renew(refresh), 401, "token_not_valid")
    assert not written_down()


def test_the_minute_is_everybodys_and_ends(ada: User) -> None:
    fail(look, FORGED)
    throttle._full.clear()  # as at another web process
    assert is_slowed_down(look(FORGED))
    throttle._full.clear()
    FailedSignIns.objects.update(since=timezone.now() - timedelta(seconds=61))
    refused(look(FORGED), 401, "token_not_valid")


def test_who_goes_on_sending_them_costs_the_database_nothing(ada: User) -> None:
    fail(look, FORGED)
    assert is_slowed_down(look(FORGED))
    with CaptureQueriesContext(connection) as asked:
        assert is_slowed_down(look(FORGED))
    assert not asked.captured_queries


def test_without_a_limit_the_audit_is_bounded_all_the_same(
    ada: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.THROTTLE_SIGN_IN_ADDRESS = 0
    monkeypatch.setattr(throttle, "WRITTEN_DOWN", 2)
    for _ in range(4):
        refused(look(UNKNOWN), 401, "key_not_valid")
    assert written_down() == 2


@pytest.mark.django_db(transaction=True)
async def test_v2_says_when_another_try_makes_sense(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consumers.oip.requests.authenticate", Authenticator())
    stranger = ProtocolClient(FORGED)
    for _ in range(3):
        assert (await stranger.get("/v2/models/ocr")).status_code == 401
    answer = await stranger.get("/v2/models/ocr")
    assert answer.status_code == 429
    assert 1 < int(answer["Retry-After"]) <= 60
    assert f"in {answer['Retry-After']} seconds" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("credential", [UNKNOWN, FORGED, "x" * 5000, "t\u00f6k\u00e9n"])
async def test_a_workers_own_ports_slow_an_address_down(
    ada: User, credential: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "authenticate", Authenticator())

    async def refusal() -> ProtocolError:
        with pytest.raises(ProtocolError) as raised:
            await authenticate_and_count(credential, HERE)
        return raised.value

    for _ in range(3):
        assert (await refusal()).status is Status.UNAUTHENTICATED
    error = await refusal()
    assert error.status is Status.RESOURCE_EXHAUSTED
    assert 0 < (error.retry_after or 0) <= 60
    key = await sync_to_async(key_of)(ada)
    assert (await authenticate_and_count(key, HERE)).user_id == ada.pk


@pytest.mark.django_db(transaction=True)
async def test_a_socket_is_told_why_it_is_closed(ada: User) -> None:
    async def closed() -> list[str]:
        client = SocketClient()
        client.wire.scope["client"] = [HERE, 5000]
        await client.open()
        await client.hello(FORGED)
        told = []
        while (output := await client.wire.receive_output())["type"] != "websocket.close":
            told.append(output["text"])
        assert output["code"] == 4401
        return told

    for _ in range(3):
        assert await closed() == []
    (told,) = await closed()
    assert '"code":"throttled"' in told
