"""Whose a token or a key is: asked with every call, so remembered for a few seconds."""

import asyncio
import hashlib
import time
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from consumers.database import ANY_ERROR, in_database
from inference.oip.access import Caller
from inference.oip.errors import ProtocolError, Status
from uploads import request_rates
from uploads.errors import TooManyRequests
from uploads.events import Actor
from uploads.models import Scope
from uploads.sign_in import authority, claims, tokens
from uploads.sign_in.denials import ScopeMissing, TooManyFailures

REMEMBER_SECONDS: Final = 5.0
"""So long a token is believed after its sign-in has ended, and a key after it was revoked."""
MAX_REMEMBERED: Final = 10_000
_SOMEBODY: Final = Actor()


@dataclass(frozen=True)
class _Known:
    caller: Caller
    until: float
    """By the monotonic clock."""


class Authenticator:
    """Tells whose a token is: decoded and looked up once in `REMEMBER_SECONDS`.

    Nobody is remembered beyond the end of their token. For one event loop.
    """

    def __init__(self) -> None:
        # By a hash, so that no token lies around in memory.
        self._known: dict[bytes, _Known] = {}
        self._looking: dict[bytes, asyncio.Task[_Known]] = {}

    async def __call__(self, token: str, actor: Actor = _SOMEBODY) -> Caller:
        """Who this access token or API key speaks for; `actor` is who sends it, if that is known.

        Raises:
            ProtocolError: UNAUTHENTICATED: it is missing, unsound, expired or revoked, or its
                sign-in has ended. PERMISSION_DENIED: a key that is not for this protocol.
                RESOURCE_EXHAUSTED: it is wrong, as others of the actor's address were.
                UNAVAILABLE: the database does not answer.
        """
        if not token:
            raise ProtocolError(
                Status.UNAUTHENTICATED,
                "A token or an API key is needed: authorization: Bearer <token>.",
            )
        key = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
        known = self._known.get(key)
        if known is None or known.until <= time.monotonic():
            known = await self._look(key, token, actor)
        return known.caller

    async def _look(self, key: bytes, token: str, actor: Actor) -> _Known:
        """Calls that come together with one token look it up together."""
        task = self._looking.get(key)
        if task is None:
            task = asyncio.create_task(in_database(_identify, token, actor))
            self._looking[key] = task
            task.add_done_callback(lambda done: self._note(key, done))
        try:
            # Shielded: one of them may be called off, which is nothing to the others.
            return await asyncio.shield(task)
        except claims.InvalidToken:
            raise _not_valid() from None
        except tokens.EndedSession:
            raise ProtocolError(Status.UNAUTHENTICATED, "You have been signed out.") from None
        except TooManyFailures as error:
            raise ProtocolError(
                Status.RESOURCE_EXHAUSTED, error.message, error.retry_after
            ) from None
        except ANY_ERROR:
            raise ProtocolError(
                Status.UNAVAILABLE, "The database does not answer: try again."
            ) from None

    def _note(self, key: bytes, done: "asyncio.Task[_Known]") -> None:
        del self._looking[key]
        self._known.pop(key, None)
        if done.cancelled() or done.exception() is not None:
            return
        if len(self._known) >= MAX_REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[key] = done.result()


def _identify(token: str, actor: Actor) -> _Known:
    # The clock is read first: the time that the look-up takes is not added to what is remembered.
    now = time.monotonic()
    identity = authority.identify(token, actor)
    if not identity.may(Scope.INFER):
        raise ProtocolError(Status.PERMISSION_DENIED, ScopeMissing(Scope.INFER).message)
    lasts = REMEMBER_SECONDS
    if identity.expires_at is not None:
        lasts = min(lasts, (identity.expires_at - timezone.now()).total_seconds())
    # Whoever may load models does so signed in: a key is for calling them.
    may_manage = identity.key is None and identity.user.has_perm("uploads.manage_models")
    limit = request_rates.of_v2(identity.user)
    caller = Caller(identity.user.pk, may_manage, calls_per_minute=limit)
    return _Known(caller, now + lasts)


def _not_valid() -> ProtocolError:
    return ProtocolError(Status.UNAUTHENTICATED, "The token is invalid or has ended.")


authenticate: Final = Authenticator()
"""This process's."""


async def authenticate_and_count(token: str, address: str | None) -> Caller:
    """As `authenticate`, and counts the call among those that its user may make in a minute.

    Who calls through the web has been known there: what is wrong here comes from the caller itself.

    Raises:
        ProtocolError: as `authenticate`; RESOURCE_EXHAUSTED: they were too many.
    """
    caller = await authenticate(token, Actor(address=address))
    if limit := caller.calls_per_minute:
        try:
            await in_database(request_rates.count, "v2", str(caller.user_id), limit)
        except TooManyRequests as error:
            raise ProtocolError(
                Status.RESOURCE_EXHAUSTED,
                f"More than {limit} requests a minute: try again in {error.retry_after} s.",
                error.retry_after,
            ) from None
    return caller
