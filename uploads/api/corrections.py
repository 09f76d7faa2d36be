"""Corrections of recognized text."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads import corrections
from uploads.actors import actor_of
from uploads.api import queries, schemas
from uploads.api.bodies import StrictBody
from uploads.api.pagination import NewestFirst
from uploads.api.requests import signed_in
from uploads.api.throttles import Changes
from uploads.errors import SourceGone
from uploads.models import Correction, Prediction
from uploads.representation import timestamp

_REFUSALS = {400: schemas.Error, 401: schemas.Error, 404: schemas.Error, 409: schemas.Error}
_LONGEST_SENT = 100_000


class NewCorrection(StrictBody[None]):
    text = serializers.CharField(
        allow_blank=True,
        trim_whitespace=False,
        max_length=_LONGEST_SENT,
        help_text="What the line reads, of at most 2,000 characters; line breaks are spaces.",
    )
    seen = serializers.CharField(
        allow_blank=True,
        trim_whitespace=False,
        max_length=_LONGEST_SENT,
        help_text="What it read until now; `text_changed` where it reads otherwise meanwhile.",
    )


class OneCorrection(serializers.Serializer[None]):
    id = serializers.IntegerField()
    line = serializers.IntegerField(help_text="Its place among the output's regions, from 0.")
    before = serializers.CharField()
    after = serializers.CharField()
    by = serializers.IntegerField(help_text="The user who corrected it.")
    at = serializers.DateTimeField()


class Corrections(APIView):
    """What was corrected."""

    @extend_schema(
        operation_id="predictions_corrections_list",
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)],
        responses={
            200: schemas.page_of(OneCorrection),
            401: schemas.Error,
            404: schemas.Error,
        },
    )
    def get(self, request: Request, pk: int) -> Response:
        """Lists every correction of a prediction's text, newest first."""
        rows = Correction.objects.filter(prediction=_prediction(request, pk))
        pages = NewestFirst()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response([_view(one) for one in page or []])


class LineCorrection(APIView):
    """A line of a recognized text."""

    throttle_classes = [Changes]

    @extend_schema(
        request=NewCorrection,
        responses={200: schemas.Prediction, **_REFUSALS, 429: schemas.Error},
    )
    def put(self, request: Request, pk: int, line: int) -> Response:
        """Corrects a line: what it reads from then on is listed, found and taken along.

        In the output `text`, `paragraphs` and the line's region have it, `original` of the region
        is what the model has read.
        """
        body = NewCorrection(data=request.data)
        body.is_valid(raise_exception=True)
        text, seen = body.validated_data["text"], body.validated_data["seen"]
        prediction = _prediction(request, pk)
        try:
            fresh = corrections.correct(
                prediction, line, text=text, seen=seen, actor=actor_of(request)
            )
        except SourceGone:
            raise Http404("There is no such prediction.") from None
        return Response(queries.prediction_views([fresh])[0])

    @extend_schema(request=None, responses={200: schemas.Prediction, **_REFUSALS})
    def delete(self, request: Request, pk: int, line: int) -> Response:
        """Has a line read as the model has read it; the history keeps what it read before."""
        prediction = _prediction(request, pk)
        try:
            fresh = corrections.undo(prediction, line, actor_of(request))
        except SourceGone:
            raise Http404("There is no such prediction.") from None
        return Response(queries.prediction_views([fresh])[0])


def _view(row: Correction) -> dict[str, Any]:
    return {
        "id": row.pk,
        "line": row.line,
        "before": row.before,
        "after": row.after,
        "by": row.actor_id,
        "at": timestamp(row.at),
    }


def _prediction(request: Request, pk: int) -> Prediction:
    return get_object_or_404(queries.predictions_of(signed_in(request)), pk=pk)
