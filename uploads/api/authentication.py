"""Access tokens and API keys on REST requests."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from uploads.actors import sender_of
from uploads.models import User
from uploads.sign_in import claims, keys, tokens
from uploads.sign_in.identity import Identity

CHALLENGE: Final = 'Bearer realm="darkroom"'
"""What a 401 asks for."""


class SessionJWTAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`, believed only while its sign-in lives."""

    def authenticate(self, request: Request) -> tuple[User, Identity] | None:
        """The user and identity of the request's token; None when it carries no bearer token.

        Raises:
            TooManyFailures: it is wrong, as others from its address were.
        """
        scheme, token = _credential(request)
        if scheme != "bearer" or keys.is_key(token):
            return None
        try:
            identity = tokens.identify(token, sender_of(request._request))  # without DRF's user
        except claims.InvalidToken:
            raise AuthenticationFailed(
                "The token is invalid or has ended.", "token_not_valid"
            ) from None
        except tokens.EndedSession:
            raise AuthenticationFailed("You have been signed out.", "signed_out") from None
        return identity.user, identity

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return CHALLENGE


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Api-Key <key>`; a key is taken as a bearer token, too."""

    def authenticate(self, request: Request) -> tuple[User, Identity] | None:
        """The user and identity of the request's key; None when it carries none.

        Raises:
            TooManyFailures: it is wrong, as others from its address were.
        """
        scheme, key = _credential(request)
        if scheme != "api-key" and not (scheme == "bearer" and keys.is_key(key)):
            return None
        try:
            identity = keys.identify(key, sender_of(request._request))  # without DRF's user
        except keys.InvalidKey:
            raise AuthenticationFailed(
                "The API key is unknown, has expired or was revoked.", "key_not_valid"
            ) from None
        return identity.user, identity


def _credential(request: Request) -> tuple[str, str]:
    """The scheme of the Authorization header, in small letters, and what comes with it."""
    scheme, _, credential = get_authorization_header(request).partition(b" ")
    return scheme.lower().decode("latin-1"), credential.strip().decode("ascii", "replace")


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells the OpenAPI document about the bearer token."""

    target_class = "uploads.api.authentication.SessionJWTAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells the OpenAPI document about API keys."""

    target_class = "uploads.api.authentication.ApiKeyAuthentication"
    name = "api_key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Api-Key drk_…`: with `read` for GET, with `write` for the others.",
        }
