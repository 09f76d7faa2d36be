"""Taking along all that one has."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads.api import export_schemas, exports, queries, schemas
from uploads.api.bodies import StrictBody
from uploads.api.permissions import ForPeople
from uploads.api.requests import identity_of, signed_in
from uploads.api.throttles import Changes
from uploads.errors import Fault, Invalid
from uploads.exports import account, forms, tickets
from uploads.exports.archive import Include

_MOST_PARTS = 100_000


class NewAccountExport(StrictBody[None]):
    part = serializers.IntegerField(
        default=1, min_value=1, max_value=_MOST_PARTS, help_text="Which part, from 1."
    )


class AccountExport(export_schemas.Export):
    """One part of all."""

    parts = serializers.IntegerField(help_text="How many there are, of 10,000 photos each.")


class AccountExports(APIView):
    """All that is kept of the user."""

    permission_classes = [ForPeople]
    throttle_classes = [Changes]

    @extend_schema(
        request=NewAccountExport,
        responses={
            201: AccountExport,
            400: schemas.Error,
            401: schemas.Error,
            403: schemas.Error,
            429: schemas.Error,
        },
    )
    def post(self, request: Request) -> Response:
        """Gives the address of a ZIP file of everything, to be fetched as any other export.

        `account.json` and `events/` (in the first part), for each photo its record with results,
        corrections and what the model itself had read, its original and its results. The record of
        a photo with very many results comes in several files, `…-part2.json` and so on.
        """
        user = signed_in(request)
        body = NewAccountExport(data=request.data)
        body.is_valid(raise_exception=True)
        part: int = body.validated_data["part"]
        rows = queries.images_of(user).order_by("upload_id", "pk")
        parts = max(1, -(-rows.count() // account.IMAGES_A_PART))
        if part > parts:
            message = f"There are {parts} parts."
            raise Invalid(message, (Fault("invalid", message, field="part"),))
        begin = (part - 1) * account.IMAGES_A_PART
        some = rows[begin : begin + account.IMAGES_A_PART]
        found = list(some.values_list(*exports.FACTS))
        include = [*map(str, Include), *([account.ACCOUNT] if part == 1 else [])]
        ids = [pk for pk, *_ in found]
        ticket = tickets.issue(identity_of(request), forms.EVERYTHING, include, ids)
        size = exports.size_of(found)
        answer = exports.answered(request, ticket, len(found), size, [])
        answer.data["parts"] = parts
        return answer
