"""Images: what is known of them, their bytes, and more predictions over them."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads import downloads, events, representation, services
from uploads.actors import actor_of
from uploads.api import queries, redirects, schemas
from uploads.api.negotiation import AnyAccept
from uploads.api.pagination import NewestFirst
from uploads.api.requests import signed_in
from uploads.api.throttles import Changes, Work
from uploads.errors import SourceGone
from uploads.event_kinds import Kind
from uploads.models import Image
from uploads.queue import places
from uploads.thumbnails import display_of, thumbnail_of

_NOT_FOUND = {401: schemas.Error, 404: schemas.Error}


class OneImage(APIView):
    """One image."""

    @extend_schema(responses={200: schemas.Image, **_NOT_FOUND})
    def get(self, request: Request, pk: int) -> Response:
        """Gives one image with its first prediction."""
        image = _image(request, pk)
        first = image.predictions.order_by("pk").first()
        found = places.places([first] if first else [])
        return Response(representation.image_view(image, first, found))

    @extend_schema(responses={204: None, **_NOT_FOUND})
    def delete(self, request: Request, pk: int) -> Response:
        """Deletes one image with its results; with the last one its upload is deleted.

        What runs is canceled. The file of a document stays until its last page is deleted.
        """
        try:
            services.delete_image(_image(request, pk), actor_of(request))
        except SourceGone:
            raise Http404("There is no such image.") from None
        return Response(status=204)


class ImagePin(APIView):
    """Whether retention leaves an image's local files alone."""

    throttle_classes = [Changes]

    @extend_schema(request=None, responses={200: schemas.Image, **_NOT_FOUND, 429: schemas.Error})
    def put(self, request: Request, pk: int) -> Response:
        """Pins an image: its local files stay, however old they are."""
        return self._answer(request, pk, is_pinned=True)

    @extend_schema(responses={200: schemas.Image, **_NOT_FOUND})
    def delete(self, request: Request, pk: int) -> Response:
        """Lets go of an image: its local files go as any others do."""
        return self._answer(request, pk, is_pinned=False)

    def _answer(self, request: Request, pk: int, *, is_pinned: bool) -> Response:
        try:
            services.pin(_image(request, pk), actor_of(request), is_pinned=is_pinned)
        except SourceGone:
            raise Http404("There is no such image.") from None
        return OneImage().get(request, pk)


class ImageFile(APIView):
    """An original."""

    content_negotiation_class = AnyAccept

    @extend_schema(
        parameters=[redirects.PARAMETER],
        responses={(200, "image/*"): OpenApiTypes.BINARY, 302: None, **_NOT_FOUND},
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Gives the original bytes as an attachment, from wherever they are."""
        image = _image(request, pk)
        response: HttpResponseBase | None = None
        if redirects.is_wanted(request):
            response = downloads.presigned_original(image)
        if response is None:
            response = downloads.original(image)
        with events.recording() as log:
            log.add(
                Kind.FILE_DOWNLOADED,
                user_id=image.upload.user_id,
                actor=actor_of(request),
                upload_id=image.upload_id,
                image_id=image.pk,
            )
        return response


class ImageThumbnail(APIView):
    """A small picture of it."""

    content_negotiation_class = AnyAccept

    @extend_schema(
        responses={
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            (200, "image/webp"): OpenApiTypes.BINARY,
            **_NOT_FOUND,
        }
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Gives a picture of at most 320 pixels a side: a JPEG, or a WebP of earlier times."""
        return thumbnail_of(_image(request, pk))


class ImageDisplay(APIView):
    """A picture of an original that not every browser shows."""

    content_negotiation_class = AnyAccept

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY, **_NOT_FOUND})
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """Gives an upright JPEG of at most 2,000 pixels a side, made with the thumbnail."""
        return display_of(_image(request, pk))


class ImagePredictions(APIView):
    """Every model applied to it."""

    throttle_classes = [Work]

    @extend_schema(
        operation_id="images_predictions_list",
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)],
        responses={200: schemas.page_of(schemas.Prediction), **_NOT_FOUND},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Lists its predictions, newest first."""
        rows = queries.predictions_of(signed_in(request)).filter(image=_image(request, pk))
        pages = NewestFirst()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(queries.prediction_views(page or []))

    @extend_schema(
        request=schemas.NewPrediction,
        responses={
            202: schemas.Prediction,
            400: schemas.Error,
            409: schemas.Error,
            429: schemas.Error,
            **_NOT_FOUND,
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        """Runs another model, version or set of parameters over the same image."""
        image = _image(request, pk)
        body = schemas.NewPrediction(data=request.data)
        body.is_valid(raise_exception=True)
        prediction = services.predict_again(
            image,
            body.validated_data["model"],
            body.validated_data.get("model_version"),
            body.validated_data.get("params", {}),
            actor_of(request),
        )
        headers = {"Location": f"/api/predictions/{prediction.pk}/"}
        return Response(queries.prediction_views([prediction])[0], 202, headers=headers)


def _image(request: Request, pk: int) -> Image:
    rows = queries.images_of(signed_in(request)).select_related("upload__user")
    return get_object_or_404(rows, pk=pk)
