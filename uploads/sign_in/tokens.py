"""Tokens: made for a sign-in, and believed only while that sign-in lives."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken

from uploads import bus, statements
from uploads.event_kinds import Kind
from uploads.events import Actor, recording
from uploads.models import Session, User
from uploads.sign_in import wrong_credentials
from uploads.sign_in.claims import SID, InvalidToken, decoded, sid_of, signed, user_id_of
from uploads.sign_in.identity import Identity

REPEAT_SECONDS: Final = 30
"""So long a spent refresh token is answered again: for tabs at once, and answers that were lost."""


class EndedSession(Exception):
    """The token is sound, but its sign-in has ended or its user was disabled."""


def sign_in(user: User, actor: Actor) -> tuple[str, str]:
    """Begins a session and gives its access and refresh token.

    Raises:
        User.DoesNotExist: the password has been changed since the user gave it.
    """
    with recording() as log:
        session = Session.begin(user, address=actor.address, client=actor.client)
        log.add(Kind.SIGNED_IN, user_id=user.pk, actor=actor)
    _forget_expired(user.pk)
    refresh = RefreshToken.for_user(user)
    refresh[SID] = str(session.pk)
    return str(refresh.access_token), str(refresh)


def identify(token: str, actor: Actor) -> Identity:
    """Who this access token speaks for, by one query.

    `actor` is who sends it, as far as that is known: one that nobody here has made counts as its
    address's.

    Raises:
        InvalidToken: it is malformed, expired, or not an access token.
        EndedSession: its sign-in has ended.
        TooManyFailures: it is wrong, as others from this address were.
    """
    with wrong_credentials.noting(actor):
        claims = signed(token)
    user = statements.live_session(claims.sid, claims.user_id)
    if user is None:
        raise EndedSession
    return Identity(user, claims.sid, claims.expires_at)


def is_live(sid: uuid.UUID) -> bool:
    """Whether this sign-in still counts."""
    return Session.live(pk=sid).exists()


def rotate(token: str, actor: Actor) -> tuple[str, str]:
    """A new access and refresh token for a refresh token, which is spent by it.

    Who sends a spent one again within `REPEAT_SECONDS` gets the same refresh token as the first
    time, so that two tabs that renew at once both stay signed in. Later it must have been stolen,
    by this client or from it: the sign-in ends, with all of its tokens (RFC 9700, section 4.14.2).

    Raises:
        InvalidToken: it is malformed, expired, not a refresh token, or spent, or its sign-in
            has ended.
        TooManyFailures: it is wrong, as others from this address were.
    """
    with wrong_credentials.noting(actor):
        refresh = decoded(_Refresh, token)
    if not is_live(sid_of(refresh)):
        raise InvalidToken
    with transaction.atomic():
        spent = _spend(refresh)
        newest = None if spent is None else refresh.successor(spent)
        if newest is not None:
            newest.outstand()
            Session.objects.filter(pk=sid_of(refresh)).update(last_used_at=timezone.now())
    newest = newest or _repeated(refresh)
    if newest is None:
        _end(refresh, Kind.REFRESH_REUSED, actor)
        raise InvalidToken
    _forget_expired(user_id_of(refresh))
    return str(newest.access_token), str(newest)


def sign_out(token: str, actor: Actor) -> None:
    """Ends the sign-in that this refresh token, spent or not, belongs to, everywhere at once.

    Raises:
        InvalidToken: it is malformed, expired, or not a refresh token, or its sign-in has ended.
        TooManyFailures: it is wrong, as others from this address were.
    """
    with wrong_credentials.noting(actor):
        refresh = decoded(_Refresh, token)
    if not is_live(sid_of(refresh)):
        raise InvalidToken
    _end(refresh, Kind.SIGNED_OUT, actor)


def _forget_expired(user_id: int) -> None:
    """Removes what is kept of refresh tokens that nobody can use any more, spent or not."""
    OutstandingToken.objects.filter(user=user_id, expires_at__lt=timezone.now()).delete()


@contextmanager
def noting_ends(user_id: int, actor: Actor) -> Iterator[None]:
    """Tells the audit if what happens within ends all sign-ins of this user."""
    rows = User.objects.filter(pk=user_id).values_list("tokens_valid_after", "is_active")
    ended_before, was_active = rows.get()
    yield
    ended, is_active = rows.get()
    if ended != ended_before or (was_active and not is_active):
        with recording() as log:
            log.add(Kind.SESSIONS_ENDED, user_id=user_id, actor=actor)


def _end(refresh: "_Refresh", kind: Kind, actor: Actor) -> None:
    user_id = user_id_of(refresh)
    with recording() as log:
        Session.objects.filter(pk=sid_of(refresh), ended_at__isnull=True).update(
            ended_at=timezone.now()
        )
        log.add(kind, user_id=user_id, actor=actor)
    bus.after_commit(recheck=user_id)


class _Refresh(RefreshToken):
    """A refresh token, spent or not: what a spent one means is `rotate`'s to say."""

    def check_blacklist(self) -> None:
        """The library's look at reading; it would refuse every repetition alike."""

    def successor(self, spent_at: datetime) -> "_Refresh":
        """The refresh token that this one was exchanged for then: always the same one."""
        other = _Refresh()
        other.payload = dict(self.payload)
        other["jti"] = uuid.uuid5(uuid.UUID(self["jti"]), "successor").hex
        other.set_exp(from_time=spent_at)
        other.set_iat(at_time=spent_at)
        return other


def _spend(refresh: _Refresh) -> datetime | None:
    """When this refresh token is spent, which is now; None where it was spent before."""
    spent: Any = refresh.blacklist()
    row, is_first = spent
    at: datetime = row.blacklisted_at
    return at if is_first else None


def _repeated(refresh: _Refresh) -> _Refresh | None:
    """The newest successor of a spent refresh token; None where it was spent too long ago."""
    earliest = timezone.now() - timedelta(seconds=REPEAT_SECONDS)
    while spent := BlacklistedToken.objects.filter(token__jti=refresh["jti"]).first():
        if spent.blacklisted_at < earliest:
            return None
        refresh = refresh.successor(spent.blacklisted_at)
    return refresh
