"""Models and events: what there is to run, and what happened."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads import events
from uploads.api import schemas
from uploads.api.requests import signed_in
from uploads.errors import Fault, Invalid
from uploads.models import Model

EVENTS_A_PAGE = 500


class Models(APIView):
    """The catalog."""

    @extend_schema(
        operation_id="models_list",
        responses={200: schemas.page_of(schemas.Model), 401: schemas.Error},
    )
    def get(self, request: Request) -> Response:
        """Lists the models that can be asked for."""
        models = Model.objects.order_by("name").prefetch_related("versions")
        return Response(
            {"next": None, "previous": None, "results": [_model_view(one) for one in models]}
        )


class OneModel(APIView):
    """One model."""

    @extend_schema(responses={200: schemas.Model, 401: schemas.Error, 404: schemas.Error})
    def get(self, request: Request, name: str) -> Response:
        """Gives one model with its versions and its parameters' schema."""
        model = Model.objects.filter(name=name).prefetch_related("versions").first()
        if model is None:
            raise Http404("There is no such model.")
        return Response(_model_view(model))


class Events(APIView):
    """What happened."""

    @extend_schema(
        parameters=[OpenApiParameter("after", int, description="Only events after this seq.")],
        responses={200: schemas.EventPage, 400: schemas.Error, 401: schemas.Error},
    )
    def get(self, request: Request) -> Response:
        """Gives a user's events after `after`, oldest first: the same as the socket's."""
        user = signed_in(request)
        text = request.query_params.get("after") or "0"
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            message = "'after' is the seq of an event."
            raise Invalid(message, (Fault("invalid", message, field="after"),))
        where = events.position(user.pk)
        page = events.read(user.pk, after=int(text), limit=EVENTS_A_PAGE)
        return Response({"epoch": where.epoch, "seq": where.seq, "results": page})


def _model_view(model: Model) -> dict[str, Any]:
    versions = sorted(model.versions.all(), key=lambda v: int(v.version))
    return {
        "name": model.name,
        "description": model.description,
        "versions": [
            {"version": v.version, "state": v.state, "labels": v.labels} for v in versions
        ],
        "default_version": model.default_version,
        "params_schema": model.params_schema,
        "output_kind": model.output_kind,
        "platform": model.platform,
    }
