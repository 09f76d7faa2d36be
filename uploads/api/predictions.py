"""Predictions: one, its result file, cancel and retry."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads import downloads, events, services
from uploads.actors import actor_of
from uploads.api import queries, redirects, schemas
from uploads.api.negotiation import AnyAccept
from uploads.api.requests import signed_in
from uploads.api.throttles import Work
from uploads.errors import Fault, Invalid
from uploads.event_kinds import Kind
from uploads.exports import running
from uploads.exports.documents import making
from uploads.models import Prediction

_PICTURE = {
    (200, content_type): OpenApiTypes.BINARY for content_type in ("image/png", "image/webp")
}
_NOT_FOUND = {401: schemas.Error, 404: schemas.Error}


class OnePrediction(APIView):
    """One model applied to one image."""

    @extend_schema(responses={200: schemas.Prediction, **_NOT_FOUND})
    def get(self, request: Request, pk: int) -> Response:
        """Gives one prediction."""
        return Response(queries.prediction_views([_prediction(request, pk)])[0])


class PredictionOutput(APIView):
    """A result that is an image."""

    content_negotiation_class = AnyAccept

    @extend_schema(
        parameters=[redirects.PARAMETER],
        responses={
            (200, "image/png"): OpenApiTypes.BINARY,
            (200, "image/webp"): OpenApiTypes.BINARY,
            302: None,
            **_NOT_FOUND,
        },
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Gives the result file: encoded by this server, without the original's metadata."""
        prediction = _prediction(request, pk)
        if not prediction.output_path:
            raise Http404("This prediction has no result file.")
        led = downloads.presigned_result(prediction) if redirects.is_wanted(request) else None
        return led or downloads.result(prediction)


class PredictionExport(APIView):
    """A recognized text in other forms."""

    content_negotiation_class = AnyAccept

    @extend_schema(
        parameters=[
            OpenApiParameter("as", str, enum=list(making.FORMS), required=True),
        ],
        responses={
            (200, form.content_type.partition(";")[0]): OpenApiTypes.BINARY
            for form in making.FORMS.values()
        }
        | {400: schemas.Error, 409: schemas.Error, 429: schemas.Error, **_NOT_FOUND},
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Gives the text as plain text, Markdown (by paragraphs), hOCR or a searchable PDF.

        The PDF has the photo as it is stored, and over it the lines as invisible text. Other photos
        than JPEG, PNG without interlacing and those that have a `display` are `not_exportable`.
        """
        form = request.query_params.get("as", "")
        if form not in making.FORMS:
            message = "'as' is one of " + ", ".join(making.FORMS) + "."
            raise Invalid(message, (Fault("invalid", message, field="as"),))
        prediction = _prediction(request, pk)
        with running.Slot(prediction.user_id) as slot:
            with running.making():
                document = making.made(prediction, form)
            self._note(request, prediction, form)
            answer = downloads.attachment(
                document.file, document.size, document.content_type, document.name
            )
            slot.held_by(answer)
        return answer

    def _note(self, request: Request, prediction: Prediction, form: str) -> None:
        """A PDF has the photo in it: that somebody took it is an event."""
        if form != "pdf":
            return
        with events.recording() as log:
            log.add(
                Kind.FILE_DOWNLOADED,
                user_id=prediction.user_id,
                actor=actor_of(request),
                upload_id=prediction.image.upload_id,
                image_id=prediction.image_id,
                facts={"format": form},
            )


class CancelPrediction(APIView):
    """Calling it off."""

    @extend_schema(
        request=None, responses={202: schemas.Prediction, 409: schemas.Error, **_NOT_FOUND}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Calls a queued or running prediction off."""
        fresh = services.cancel(_prediction(request, pk), actor_of(request))
        return Response(queries.prediction_views([fresh])[0], 202)


class RetryPrediction(APIView):
    """Another chance."""

    throttle_classes = [Work]

    @extend_schema(
        request=None,
        responses={
            202: schemas.Prediction,
            409: schemas.Error,
            429: schemas.Error,
            **_NOT_FOUND,
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        """Queues a failed or canceled prediction again."""
        fresh = services.retry(_prediction(request, pk), actor_of(request))
        return Response(queries.prediction_views([fresh])[0], 202)


def _prediction(request: Request, pk: int) -> Prediction:
    return get_object_or_404(queries.predictions_of(signed_in(request)), pk=pk)
