"""Tokens: made for a sign-in, and believed only while that sign-in lives."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from django.db import transaction
from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from uploads import bus
from uploads.events import Actor, Kind, recording
from uploads.models import Session, User

SID: Final = "sid"

MAX_TOKEN_CHARACTERS: Final = 4096

T = TypeVar("T", bound=Token)


@dataclass(frozen=True)
class Identity:
    """Who a valid access token speaks for, and until when."""

    user: User
    sid: uuid.UUID
    expires_at: datetime


class InvalidToken(Exception):
    """The token is missing, malformed, expired, or of another kind."""


class EndedSession(Exception):
    """The token is sound, but its sign-in has ended or its user was disabled."""


def sign_in(user: User, actor: Actor) -> tuple[str, str]:
    """Begins a session and gives its access and refresh token."""
    with recording() as log:
        session = Session.begin(user, address=actor.address, client=actor.client[:200])
        log.add(Kind.SIGNED_IN, user_id=user.pk, actor=actor)
    refresh = RefreshToken.for_user(user)
    refresh[SID] = str(session.pk)
    return str(refresh.access_token), str(refresh)


def identify(token: str) -> Identity:
    """Who this access token speaks for, by one query.

    Raises:
        InvalidToken: it is malformed, expired, or not an access token.
        EndedSession: its sign-in has ended.
    """
    claims = _decoded(AccessToken, token)
    sid = _sid_of(claims)
    session = Session.live(pk=sid, user_id=claims.get("user_id")).select_related("user").first()
    if session is None:
        raise EndedSession
    return Identity(session.user, sid, _expiry_of(claims))


def is_live(sid: uuid.UUID) -> bool:
    """Whether this sign-in still counts."""
    return Session.live(pk=sid).exists()


def rotate(token: str) -> tuple[str, str]:
    """A new access and refresh token for a refresh token, which is spent by it, once.

    Raises:
        InvalidToken: it is malformed, expired, not a refresh token, or spent, or its sign-in
            has ended.
    """
    refresh = _decoded(RefreshToken, token)
    if not is_live(_sid_of(refresh)):
        raise InvalidToken
    with transaction.atomic():
        spent: Any = refresh.blacklist()
        _, first = spent
        if not first:
            raise InvalidToken
        refresh.set_jti()
        refresh.set_exp()
        refresh.set_iat()
        refresh.outstand()
    return str(refresh.access_token), str(refresh)


def sign_out(token: str, actor: Actor) -> None:
    """Ends the sign-in that this refresh token belongs to, everywhere at once.

    Raises:
        InvalidToken: it is malformed, expired, not a refresh token, or spent.
    """
    refresh = _decoded(RefreshToken, token)
    user_id = int(refresh["user_id"])
    with recording() as log:
        refresh.blacklist()
        Session.objects.filter(pk=_sid_of(refresh), ended_at__isnull=True).update(
            ended_at=timezone.now()
        )
        log.add(Kind.SIGNED_OUT, user_id=user_id, actor=actor)
    bus.after_commit(recheck=user_id)


def _decoded(kind: type[T], token: str) -> T:
    """The token of this kind that a client's text is, signed by this server and not expired.

    Raises:
        InvalidToken: the text is no such token, whatever else it may be.
    """
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise InvalidToken
    try:
        decoded = kind(token)  # type: ignore[arg-type]  # the stubs want a Token, it takes text
    except (TokenError, ValueError, RecursionError) as error:
        # Half a surrogate pair has no encoding; a header may be nested beyond all measure.
        raise InvalidToken from error
    if _expiry_of(decoded) <= timezone.now():
        # The library's leeway, which is for clocks that are behind the issuer's, prolongs nothing.
        raise InvalidToken
    return decoded


def _expiry_of(token: Token) -> datetime:
    return datetime.fromtimestamp(token["exp"], tz=UTC)


def _sid_of(claims: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(claims.get(SID)))
    except ValueError as error:
        raise InvalidToken from error
