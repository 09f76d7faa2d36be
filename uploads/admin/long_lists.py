"""The admin of tables without end: what their lists look through, and how rows are found."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar, Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from unfold.views import ChangeList

from uploads.addresses import storable
from uploads.admin.base import ReadOnlyAdmin
from uploads.admin.change_list import BoundedPaginator, LongChangeList, before_of
from uploads.admin.date_range import DateRange
from uploads.admin.dated_lists import DatedLists
from uploads.credentials import username_key
from uploads.id_ranges import Dated, End, ends_of, id_ranges
from uploads.ids import id_in
from uploads.looking_up import containing
from uploads.models import User

MOST_FOUND: Final = 500
"""Rows that are found by words of their texts, the newest."""

_MOST_USERS: Final = 100


class LongListAdmin(DatedLists, ReadOnlyAdmin):
    """A table of which there may be millions of rows, with ids that rise with time."""

    paginator = BoundedPaginator
    list_after_template = "admin/uploads/list_bounds.html"
    sortable_by: ClassVar[Collection[str]] = ()
    stretch: ClassVar[int] = 50_000
    """So many rows are looked through at a time; 0: all, since every look-up has an index."""
    indexed: ClassVar[Collection[str]] = ()
    """Lookups that an index serves, alone or with others."""
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

    def of_dates(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of these rows that are of the days of the address."""
        dates = DateRange.of(request.GET)
        if not dates or self.ordered_by_time:
            return super().of_dates(request, rows)
        # Not the column itself: by an index of it, all rows of a year would be read and sorted.
        moment = Coalesce(F(self.dated_by), F(self.dated_by))
        return dates.of_rows(rows.alias(moment=moment), "moment")

    def within_ids(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The same rows, found by the ids that those days have."""
        dates = DateRange.of(request.GET)
        if not dates or self.ordered_by_time:
            return rows
        first, behind = self._ids_of(request, dates)
        return rows.filter(pk__gte=first, pk__lt=behind)

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
            which |= Q(pk__in=self.by_words(term, *self.looked_at(request)))
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

    def by_words(self, term: str, first: int, top: int) -> list[int]:
        """The newest rows with these words, of the ids that are looked at and so far back."""
        near = self.with_words(term, first, top)
        return list(near.order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND])

    def with_words(self, term: str, first: int, top: int) -> QuerySet[Any]:
        """The rows with these words among these ids, the last stretch of them."""
        words = Q(pk__in=())
        for text in self.texts:
            words |= containing(text, term)
        return self.among(first, top).filter(words)

    def among(self, first: int, top: int) -> QuerySet[Any]:
        """The rows of these ids, the last stretch of them."""
        table: Any = self.model
        first = max(first, top - self.stretch + 1)
        rows: QuerySet[Any] = table.objects.filter(pk__gte=first, pk__lte=top)
        return rows
