"""Filters of lists whose choices are known without reading the table."""

from operator import itemgetter
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from uploads import failures
from uploads.admin.timeline import words_of
from uploads.event_kinds import Kind
from uploads.models import Model, Upload


class KnownFilter(SimpleListFilter):
    """A filter whose choices are known without reading the table."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the chosen value."""
        if self.value() is None:
            return queryset
        return queryset.filter(**{str(self.parameter_name): self.value()})


class ModelFilter(KnownFilter):
    """By model: those of the catalog."""

    title = "model"
    parameter_name = "model__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The catalog's models, by what people call them."""
        rows = Model.objects.order_by("pk").values_list("pk", "title")
        return [(name, title or name) for name, title in rows]


class UploadModelFilter(ModelFilter):
    """By the model that an image was uploaded for."""

    parameter_name = "for_model"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the chosen value.

        Each row's upload is looked up: as a join, PostgreSQL may read all uploads of a model first.
        """
        if self.value() is None:
            return queryset
        of = Upload.objects.filter(pk=OuterRef("upload_id")).values("model")
        rows: QuerySet[Any] = queryset.alias(for_model=Subquery(of))
        return rows.filter(for_model=self.value())


class ProtocolFilter(KnownFilter):
    """By the way in which a model was asked."""

    title = "protocol"
    parameter_name = "protocol__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The three there are."""
        return [(one, one) for one in ("upload", "rest", "grpc")]


class KindFilter(KnownFilter):
    """By kind of event."""

    title = "kind"
    parameter_name = "kind__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every kind there is."""
        return sorted(((str(kind), words_of(kind)) for kind in Kind), key=itemgetter(1))


class ErrorCodeFilter(KnownFilter):
    """By error code: those that anything has failed with."""

    title = "error code"
    parameter_name = "error_code__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The codes of what has failed."""
        return [(code, code) for code in failures.codes()]
