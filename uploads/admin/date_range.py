"""The days that a list is of, as its address says them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.utils import timezone

from uploads.admin.list_parameters import DAYS, DURING, FROM, TO
from uploads.id_ranges import between

RECENT: Final = {
    "today": ("Today", 1),
    "7-days": ("Past 7 days", 7),
    "30-days": ("Past 30 days", 30),
}
"""What `DURING` may be: what it is called, and how many days until the end of today."""

_YEARS: Final = range(1970, 9999)
_MINUTE: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?", re.ASCII)


@dataclass(frozen=True)
class DateRange:
    """From `begin` until just before `end`, in UTC; None: without a bound on that side."""

    begin: datetime | None = None
    end: datetime | None = None
    asked: tuple[tuple[str, str], ...] = ()
    """The parameters of an address that say so."""

    def __bool__(self) -> bool:
        return bool(self.asked)

    @classmethod
    def of(cls, query: Any) -> Self:
        """That of an address.

        Raises:
            IncorrectLookupParameters: it names a day that is in no calendar, or two ways at once.
        """
        values = {name: query[name] for name in DAYS if query.get(name)}
        asked = tuple(values.items())
        if recent := values.pop(DURING, ""):
            if values or recent not in RECENT:
                raise IncorrectLookupParameters
            today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
            end = today + timedelta(days=1)
            return cls(end - timedelta(days=RECENT[recent][1]), end, asked)
        first, last = values.get(FROM), values.get(TO)
        return cls(_begin_of(first) if first else None, _end_of(last) if last else None, asked)

    def of_rows(self, rows: QuerySet[Any], by: str) -> QuerySet[Any]:
        """Those of these rows whose time, the value of a lookup, is in it."""
        return rows.filter(between(by, self.begin, self.end))


def _begin_of(text: str) -> datetime:
    try:
        begin = datetime.fromisoformat(text)
    except ValueError as error:
        raise IncorrectLookupParameters from error
    if not _MINUTE.fullmatch(text) or begin.year not in _YEARS:
        raise IncorrectLookupParameters
    return begin.replace(tzinfo=UTC)


def _end_of(text: str) -> datetime:
    return _begin_of(text) + (timedelta(minutes=1) if "T" in text else timedelta(days=1))
