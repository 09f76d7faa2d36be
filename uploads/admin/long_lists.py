"""Lists of rows without end: what they count and look through is bounded, and they say so.

A list without filters, and one by something that an index serves, comes from all rows. Any other
filter looks through a stretch of the newest rows, or as many before those: a condition that hardly
any row meets would otherwise read millions.
"""

from collections.abc import Collection, Sequence
from operator import itemgetter
from typing import Any, ClassVar, Final

from django.contrib.admin import SimpleListFilter
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.views import ChangeList

from uploads import failures
from uploads.addresses import storable
from uploads.admin.base import ReadOnlyAdmin
from uploads.admin.timeline import words_of
from uploads.credentials import username_key
from uploads.event_kinds import Kind
from uploads.ids import id_in
from uploads.looking_up import containing
from uploads.models import Model, Upload, User

MOST_LISTED: Final = 10_000
"""Rows of a list that can be paged through."""

BEFORE: Final = "before"
"""The parameter of an address that looks through the rows before this id."""

MOST_FOUND: Final = 500
"""Rows that are found by words of their texts, the newest."""

_MOST_USERS: Final = 100


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # of whatever rows
    """Counts no further than can be paged through."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, `MOST_LISTED` at most."""
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[:MOST_LISTED].count())

    def page(self, number: int | str) -> Page[Any]:
        """One page: what belongs on it is found by ids alone, since whole rows are long to sort."""
        number = self.validate_number(number)
        bottom = (number - 1) * self.per_page
        rows: Any = self.object_list
        keys = list(rows.values_list("pk", flat=True)[bottom : bottom + self.per_page])
        return Page(rows.filter(pk__in=keys), number, self)


class LongChangeList(ChangeList):  # type: ignore[misc]  # it has no types
    """A list that looks through a stretch of its table where no index helps."""

    floor: int | None = None
    """Rows up to this id were not looked at; None: all were."""

    def get_filters_params(self, params: Any = None) -> Any:
        """The filters of the address; where to look is none of them."""
        found = super().get_filters_params(params)
        found.pop(BEFORE, None)
        return found

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """The rows that the address asks for, within the stretch that is looked through."""
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        if not self.model_admin.stretch:
            return rows
        filters = set(self.get_filters_params())
        before = before_of(request)
        if not before and (not filters or self.model_admin.is_indexed(request.GET, filters)):
            return rows
        top = before - 1 if before else newest(self.model)[0]
        self.floor = max(0, top - self.model_admin.stretch)
        return rows.filter(pk__gt=self.floor, pk__lte=top)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str]:
        """The list's own order: another one would sort all rows."""
        return list(self.model_admin.get_ordering(request))

    def whole(self, request: HttpRequest) -> QuerySet[Any]:
        """All rows that the address asks for, however long that takes."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows

    @property
    def looked_through(self) -> str:
        """How many rows were looked through; empty: all."""
        return "" if self.floor is None else f"{self.model_admin.stretch:,}"

    @property
    def further_back(self) -> str:
        """The address that looks through the rows before; empty: there are none."""
        if not self.floor:
            return ""
        return str(self.get_query_string({BEFORE: str(self.floor + 1)}, ["p"]))

    @property
    def is_cut(self) -> bool:
        """Whether there may be more rows than can be paged through."""
        return bool(self.result_count >= MOST_LISTED)

    @property
    def most_listed(self) -> str:
        """How many rows can be paged through."""
        return f"{MOST_LISTED:,}"


class LongListAdmin(ReadOnlyAdmin):
    """A table of which there may be millions of rows, with ids that rise with time."""

    paginator = BoundedPaginator
    list_after_template = "admin/uploads/list_bounds.html"
    sortable_by: ClassVar[Collection[str]] = ()
    stretch: ClassVar[int] = 50_000
    """So many rows are looked through at a time; 0: all, since every look-up has an index."""
    indexed: ClassVar[Collection[str]] = ()
    """Lookups that an index serves, alone or with others."""
    found_by_address: ClassVar[str] = ""
    found_by_owner: ClassVar[bool] = True
    """Whether a user's name finds rows."""
    texts: ClassVar[Collection[str]] = ()
    """Looked through as far as rows are."""

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:
        return LongChangeList

    def is_indexed(self, query: Any, lookups: Collection[str]) -> bool:
        """Whether an index serves the filters of an address, so that all rows are looked at."""
        return bool(set(lookups) & set(self.indexed))

    def by_number(self, number: int) -> Q:
        """Rows of this number: by columns of the table itself, each of which has an index."""
        return Q(pk=number)

    def by_owners(self, users: Sequence[int]) -> Q:
        """Rows of these users, likewise."""
        return Q(pk__in=())

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows of this number, address or person; and by words of the newest ones' texts."""
        term = search_term.strip()
        if not term:
            return queryset, False
        which = self._by_key(term)
        if self.found_by_owner:
            which |= self._by_owner(term)
        if self.texts:
            which |= Q(pk__in=self.by_words(term, before_of(request)))
        return queryset.filter(which), False

    def _by_key(self, term: str) -> Q:
        found = Q(pk__in=())
        if (number := id_in(term)) is not None:
            found |= self.by_number(number)
        if self.found_by_address and (address := storable(term)):
            found |= Q(**{self.found_by_address: address})
        return found

    def _by_owner(self, term: str) -> Q:
        found = User.objects.filter(username_key__contains=username_key(term)).order_by("-pk")
        return self.by_owners(list(found.values_list("pk", flat=True)[:_MOST_USERS]))

    def by_words(self, term: str, before: int) -> list[int]:
        """The newest rows with these words, of the stretch before this id; 0: of the newest."""
        top = before - 1 if before else newest(self.model)[0]
        near = self.with_words(term, top)
        return list(near.order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND])

    def with_words(self, term: str, top: int) -> QuerySet[Any]:
        """The rows with these words of the stretch that ends with the id `top`."""
        words = Q(pk__in=())
        for text in self.texts:
            words |= containing(text, term)
        table: Any = self.model
        rows: QuerySet[Any] = table.objects.filter(words, pk__gt=top - self.stretch, pk__lte=top)
        return rows


def newest(*tables: Any) -> list[int]:
    """The ids of these tables' newest rows, 0 where there are none: one query."""
    newest = (f"(SELECT MAX(id) FROM {table._meta.db_table})" for table in tables)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(newest)}")
        return [pk or 0 for pk in cursor.fetchone()]


def before_of(request: HttpRequest) -> int:
    """The id before which an address looks; 0: it looks at the newest."""
    return id_in(request.GET.get(BEFORE, "")) or 0


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
