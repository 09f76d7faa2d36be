"""A user's images, each with what was made of it last: in pages, by model, state,
label, time, text and hash."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads.api import queries, runs, schemas
from uploads.api.image_filter import MAX_HASHES, NAMES, filtered
from uploads.api.pagination import LatestUploadFirst
from uploads.api.requests import signed_in
from uploads.states import State


class Images(APIView):
    """A user's images."""

    @extend_schema(
        operation_id="images_list",
        parameters=[
            OpenApiParameter("q", str, description="In the name, or in text that was read."),
            OpenApiParameter("model", str, description="Of any of its predictions."),
            OpenApiParameter(
                "state", str, enum=[str(s) for s in State], description="Of its newest prediction."
            ),
            OpenApiParameter("label", str, description="The likeliest of any of its predictions."),
            OpenApiParameter(
                "created_after", OpenApiTypes.DATETIME, description="Sent then or later."
            ),
            OpenApiParameter(
                "created_before", OpenApiTypes.DATETIME, description="Sent before then."
            ),
            OpenApiParameter(
                "sha256",
                str,
                many=True,
                explode=False,
                description=f"Of its file, in hexadecimal: at most {MAX_HASHES}, separated by"
                " commas. Tells before an upload which files are there already.",
            ),
            OpenApiParameter("cursor", str),
            OpenApiParameter("page_size", int),
        ],
        responses={
            200: schemas.page_of(schemas.ListedImage),
            400: schemas.Error,
            401: schemas.Error,
            404: schemas.Error,
        },
    )
    def get(self, request: Request) -> Response:
        """Lists images: those of the newest upload first, and of one upload in their own order.

        There is no way back: `previous` is always null. A page may hold fewer than `page_size`,
        where those have very many results: only a `next` of null is the end.
        """
        asked = request.query_params
        rows = filtered(signed_in(request), {name: asked.get(name, "") for name in NAMES})
        rows = rows.select_related("upload")
        pages = LatestUploadFirst()
        page = pages.page_of(rows, request)
        newest = runs.newest_of(page)
        sizes = (len(newest[one.pk].ids) if one.pk in newest else 0 for one in page)
        page = pages.shortened(page, runs.fitting(sizes))
        return pages.get_paginated_response(queries.listed_views(page, newest))
