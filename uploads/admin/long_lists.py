"""Lists of rows without end: what they count and look through is bounded, and they say so.

A list without filters, and one by something that an index serves, comes from all rows. Any other
filter looks through a stretch of the newest rows, or as many before those: a condition that hardly
any row meets would otherwise read millions.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.views import ChangeList

from uploads.addresses import storable
from uploads.admin.base import ReadOnlyAdmin
from uploads.admin.date_bar import DateBar
from uploads.admin.date_range import PARAMETERS, DateRange
from uploads.credentials import username_key
from uploads.id_ranges import Dated, End, ends_of, id_ranges
from uploads.ids import id_in
from uploads.looking_up import containing
from uploads.models import User

MOST_LISTED: Final = 10_000
"""Rows of a list that can be paged through."""

BEFORE: Final = "before"
"""The parameter of an address that looks through the rows before this id."""

_OF_A_LIST: Final = (BEFORE, *PARAMETERS)
"""What an address says of a list beside its filters."""

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
    lowest: int = 0
    """Rows up to this id are not asked for."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(request, *args, **kwargs)

    def get_filters_params(self, params: Any = None) -> Any:
        """The filters of the address; where to look is none of them."""
        found = super().get_filters_params(params)
        for name in _OF_A_LIST:
            found.pop(name, None)
        return found

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """The rows that the address asks for, within the stretch that is looked through."""
        rows = self.whole(request, exclude_parameters)
        if not self.model_admin.stretch:
            return rows
        filters = set(self.get_filters_params())
        has_before = bool(before_of(request))
        if not has_before and (not filters or self.model_admin.is_indexed(request.GET, filters)):
            return rows
        first, top = self.model_admin.looked_at(request)
        self.lowest = first - 1
        self.floor = max(self.lowest, top - self.model_admin.stretch)
        return rows.filter(pk__gt=self.floor, pk__lte=top)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str]:
        """The list's own order: another one would sort all rows."""
        return list(self.model_admin.get_ordering(request))

    def whole(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """All rows that the address asks for, however long that takes."""
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        dated: QuerySet[Any] = self.model_admin.dated(request, rows)
        return dated

    @cached_property
    def date_bar(self) -> DateBar:
        """The days that it is of, and the ways to others."""
        return DateBar.of(self, self.model_admin.ends(self.request))

    @property
    def looked_through(self) -> str:
        """How many rows were looked through; empty: all."""
        return "" if self.floor is None else f"{self.model_admin.stretch:,}"

    @property
    def further_back(self) -> str:
        """The address that looks through the rows before; empty: there are none."""
        if self.floor is None or self.floor <= self.lowest:
            return ""
        return self.address({BEFORE: str(self.floor + 1)})

    def address(self, added: Mapping[str, str], without: Collection[str] = ()) -> str:
        """That of its first page with other parameters; `get_query_string` leaves out by the
        beginnings of names."""
        kept = {name: of for name, of in self.filter_params.items() if name not in without}
        return f"?{urlencode({**kept, **added}, doseq=True)}"

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
    change_list_template = "admin/uploads/change_list.html"
    list_after_template = "admin/uploads/list_bounds.html"
    sortable_by: ClassVar[Collection[str]] = ()
    stretch: ClassVar[int] = 50_000
    """So many rows are looked through at a time; 0: all, since every look-up has an index."""
    indexed: ClassVar[Collection[str]] = ()
    """Lookups that an index serves, alone or with others."""
    dated_by: ClassVar[str] = "created_at"
    """The lookup of the time that a row is of."""
    ordered_by_time: ClassVar[bool] = False
    """Whether its order is that of its time, which has an index then."""
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

    def dated(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of these rows that are of the days of the address."""
        dates = DateRange.of(request.GET)
        if not dates or self.ordered_by_time:
            return dates.of_rows(rows, self.dated_by)
        first, behind = self._ids_of(request, dates)
        rows = rows.filter(pk__gte=first, pk__lt=behind)
        # Not the column itself: by an index of it, all rows of a year would be read and sorted.
        return dates.of_rows(
            rows.alias(moment=Coalesce(F(self.dated_by), F(self.dated_by))), "moment"
        )

    def looked_at(self, request: HttpRequest) -> tuple[int, int]:
        """The lowest and the highest id that the address asks for, by its days and by `BEFORE`."""
        before = before_of(request)
        if dates := DateRange.of(request.GET):
            first, behind = self._ids_of(request, dates)
            return max(first, 1), min(before or behind, behind) - 1
        if before:
            return 1, before - 1
        ends = self.ends(request)
        return 1, ends[1].pk if ends else 0

    def ends(self, request: HttpRequest) -> tuple[End, End] | None:
        """The first and the last row; None: there is none."""
        known: dict[Any, tuple[End, End] | None] = request.__dict__.setdefault("_ends", {})
        if self.model not in known:
            # The keys of sign-ins say nothing of time.
            known[self.model] = ends_of(self.model, self.dated_by, by_key=bool(self.stretch))
        return known[self.model]

    def _ids_of(self, request: HttpRequest, dates: DateRange) -> tuple[int, int]:
        known: dict[Any, tuple[int, int]] = request.__dict__.setdefault("_ids_of_dates", {})
        if self.model not in known:
            table = Dated(self.model, self.dated_by)
            (known[self.model],) = id_ranges([table], dates.begin, dates.end)
        return known[self.model]

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
            which |= Q(pk__in=self.by_words(term, self.looked_at(request)[1]))
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

    def by_words(self, term: str, top: int) -> list[int]:
        """The newest rows with these words, of the stretch that ends with the id `top`."""
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


def before_of(request: HttpRequest) -> int:
    """The id before which an address looks; 0: it looks at the newest."""
    return id_in(request.GET.get(BEFORE, "")) or 0
