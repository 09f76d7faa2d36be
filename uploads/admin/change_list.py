"""A list of rows without end: what it counts and looks through is bounded, and it says so.

A list without filters, and one by something that an index serves, comes from all rows. Any other
filter looks through a stretch of the newest rows, or as many before those: a condition that hardly
any row meets would otherwise read millions.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.views import ChangeList

from uploads.admin import saved_searches
from uploads.admin.date_bar import DateBar
from uploads.admin.date_range import DateRange
from uploads.admin.list_parameters import BEFORE, DAYS
from uploads.ids import id_in

MOST_LISTED: Final = 10_000
"""Rows of a list that can be paged through."""


def before_of(request: HttpRequest) -> int:
    """The id before which an address looks; 0: it looks at the newest."""
    return id_in(request.GET.get(BEFORE, "")) or 0


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
        for name in (BEFORE, *DAYS):
            found.pop(name, None)
        return found

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """The rows that the address asks for, within the stretch that is looked through."""
        listed, rows = self.model_admin, self._of_dates(request, exclude_parameters)
        filters = set(self.get_filters_params())
        is_served = not filters or listed.is_indexed(request.GET, filters)
        if not listed.stretch or (is_served and not before_of(request)):
            return listed.within_ids(request, rows)  # type: ignore[no-any-return]  # of any admin
        first, top = listed.looked_at(request)
        self.lowest = first - 1
        self.floor = max(self.lowest, top - listed.stretch)
        return rows.filter(pk__gt=self.floor, pk__lte=top)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str]:
        """The list's own order: another one would sort all rows."""
        return list(self.model_admin.get_ordering(request))

    def whole(self, request: HttpRequest) -> QuerySet[Any]:
        """All rows that the address asks for, however long that takes."""
        rows: QuerySet[Any] = self.model_admin.within_ids(request, self._of_dates(request))
        return rows

    def _of_dates(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        dated: QuerySet[Any] = self.model_admin.of_dates(request, rows)
        return dated

    @property
    def dates(self) -> DateRange:
        """The days that its address asks for."""
        return DateRange.of(self.request.GET)

    @property
    def saved(self) -> saved_searches.Saved:
        """The searches that whoever looks at it has saved."""
        return saved_searches.of(self.request)

    @cached_property
    def date_bar(self) -> DateBar:
        """The ways to other days."""
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
