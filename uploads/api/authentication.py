"""Bearer tokens on REST requests."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from uploads.models import User
from uploads.sign_in import claims, tokens

CHALLENGE: Final = 'Bearer realm="darkroom"'
"""What a 401 asks for."""


class SessionJWTAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`, believed only while its sign-in lives."""

    def authenticate(self, request: Request) -> tuple[User, tokens.Identity] | None:
        """The user and identity of the request's token; None when it carries no bearer token."""
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        try:
            identity = tokens.identify(token.strip().decode("ascii", "replace"))
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


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells the OpenAPI document about the bearer token."""

    target_class = "uploads.api.authentication.SessionJWTAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
