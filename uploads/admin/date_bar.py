"""The bar above a list: of which days its rows are, and the ways to others."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self

from uploads.admin.date_hierarchy import above, below, chosen, holding_all
from uploads.admin.date_range import RECENT, DateRange
from uploads.admin.list_parameters import DAYS, DURING, FROM, OF_THE_MOMENT, TO
from uploads.id_ranges import End

_OTHER_DAYS: Final = (*DAYS, *OF_THE_MOMENT)
"""Parameters that other days begin without."""


class Link(NamedTuple):
    """Other days of the same list."""

    text: str
    address: str
    is_current: bool = False


@dataclass(frozen=True)
class DateBar:
    """What the bar shows."""

    first: str
    last: str
    """The days, or minutes, that were asked for; empty: none."""
    input_type: str
    kept: list[tuple[str, str]]
    """The parameters of the address beside the days."""
    recent: list[Link]
    path: list[Link]
    """From all dates to the period that is shown."""
    steps: list[Link]
    """The periods in it."""

    @classmethod
    def of(cls, shown: Any, ends: tuple[End, End] | None) -> Self:
        """That of a list, whose table has these first and last rows."""
        dates: DateRange = shown.dates
        asked = dict(dates.asked)
        first, last = asked.get(FROM, ""), asked.get(TO, "")
        span = ends and (ends[0].time, ends[1].time)
        if dates:
            period = None if DURING in asked else chosen(dates)
        else:
            period = span and holding_all(*span)
        path = [
            Link(one.name, _address(shown, one.query), is_current=bool(dates) and one == period)
            for one in above(period)
        ]
        steps = below(period, *span) if span else []
        return cls(
            first=first,
            last=last,
            input_type="datetime-local" if "T" in first + last else "date",
            kept=[(name, text) for name, text in shown.params.items() if name not in _OTHER_DAYS],
            recent=[
                Link(text, _address(shown, {DURING: name}), is_current=asked.get(DURING) == name)
                for name, (text, _) in RECENT.items()
            ],
            path=[Link("All dates", _address(shown, {}), is_current=not dates), *path],
            steps=[Link(one.name, _address(shown, one.query)) for one in steps],
        )


def _address(shown: Any, days: dict[str, str]) -> str:
    return str(shown.address(days, without=_OTHER_DAYS))
