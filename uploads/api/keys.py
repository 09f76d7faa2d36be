"""API keys: made, listed and revoked by whoever they speak for."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads.actors import actor_of
from uploads.api import key_schemas, schemas
from uploads.api.pagination import NewestFirst
from uploads.api.permissions import BY_PEOPLE, ForPeople
from uploads.api.requests import signed_in
from uploads.api.throttles import Changes
from uploads.models import ApiKey
from uploads.sign_in import keys


class Keys(APIView):
    """A user's API keys."""

    permission_classes = [ForPeople]
    throttle_classes = [Changes]

    @extend_schema(
        operation_id="keys_list",
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)],
        responses={
            200: schemas.page_of(key_schemas.Key),
            401: schemas.Error,
            403: schemas.Error,
            404: schemas.Error,
        },
        auth=BY_PEOPLE,
    )
    def get(self, request: Request) -> Response:
        """Lists the keys that are not revoked, newest first."""
        pages = NewestFirst()
        rows = ApiKey.objects.filter(user=signed_in(request), revoked_at=None)
        page: Any = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(key_schemas.Key(page, many=True).data)

    @extend_schema(
        request=key_schemas.NewKey,
        responses={
            201: key_schemas.NewKey,
            400: schemas.Error,
            401: schemas.Error,
            403: schemas.Error,
            409: schemas.Error,
            429: schemas.Error,
        },
        auth=BY_PEOPLE,
    )
    def post(self, request: Request) -> Response:
        """Makes a key and shows it, this once. 409 where the user has as many as one may have."""
        body = key_schemas.NewKey(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        row, key = keys.make(
            signed_in(request),
            given["name"],
            given["scopes"],
            given["expires_at"],
            actor_of(request),
        )
        return Response({**key_schemas.Key(row).data, "key": key}, status=201)


class OneKey(APIView):
    """One of a user's API keys."""

    permission_classes = [ForPeople]

    @extend_schema(
        responses={204: None, 401: schemas.Error, 403: schemas.Error, 404: schemas.Error},
        auth=BY_PEOPLE,
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Revokes a key: it does nothing from now on, and its sockets close."""
        row = ApiKey.objects.filter(user=signed_in(request), pk=pk).first()
        if row is None or not keys.revoke(row, actor_of(request)):
            raise Http404
        return Response(status=204)
