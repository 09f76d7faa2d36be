"""Registration, tokens, and who am I."""

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import IntegrityError
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads import notices, request_rates
from uploads.actors import actor_of
from uploads.api import account_schemas, queries, schemas
from uploads.api.authentication import CHALLENGE
from uploads.api.permissions import BY_PEOPLE, ForPeople
from uploads.api.requests import signed_in
from uploads.api.throttles import Registrations
from uploads.intake import quota
from uploads.models import EmailNotices, User
from uploads.sign_in import claims, tokens
from uploads.sign_in.denials import RegistrationClosed


class OpenView(APIView):
    """A view for who has no access token (yet): what it refuses is a 401 all the same."""

    permission_classes = [AllowAny]
    authentication_classes = []

    def get_authenticate_header(self, request: Request) -> str:
        """What a 401 asks for; without it the framework would answer 403."""
        return CHALLENGE


class Users(OpenView):
    """Accounts."""

    throttle_classes = [Registrations]

    @extend_schema(
        request=account_schemas.Registration,
        responses={
            201: account_schemas.Registration,
            400: schemas.Error,
            403: schemas.Error,
            503: schemas.Error,
        },
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Registers a new user."""
        if not settings.REGISTRATION_OPEN:
            raise RegistrationClosed
        body = account_schemas.Registration(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            user = User.objects.create_user(
                body.validated_data["username"], password=body.validated_data["password"]
            )
        except IntegrityError:
            raise ValidationError({"username": ["This name is taken."]}, "username_taken") from None
        return Response({"id": user.pk, "username": user.username}, status=201)


def _me(user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "username": user.username,
        "is_staff": user.is_staff,
        "quota": quota.usage(user),
        "counts": queries.counts_of(user),
        "requests_per_minute": {
            "uploads": request_rates.of_uploads(user) or None,
            "v2": request_rates.of_v2(user) or None,
            "changes": settings.THROTTLE_CHANGES or None,
        },
        "email": user.email,
        "email_notices": EmailNotices.objects.filter(pk=user.pk).exists(),
    }


class Me(APIView):
    """The signed-in user."""

    def get_permissions(self) -> Any:
        """A key may look, and change nothing of the account."""
        return [ForPeople()] if self.request.method == "PATCH" else super().get_permissions()

    @extend_schema(responses={200: account_schemas.Me, 401: schemas.Error})
    def get(self, request: Request) -> Response:
        """Who is signed in, and what is used of the quota."""
        return Response(_me(signed_in(request)))

    @extend_schema(
        request=account_schemas.MeChange,
        responses={
            200: account_schemas.Me,
            400: schemas.Error,
            401: schemas.Error,
            403: schemas.Error,
            409: schemas.Error,
        },
        auth=BY_PEOPLE,
    )
    def patch(self, request: Request) -> Response:
        """Asks for e-mail when uploads have finished, or no longer.

        409 where this server sends none, or the account has no address.
        """
        body = account_schemas.MeChange(data=request.data)
        body.is_valid(raise_exception=True)
        user = signed_in(request)
        notices.set_wanted(user, wanted=body.validated_data["email_notices"])
        return Response(_me(user))


class Token(OpenView):
    """Signing in."""

    @extend_schema(
        request=account_schemas.Credentials,
        responses={
            200: account_schemas.TokenPair,
            400: schemas.Error,
            401: schemas.Error,
            429: schemas.Error,
            503: schemas.Error,
        },
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Signs in: gives an access token and a refresh token.

        Too many failures a minute are 429, too many sign-ins at once 503; `Retry-After` tells when.
        """
        body = account_schemas.Credentials(data=request.data)
        body.is_valid(raise_exception=True)
        user = authenticate(request._request, **body.validated_data)  # DRF's own way
        if not isinstance(user, User):
            raise _wrong()
        try:
            access, refresh = tokens.sign_in(user, actor_of(request))
        except User.DoesNotExist:
            raise _wrong() from None
        return Response({"access": access, "refresh": refresh})


class TokenRefresh(OpenView):
    """Renewing."""

    @extend_schema(
        request=account_schemas.Refresh,
        responses={
            200: account_schemas.TokenPair,
            400: schemas.Error,
            401: schemas.Error,
            429: schemas.Error,
        },
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Gives a new pair of tokens for a refresh token, which is spent by it."""
        try:
            access, renewed = tokens.rotate(_refresh_token(request), actor_of(request))
        except claims.InvalidToken:
            raise _refused() from None
        return Response({"access": access, "refresh": renewed})


class TokenBlacklist(OpenView):
    """Signing out."""

    @extend_schema(
        request=account_schemas.Refresh,
        responses={200: None, 400: schemas.Error, 401: schemas.Error, 429: schemas.Error},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Signs this client out: its tokens are refused from now on, its sockets close."""
        try:
            tokens.sign_out(_refresh_token(request), actor_of(request))
        except claims.InvalidToken:
            raise _refused() from None
        return Response({})


def _wrong() -> AuthenticationFailed:
    return AuthenticationFailed("The name or the password is wrong.", "invalid_credentials")


def _refused() -> AuthenticationFailed:
    return AuthenticationFailed("The token is invalid or has expired.", "token_not_valid")


def _refresh_token(request: Request) -> str:
    body = account_schemas.Refresh(data=request.data)
    body.is_valid(raise_exception=True)
    token: str = body.validated_data["refresh"]
    return token
