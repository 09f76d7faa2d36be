"""A list of rows without end: what it counts and looks through is bounded, and it says so.

A list without filters, and one by something that an index serves, comes from all rows. Any other
filter looks through a stretch of the newest rows, or as many before those: a condition that hardly
any row meets would otherwise read millions.
"""

from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from uploads.admin.dated_lists import DatedChangeList
from uploads.admin.list_parameters import BEFORE
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


class LongChangeList(DatedChangeList):
    """A list that looks through a stretch of its table where no index helps."""

    floor: int | None = None
    """Rows up to this id were not looked at; None: all were."""
    lowest: int = 0
    """Rows up to this id are not asked for."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """The rows that the address asks for, within the stretch that is looked through."""
        listed, rows = self.model_admin, super().get_queryset(request, exclude_parameters)
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
        rows: QuerySet[Any] = self.model_admin.within_ids(request, super().get_queryset(request))
        return rows

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

    @property
    def is_cut(self) -> bool:
        """Whether there may be more rows than can be paged through."""
        return bool(self.result_count >= MOST_LISTED)

    @property
    def most_listed(self) -> str:
        """How many rows can be paged through."""
        return f"{MOST_LISTED:,}"
