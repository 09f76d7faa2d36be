"""Models: what there is to run."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from uploads import models
from uploads.api import catalog_schemas, schemas
from uploads.api.negotiation import AnyAccept
from uploads.api.requests import signed_in
from uploads.catalog import desired, holdings, splits
from uploads.catalog.availability import Availability
from uploads.catalog.desired import Desired
from uploads.downloads import inline_bytes
from uploads.errors import ModelUnavailable
from uploads.models import Model, ModelVersion


class Models(APIView):
    """The catalog."""

    @extend_schema(
        operation_id="models_list",
        responses={200: schemas.page_of(catalog_schemas.Model), 401: schemas.Error},
    )
    def get(self, request: Request) -> Response:
        """Lists the models there are. Where they are and why not is told to staff alone."""
        rows = _rows().order_by("name")
        snapshot = _Snapshot(is_staff=signed_in(request).is_staff)
        return Response(
            {"next": None, "previous": None, "results": [snapshot.model(one) for one in rows]}
        )


class OneModel(APIView):
    """One model."""

    @extend_schema(responses={200: catalog_schemas.Model, 401: schemas.Error, 404: schemas.Error})
    def get(self, request: Request, name: str) -> Response:
        """Gives one model with its versions and its parameters' schema."""
        model = _rows().filter(name=name).first()
        if model is None:
            raise Http404("There is no such model.")
        snapshot = _Snapshot(is_staff=signed_in(request).is_staff)
        return Response(snapshot.model(model))


class ModelSample(APIView):
    """A photo to try a model with."""

    content_negotiation_class = AnyAccept

    @extend_schema(
        responses={
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            401: schemas.Error,
            404: schemas.Error,
        }
    )
    def get(self, request: Request, name: str) -> HttpResponse:
        """Gives the photo that a model comes with, a JPEG."""
        row = models.ModelSample.objects.filter(model=name).first()
        if row is None:
            raise Http404("There is no such model, or it has no sample.")
        return inline_bytes(bytes(row.content), "image/jpeg", f"{name}.jpg")


def as_told() -> list[dict[str, Any]]:
    """The catalog as everybody is told it at this moment."""
    snapshot = _Snapshot(is_staff=False)
    return [snapshot.model(one) for one in _rows().order_by("name")]


def _rows() -> QuerySet[Model]:
    """Models with all that is told of them, but their samples' bytes."""
    rows = Model.objects.prefetch_related("versions")
    return rows.select_related("sample").defer("sample__content")


class _Snapshot:
    """How models are shown to one user at this moment."""

    def __init__(self, *, is_staff: bool) -> None:
        self._held = holdings.read()
        self._now = Availability(self._held, desired.unloaded(), splits.in_force())
        self._is_staff = is_staff

    def model(self, model: Model) -> dict[str, Any]:
        """A model with its versions."""
        default = self._now.default_version(model)
        status = self._held.status(model.name, default)
        is_unloaded = self._now.is_unloaded(model.name)
        view = {
            "name": model.name,
            "title": model.title or model.name,
            "description": model.description,
            "task": model.task or None,
            "card": model.card,
            "license": model.card.get("license"),
            "sample": f"/api/models/{model.name}/sample/" if hasattr(model, "sample") else None,
            "versions": [
                self._version(model, one)
                for one in sorted(model.versions.all(), key=lambda v: int(v.version))
            ],
            "default_version": default or None,
            "params_schema": self._schema(model, default),
            "output_kind": model.output_kind,
            "platform": model.platform,
            "languages": model.languages,
            "state": status.state,
            "refusal": self._refusal(model, default),
            "desired_state": str(Desired.UNLOADED if is_unloaded else Desired.LOADED),
        }
        if self._is_staff:
            view |= {"reason": status.reason, "workers": self._workers(model.name)}
        return view

    def _version(self, model: Model, version: ModelVersion) -> dict[str, Any]:
        status = self._held.status(model.name, version.version)
        view = {
            "version": version.version,
            "state": status.state,
            "refusal": self._refusal(model, version.version),
            "labels": version.labels,
            "params_schema": version.params_schema,
        }
        return view | ({"reason": status.reason} if self._is_staff else {})

    def _schema(self, model: Model, number: str) -> dict[str, Any]:
        found = [one.params_schema for one in model.versions.all() if one.version == number]
        schema: dict[str, Any] = found[0] if found else model.params_schema
        return schema

    def _refusal(self, model: Model, version: str) -> dict[str, str] | None:
        message = self._now.refusal(model, version)
        return {"code": ModelUnavailable.code, "message": message} if message else None

    def _workers(self, name: str) -> list[dict[str, Any]]:
        return [
            {
                "worker": worker.pk,
                "version": one.version,
                "state": one.state,
                "reason": one.reason,
                "sha256": one.sha256,
                "instances": one.instances,
                "memory_bytes": one.memory_bytes,
            }
            for worker, one in self._held.of(name)
        ]
