"""Taking along what a selection or a filter holds."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads.actors import actor_of
from uploads.api import export_schemas, image_filter, queries, schemas
from uploads.api.negotiation import AnyAccept
from uploads.api.permissions import Reads
from uploads.api.requests import identity_of, signed_in
from uploads.api.throttles import Changes
from uploads.exports import forms, running, streaming, tickets
from uploads.exports.archive import Include
from uploads.models import Export, Scope, User
from uploads.representation import timestamp
from uploads.sign_in.identity import Identity

COOKIE: Final = "darkroom_export"
_IDS_AT_ONCE: Final = 1000
_HEADERS: Final = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-site",
}


class Exports(APIView):
    """Selections to be taken along."""

    permission_classes = [Reads]
    throttle_classes = [Changes]

    @extend_schema(
        request=export_schemas.NewExport,
        responses={
            201: export_schemas.Export,
            400: schemas.Error,
            401: schemas.Error,
            404: schemas.Error,
            413: schemas.Error,
            429: schemas.Error,
        },
    )
    def post(self, request: Request) -> Response:
        """Names what is to be taken along, and gives the address to fetch it from.

        A browser fetches it by itself (a link, or `location`): the answer's cookie counts for that
        address, once, within a minute. Others send their access token again. At most 10,000 photos
        and 64 GiB of originals.
        """
        user = signed_in(request)
        body = export_schemas.NewExport(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        if "images" in asked:
            wanted = list(dict.fromkeys(asked["images"]))
            found = _by_ids(user, wanted)
            there = {pk for pk, *_ in found}
            missing = [pk for pk in wanted if pk not in there]
            if not found:
                raise Http404("There are no such images.")
        else:
            rows = image_filter.filtered(user, asked["filter"]).order_by("-upload_id", "pk")
            found = list(rows.values_list(*FACTS)[: tickets.MAX_IMAGES + 1])
            missing = []
        size = size_of(found)
        tickets.require_bounds(len(found), size)
        include = asked.get("include") or [str(one) for one in Include]
        ids = [pk for pk, *_ in found] + missing
        ticket = tickets.issue(identity_of(request), asked["format"], include, ids)
        return answered(request, ticket, len(found), size, missing)


class OneExport(APIView):
    """What waits to be fetched."""

    permission_classes = [AllowAny]
    content_negotiation_class = AnyAccept

    @extend_schema(
        responses={(200, one.content_type): OpenApiTypes.BINARY for one in forms.FORMS.values()}
        | {401: schemas.Error, 404: schemas.Error, 429: schemas.Error},
    )
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """Gives the file, once: to whoever has the cookie, or with its user's access token.

        `zip`: originals and results; what cannot be given is named in `missing.txt`. `csv`, `json`,
        `jsonl`: a row for each prediction; in CSV what a spreadsheet would compute has an
        apostrophe in front. An answer that breaks off is not complete: ask for a new address.
        """
        export = _export(request, pk)
        with running.Slot(export.user_id) as slot:
            if not tickets.redeem(export, actor_of(request)):
                raise Http404("It was fetched already.")
            form = forms.FORMS[export.format]
            parts = streaming.pieces(form.select(export), form.make(export.include))
            answer = StreamingHttpResponse(parts, headers=_headers(export))
            slot.held_by(answer)
        return answer

    @extend_schema(exclude=True)
    def head(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """What a GET would say of itself; the file still waits."""
        return HttpResponse(headers=_headers(_export(request, pk)))


FACTS: Final = ("pk", "upload_id", "position", "size")
"""What is asked of the images of an export."""


def _by_ids(user: User, ids: Sequence[int]) -> list[Any]:
    found: list[Any] = []
    for begin in range(0, len(ids), _IDS_AT_ONCE):
        rows = queries.images_of(user).filter(pk__in=ids[begin : begin + _IDS_AT_ONCE])
        found += rows.values_list(*FACTS)
    return sorted(found, key=lambda row: (-row[1], row[0]))


def size_of(found: Sequence[Any]) -> int:
    """The bytes of the originals of `FACTS`, each document once."""
    return sum({(upload, place): size for _, upload, place, size in found}.values())


def answered(
    request: Request, ticket: tickets.Ticket, images: int, size: int, missing: list[int]
) -> Response:
    """Where to fetch an export, with the cookie for it."""
    url = f"/api/exports/{ticket.export.pk}/"
    answer = Response(
        {
            "url": url,
            "expires_at": timestamp(ticket.export.expires_at),
            "images": images,
            "bytes": size,
            "missing": missing,
        },
        status=201,
        headers={"Location": url, "Cache-Control": "private, no-store"},
    )
    answer.set_cookie(
        COOKIE,
        ticket.secret,
        max_age=tickets.SECONDS,
        path=url,
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return answer


def _export(request: Request, pk: uuid.UUID) -> Export:
    identity = request.auth if isinstance(request.auth, Identity) else None
    user = identity.user if identity and identity.may(Scope.READ) else None
    export = tickets.find(pk, secret=request.COOKIES.get(COOKIE, ""), user=user)
    if export is None:
        raise Http404("There is no such download, or it was fetched already.")
    return export


def _headers(export: Export) -> dict[str, str]:
    form = forms.FORMS[export.format]
    name = f"darkroom-{timezone.now():%Y%m%d-%H%M%S}{form.suffix}"
    return {
        **_HEADERS,
        "Content-Type": form.content_type,
        "Content-Disposition": f'attachment; filename="{name}"',
    }
