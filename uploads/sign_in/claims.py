"""What tokens say: signed by this server, of the right kind, not expired."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from django.utils import timezone
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from rest_framework_simplejwt.tokens import AccessToken, Token

SID: Final = "sid"

MAX_TOKEN_CHARACTERS: Final = 4096
_MAX_HEADER_CHARACTERS: Final = 256
"""It is read before the signature is: a long one could be nested as deep as Python's stack."""

_MAX_USER_ID_DIGITS: Final = 18
_MOST_KNOWN: Final = 4096

T = TypeVar("T", bound=Token)


class InvalidToken(Exception):
    """The token is missing, malformed, expired, spent, or of another kind."""


class ExpiredToken(InvalidToken):
    """It was this server's, and its time is over."""


@dataclass(frozen=True)
class Claims:
    """What an access token says of itself."""

    user_id: int
    sid: uuid.UUID
    expires_at: datetime


_known: Final[dict[bytes, Claims]] = {}
"""What access tokens say that were sound when they came first."""


def signed(token: str) -> Claims:
    """What an access token says; whether its sign-in still counts is not asked.

    Raises:
        InvalidToken: it is malformed, or not an access token.
        ExpiredToken: it was one.
    """
    # A text that was signed says the same each time that it comes. By a hash, so that no token
    # lies around in memory.
    key = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
    claims = _known.get(key)
    if claims is None:
        read = decoded(AccessToken, token)
        claims = Claims(user_id_of(read), sid_of(read), expiry_of(read))
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = claims
    if claims.expires_at <= timezone.now():
        raise ExpiredToken
    return claims


def decoded(kind: type[T], token: str) -> T:
    """The token of this kind that a client's text is, signed by this server and not expired.

    Raises:
        InvalidToken: the text is no such token, whatever else it may be.
        ExpiredToken: it is one that has expired.
    """
    if len(token) > MAX_TOKEN_CHARACTERS or token.find(".") > _MAX_HEADER_CHARACTERS:
        raise InvalidToken
    try:
        read = kind(token)  # type: ignore[arg-type]  # the stubs want a Token, it takes text
        expiry = expiry_of(read)
        uuid.UUID(str(read["jti"]))
    except ExpiredTokenError as error:
        raise ExpiredToken from error
    except (TokenError, ValueError, OverflowError, OSError) as error:
        # Half a surrogate pair has no encoding. What else signs with this server's key may put
        # anything into its claims.
        raise InvalidToken from error
    user_id_of(read)
    if expiry <= timezone.now():
        # The library's leeway, which is for clocks that are behind the issuer's, prolongs nothing.
        raise ExpiredToken
    return read


def expiry_of(token: Token) -> datetime:
    """Until when it is valid."""
    return datetime.fromtimestamp(token["exp"], tz=UTC)


def user_id_of(claims: Any) -> int:
    """Whose it is; raises InvalidToken where it does not say."""
    text = str(claims.get("user_id"))
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_USER_ID_DIGITS):
        raise InvalidToken
    return int(text)


def sid_of(claims: Any) -> uuid.UUID:
    """Of which sign-in it is; raises InvalidToken where it does not say."""
    try:
        return uuid.UUID(str(claims.get(SID)))
    except ValueError as error:
        raise InvalidToken from error
