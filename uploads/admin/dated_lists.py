"""Lists by date: any range of days, step by step from years to hours, and the days before today."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.views import ChangeList

from uploads.admin import saved_searches
from uploads.admin.date_bar import DateBar
from uploads.admin.date_range import DateRange
from uploads.admin.list_parameters import BEFORE, DAYS
from uploads.id_ranges import End, ends_of


class DatedChangeList(ChangeList):  # type: ignore[misc]  # it has no types
    """The rows of a list that are of the days of its address."""

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
        """The rows that the address asks for, of its days."""
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

    def address(self, added: Mapping[str, str], without: Collection[str] = ()) -> str:
        """That of its first page with other parameters; `get_query_string` leaves out by the
        beginnings of names."""
        kept = {name: of for name, of in self.filter_params.items() if name not in without}
        return f"?{urlencode({**kept, **added}, doseq=True)}"


class DatedLists:
    """The admin of a table whose rows have a time each."""

    change_list_template = "admin/uploads/dated_list.html"
    dated_by: ClassVar[str] = "created_at"
    """The lookup of the time that a row is of."""

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:
        return DatedChangeList

    def of_dates(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of these rows that are of the days of the address."""
        return DateRange.of(request.GET).of_rows(rows, self.dated_by)

    def ends(self, request: HttpRequest) -> tuple[End, End] | None:
        """The first and the last row; None: there is none."""
        return ends_of(self.model, self.dated_by, by_key=False)  # type: ignore[attr-defined]  # of what it is mixed in
