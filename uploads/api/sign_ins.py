"""A user's password and sign-ins."""

import uuid
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads import account_removal
from uploads.actors import actor_of
from uploads.api import schemas
from uploads.api.permissions import ForPeople
from uploads.api.requests import identity_of, signed_in
from uploads.models import User
from uploads.representation import maybe_timestamp, timestamp
from uploads.sign_in import passwords

_REFUSALS = {401: schemas.Error, 403: schemas.Error}


class NewPassword(serializers.Serializer[None]):
    current = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)
    password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)


class PasswordAgain(serializers.Serializer[None]):
    password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)


class SignIn(serializers.Serializer[None]):
    """A sign-in that counts."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField(help_text="Or when it last changed the password.")
    last_used_at = serializers.DateTimeField(
        help_text="To a quarter of an hour: when its tokens were last renewed."
    )
    address = serializers.CharField(allow_null=True, help_text="Where it was made from.")
    client = serializers.CharField(allow_blank=True, help_text="What the client calls itself.")
    current = serializers.BooleanField(help_text="Whether it is the one that asks.")


class Password(APIView):
    """The user's password."""

    permission_classes = [ForPeople]

    @extend_schema(
        request=NewPassword,
        responses={204: None, 400: schemas.Error, 429: schemas.Error, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Changes the password: all other sign-ins end, this one stays; API keys stay too.

        403 `wrong_password` where `current` is not the password; too many of those are 429.
        """
        user = signed_in(request)
        body = NewPassword(data=request.data)
        body.is_valid(raise_exception=True)
        actor = actor_of(request)
        passwords.confirm(user, body.validated_data["current"], actor)
        _require_strong(body.validated_data["password"], user)
        sid = identity_of(request).sid
        if sid is None:
            raise Http404("There is no sign-in.")
        passwords.change(user, sid, body.validated_data["password"], actor)
        return Response(status=204)


class AccountDeletion(APIView):
    """The end of an account."""

    permission_classes = [ForPeople]

    @extend_schema(
        request=PasswordAgain,
        responses={204: None, 400: schemas.Error, 429: schemas.Error, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Deletes the account with all that it has, for good; its name is free at once.

        All sign-ins, API keys and webhooks end now, photos and results are removed within minutes,
        local and archived. The audit keeps facts, never names, outputs or bytes. 403
        `wrong_password`, or `staff_account` for staff.
        """
        user = signed_in(request)
        body = PasswordAgain(data=request.data)
        body.is_valid(raise_exception=True)
        actor = actor_of(request)
        passwords.confirm(user, body.validated_data["password"], actor)
        account_removal.order(user, actor)
        return Response(status=204)


class SignIns(APIView):
    """The user's sign-ins."""

    permission_classes = [ForPeople]

    @extend_schema(
        operation_id="sign_ins_list",
        responses={200: schemas.page_of(SignIn), **_REFUSALS},
    )
    def get(self, request: Request) -> Response:
        """Lists the newest 200 sign-ins that count, on one page."""
        here = identity_of(request).sid
        rows = passwords.usable(signed_in(request))[: passwords.MOST_LISTED]
        results: list[dict[str, Any]] = [
            {
                "id": row.pk,
                "created_at": timestamp(row.created_at),
                "last_used_at": maybe_timestamp(row.last_used_at) or timestamp(row.created_at),
                "address": row.address,
                "client": row.client,
                "current": row.pk == here,
            }
            for row in rows
        ]
        return Response({"next": None, "previous": None, "results": results})


class OneSignIn(APIView):
    """One of them."""

    permission_classes = [ForPeople]

    @extend_schema(responses={204: None, 404: schemas.Error, **_REFUSALS})
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Ends a sign-in: its tokens are refused from now on, its sockets close."""
        if not passwords.end(signed_in(request), pk, actor_of(request)):
            raise Http404("There is no such sign-in.")
        return Response(status=204)


def _require_strong(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        told = {"password": error.messages}
        raise serializers.ValidationError(told, code="weak_password") from None
