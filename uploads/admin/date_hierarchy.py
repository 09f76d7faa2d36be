"""From years to hours: the steps into the time that a list spans, and back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final, Self

from uploads.admin.date_range import DateRange
from uploads.admin.list_parameters import FROM, TO

_DAY: Final = "%Y-%m-%d"
_MINUTE: Final = "%Y-%m-%dT%H:%M"
_HOUR_LENGTH: Final = timedelta(hours=1)
_DAY_LENGTH: Final = timedelta(days=1)
_LONGER_THAN_A_MONTH: Final = timedelta(days=32)


class Unit(IntEnum):
    """How long a period is."""

    YEAR = 0
    MONTH = 1
    DAY = 2
    HOUR = 3


_NAMES: Final = {Unit.YEAR: "%Y", Unit.MONTH: "%B", Unit.DAY: "%-d", Unit.HOUR: "%H:00"}


@dataclass(frozen=True)
class Period:
    """One on the calendar, in UTC."""

    unit: Unit
    begin: datetime
    end: datetime

    @classmethod
    def holding(cls, unit: Unit, moment: datetime) -> Self:
        """The one of this unit that holds a moment."""
        hour = moment.replace(minute=0, second=0, microsecond=0)
        if unit == Unit.HOUR:
            return cls(unit, hour, hour + _HOUR_LENGTH)
        day = hour.replace(hour=0)
        if unit == Unit.DAY:
            return cls(unit, day, day + _DAY_LENGTH)
        month = day.replace(day=1)
        if unit == Unit.MONTH:
            return cls(unit, month, (month + _LONGER_THAN_A_MONTH).replace(day=1))
        year = month.replace(month=1)
        return cls(unit, year, year.replace(year=year.year + 1))

    @property
    def name(self) -> str:
        """What it is called below the one that holds it."""
        return self.begin.strftime(_NAMES[self.unit])

    @property
    def query(self) -> dict[str, str]:
        """The parameters of an address of its rows."""
        if self.unit == Unit.HOUR:
            last = self.end - timedelta(minutes=1)
            return {FROM: self.begin.strftime(_MINUTE), TO: last.strftime(_MINUTE)}
        return {FROM: self.begin.strftime(_DAY), TO: (self.end - _DAY_LENGTH).strftime(_DAY)}

    def within(self, first: datetime, last: datetime) -> Iterator["Period"]:
        """The periods of the next unit in it, between the times of the first and the last row."""
        if self.unit == Unit.HOUR:
            return
        moment = max(first, self.begin)
        while moment < self.end and moment <= last:
            step = Period.holding(Unit(self.unit + 1), moment)
            yield step
            moment = step.end


def chosen(dates: DateRange) -> Period | None:
    """The period that a range is; None: it is another length of time."""
    if dates.begin is None or dates.end is None:
        return None
    periods = (Period.holding(unit, dates.begin) for unit in Unit)
    return next((one for one in periods if (one.begin, one.end) == (dates.begin, dates.end)), None)


def above(period: Period | None) -> list[Period]:
    """The periods that hold this one, the longest first, and itself."""
    if period is None:
        return []
    return [Period.holding(unit, period.begin) for unit in Unit if unit <= period.unit]


def below(period: Period | None, first: datetime, last: datetime) -> list[Period]:
    """The steps from a period, or from all time, into what lies between two rows' times."""
    if period is not None:
        return list(period.within(first, last))
    years = [Period.holding(Unit.YEAR, first)]
    while years[-1].end <= last:
        years.append(Period.holding(Unit.YEAR, years[-1].end))
    return years


def holding_all(first: datetime, last: datetime) -> Period | None:
    """The shortest period, a day or longer, that holds two rows' times; None: no year does."""
    held = None
    for unit in (Unit.YEAR, Unit.MONTH, Unit.DAY):
        period = Period.holding(unit, first)
        if last < period.end:
            held = period
    return held
