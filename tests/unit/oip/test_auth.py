"""Whose a token is, and for how long that is believed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError
from rest_framework_simplejwt.tokens import AccessToken

from consumers.database import in_database
from consumers.oip import auth
from consumers.oip.auth import REMEMBER_SECONDS, Authenticator
from inference.oip.errors import ProtocolError, Status
from uploads.events import Actor
from uploads.models import User
from uploads.sign_in import tokens

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    one = Clock()
    monkeypatch.setattr(auth, "time", one)
    return one


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens that were decoded."""
    decoded: list[str] = []
    identify = tokens.identify

    def noted(token: str, actor: Actor) -> Any:
        decoded.append(token)
        return identify(token, actor)

    monkeypatch.setattr(tokens, "identify", noted)
    return decoded


async def sign_in(user: User) -> str:
    access, _ = await in_database(tokens.sign_in, user, Actor())
    return access


async def refusal(authenticate: Authenticator, token: str) -> ProtocolError:
    with pytest.raises(ProtocolError) as raised:
        await authenticate(token)
    return raised.value


async def test_a_token_speaks_for_its_user(ada: User) -> None:
    caller = await Authenticator()(await sign_in(ada))
    assert (caller.user_id, caller.may_manage) == (ada.pk, False)


async def test_who_has_the_permission_may_manage_models(ada: User, admin_user: User) -> None:
    permission = await in_database(Permission.objects.get, codename="manage_models")
    await in_database(ada.user_permissions.add, permission)
    for user in (ada, admin_user):
        assert (await Authenticator()(await sign_in(user))).may_manage


async def test_a_token_is_decoded_once_in_a_few_seconds(
    ada: User, clock: Clock, looked_up: list[str]
) -> None:
    authenticate, token = Authenticator(), await sign_in(ada)
    for _ in range(3):
        await authenticate(token)
    assert looked_up == [token]
    clock.now += REMEMBER_SECONDS
    await authenticate(token)
    assert looked_up == [token, token]


async def test_calls_that_come_together_look_up_together(ada: User, looked_up: list[str]) -> None:
    authenticate, token = Authenticator(), await sign_in(ada)
    callers = await asyncio.gather(*(authenticate(token) for _ in range(50)))
    assert {caller.user_id for caller in callers} == {ada.pk}
    assert looked_up == [token]


async def test_one_who_is_called_off_does_not_take_the_others_along(ada: User) -> None:
    authenticate, token = Authenticator(), await sign_in(ada)
    first = asyncio.create_task(authenticate(token))
    second = asyncio.create_task(authenticate(token))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).user_id == ada.pk


async def test_a_sign_in_that_ended_is_refused_within_seconds(ada: User, clock: Clock) -> None:
    authenticate, token = Authenticator(), await sign_in(ada)
    await authenticate(token)
    await in_database(ada.end_sessions)
    clock.now += REMEMBER_SECONDS
    error = await refusal(authenticate, token)
    assert (error.status, error.message) == (Status.UNAUTHENTICATED, "You have been signed out.")


async def test_nobody_is_remembered_beyond_the_end_of_their_token(
    ada: User, clock: Clock, looked_up: list[str]
) -> None:
    short = AccessToken(await sign_in(ada))  # type: ignore[arg-type]  # the stubs want a Token
    short.set_exp(lifetime=timedelta(seconds=2))
    authenticate = Authenticator()
    await authenticate(str(short))
    clock.now += 2.1
    await authenticate(str(short))
    assert len(looked_up) == 2


async def _refresh(user: User) -> Any:
    _, refresh = await in_database(tokens.sign_in, user, Actor())
    return refresh


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "x" * 100_000, "\udc80", "tökén"])
async def test_what_is_no_token_is_refused(token: str) -> None:
    assert (await refusal(Authenticator(), token)).status is Status.UNAUTHENTICATED


async def test_a_refresh_token_is_no_access_token(ada: User) -> None:
    error = await refusal(Authenticator(), await _refresh(ada))
    assert error.message == "The token is invalid or has ended."


async def test_an_expired_token_is_refused(ada: User) -> None:
    old = AccessToken(await sign_in(ada))  # type: ignore[arg-type]  # the stubs want a Token
    old.set_exp(lifetime=timedelta(seconds=-1))
    error = await refusal(Authenticator(), str(old))
    assert error.message == "The token is invalid or has ended."


async def test_a_database_that_is_away_is_not_the_callers_fault(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(token: str, actor: Actor) -> Any:
        raise DatabaseError

    token = await sign_in(ada)
    monkeypatch.setattr(tokens, "identify", away)
    assert (await refusal(Authenticator(), token)).status is Status.UNAVAILABLE


async def test_only_so_many_are_remembered(
    ada: User, looked_up: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "MAX_REMEMBERED", 2)
    authenticate = Authenticator()
    signed_in = [await sign_in(ada) for _ in range(3)]
    for token in (*signed_in, signed_in[2], signed_in[0]):
        await authenticate(token)
    assert looked_up == [*signed_in, signed_in[0]]
