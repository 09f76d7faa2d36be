"""What the admin's pages have in common."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, ClassVar, Final

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.auth.models import Group
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError, NotSupportedError
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponseBase
from django.utils.html import format_html
from django.utils.text import capfirst
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.admin import ModelAdmin

from uploads.models import Model as CatalogModel
from uploads.models import Prediction

# Plumbing: nobody audits by these tables, sign-ins are shown as sessions. What is not yet
# registered cannot be taken out, so their own modules come first.
for module in ("django.contrib.auth.admin", "rest_framework_simplejwt.token_blacklist.admin"):
    import_module(module)
for plumbing in (Group, BlacklistedToken, OutstandingToken):
    if admin.site.is_registered(plumbing):
        admin.site.unregister(plumbing)

_PATTERNS: Final = ("__regex", "__iregex")


class PlainLookups:
    """Lists whose addresses and forms may ask for anything: what makes no sense is no error."""

    show_facets = admin.ShowFacets.NEVER
    """A count beside each choice of a filter reads the whole table for each of them."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list that an address asks for.

        Raises:
            IncorrectLookupParameters: it cannot be looked up: a NUL, which some databases refuse
                to compare, a year that no calendar has, a number that no column holds, a
                look-up that the database has not.
        """
        if any("\0" in text for _, texts in request.GET.lists() for text in texts):
            raise IncorrectLookupParameters
        try:
            shown = super().get_changelist_instance(request)  # type: ignore[misc]  # of what it is mixed in
        except (ValueError, OverflowError, DataError, NotSupportedError) as error:
            raise IncorrectLookupParameters from error
        shown.title = capfirst(shown.opts.verbose_name_plural)
        return shown

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """The list, which says so where it is not as its address asked."""
        if ERROR_FLAG in request.GET:
            said = "The filters of that address make no sense: this list is without them."
            messages.warning(request, said)
        shown: HttpResponseBase = super().changelist_view(request, extra_context)  # type: ignore[misc]  # of what it is mixed in
        return shown

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether an address may filter by this.

        Not by patterns, which may take for ever; nor by what the page keeps to itself, which the
        rows that are found would give away letter by letter.
        """
        hidden: Sequence[str] = self.exclude or ()  # type: ignore[attr-defined]  # of what it is mixed in
        if lookup.endswith(_PATTERNS) or lookup.partition("__")[0] in hidden:
            return False
        return bool(super().lookup_allowed(lookup, value, request))  # type: ignore[misc]  # likewise

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Model | None:
        """The row of an address; a NUL, which some databases refuse to compare, is in none.

        An address may name the field by which it is looked up, or leave it empty.
        """
        if "\0" in object_id:
            return None
        found: Model | None = super().get_object(request, object_id, from_field or None)  # type: ignore[misc]  # likewise
        return found

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Acts on the rows that a form has chosen.

        Raises:
            BadRequest: one of them can be no row's.
        """
        key = queryset.model._meta.pk
        for text in request.POST.getlist(ACTION_CHECKBOX_NAME):
            try:
                key.clean(text, None)
            except ValidationError:
                raise BadRequest("These rows cannot be chosen.") from None
            if "\0" in text:
                raise BadRequest("These rows cannot be chosen.")
        return super().response_action(request, queryset)  # type: ignore[misc]  # likewise


class ReadOnlyAdmin(PlainLookups, ModelAdmin):  # type: ignore[misc]  # it has no types
    """Rows that can be looked at: none is added, changed or deleted here."""

    list_per_page = 50
    show_full_result_count = False
    nothing: ClassVar[str] = ""
    """What an empty list says; empty: that there are none yet."""

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Model | None:
        """The row of an address, of which a page asks more than once."""
        known: dict[tuple[Any, ...], Model | None] = request.__dict__.setdefault("_rows", {})
        key = (self.model, object_id, from_field)
        if key not in known:
            known[key] = super().get_object(request, object_id, from_field)
        return known[key]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The page of a row, without the history of its changes: events tell them."""
        context = {**(extra_context or {}), "show_history": False}
        return super().changeform_view(request, object_id, form_url, context)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class TitledModels:
    """Lists of rows that name a model: what people call it stands before its name."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows with their models' titles, by one query."""
        title = CatalogModel.objects.filter(pk=OuterRef("model")).values("title")
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]  # of what it is mixed in
        titled: QuerySet[Any] = rows.annotate(model_title=Subquery(title))
        return titled

    @admin.display(description="model", ordering="model")
    def titled_model(self, row: Any) -> str:
        """A title and, below it, the name that programs use and the version, if it has one."""
        version = getattr(row, "model_version", "") or getattr(row, "version", "")
        name = f"{row.model} {version}".strip()
        if not row.model_title:
            return name
        return format_html('{}<br><span class="dr-quiet">{}</span>', row.model_title, name)


def state_badge(prediction: Prediction) -> str:
    """A prediction's state as a colored word, with its stage or its error."""
    detail = prediction.error_code or prediction.stage or ""
    return format_html(
        '<strong class="dr-state dr-state-{0}">{0}</strong> {1}', prediction.state, detail
    )
