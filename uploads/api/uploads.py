"""Uploads: POST, list, one, delete; with `?wait=` the answer comes when the work is done."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads import services
from uploads.actors import actor_of
from uploads.api import queries, schemas
from uploads.api.pagination import UploadsNewestFirst
from uploads.api.parsing import UploadParser
from uploads.api.requests import signed_in, upload_request, wait_seconds
from uploads.api.throttles import Work
from uploads.errors import Fault, Invalid, SourceGone
from uploads.intake import reception
from uploads.states import State

_WAIT = OpenApiParameter(
    "wait",
    float,
    description=(
        "Seconds (at most 60) to wait for all predictions to end. Who waits for too many "
        "uploads already (MAX_WAITS_PER_USER) is answered at once with what there is."
    ),
)
_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key with the same content gives the first upload again.",
)


_PARTIAL = OpenApiParameter(
    "partial",
    bool,
    description="1: what is good is stored although other files are not; they are `rejected`.",
)


class Uploads(APIView):
    """A user's uploads."""

    parser_classes = [UploadParser]
    throttle_classes = [Work]

    @extend_schema(
        operation_id="uploads_list",
        parameters=[
            OpenApiParameter("model", str),
            OpenApiParameter("state", str, enum=[str(s) for s in State]),
            OpenApiParameter("cursor", str),
            OpenApiParameter("page_size", int),
        ],
        responses={
            200: schemas.page_of(schemas.Upload),
            400: schemas.Error,
            401: schemas.Error,
            404: schemas.Error,
        },
    )
    def get(self, request: Request) -> Response:
        """Lists uploads, newest first; there is nothing to wait for in a list.

        A page may hold fewer than `page_size`, where those have very many images: only a `next` of
        null is the end.
        """
        wait_seconds(request)
        rows = queries.uploads_of(signed_in(request))
        if model := request.query_params.get("model"):
            rows = rows.filter(model=model.replace("\0", ""))
        if state := request.query_params.get("state"):
            if state not in set(State):
                message = "A state is one of " + ", ".join(State) + "."
                raise Invalid(message, (Fault("invalid", message, field="state"),))
            rows = queries.in_state(rows, state)
        pages = UploadsNewestFirst()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(queries.upload_views(page or []))

    @extend_schema(
        parameters=[_WAIT, _PARTIAL, _KEY],
        request={"multipart/form-data": schemas.NewUpload},
        responses={
            202: schemas.ReceivedUpload,
            400: schemas.Error,
            401: schemas.Error,
            422: schemas.Error,
        },
    )
    def post(self, request: Request) -> Response:
        """Uploads images: all files are judged before anything is stored."""
        wait_seconds(request)
        wanted = upload_request(request)
        try:
            received = reception.receive(signed_in(request), wanted, actor_of(request))
        finally:
            # Here, and not at the response's end, which comes on the event loop.
            for _, files in request.FILES.lists():
                for file in files:
                    file.close()
        view = queries.received_view(received)
        if wanted.is_partial:
            view["rejected"] = [fault.as_dict() for fault in received.rejected]
        return Response(view, 202, headers={"Location": f"/api/uploads/{received.upload.pk}/"})


class OneUpload(APIView):
    """One upload."""

    @extend_schema(
        parameters=[_WAIT],
        responses={
            200: schemas.Upload,
            400: schemas.Error,
            401: schemas.Error,
            404: schemas.Error,
        },
    )
    def get(self, request: Request, pk: int) -> Response:
        """Gives one upload with its images and predictions."""
        wait_seconds(request)
        upload = get_object_or_404(queries.uploads_of(signed_in(request)), pk=pk)
        return Response(queries.upload_views([upload])[0])

    @extend_schema(responses={204: None, 401: schemas.Error, 404: schemas.Error})
    def delete(self, request: Request, pk: int) -> Response:
        """Deletes an upload with its files and results; what runs is canceled."""
        upload = get_object_or_404(queries.uploads_of(signed_in(request)), pk=pk)
        try:
            services.delete(upload, actor_of(request))
        except SourceGone:
            raise Http404("There is no such upload.") from None
        return Response(status=204)
