"""Everybody who had to do with an image, whoever uploaded the same bytes: one line for each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from uploads.admin.links import Names
from uploads.admin.timeline import words_of
from uploads.event_kinds import Kind
from uploads.models import Event, Image

MOST_EVENTS: Final = 5000
"""The oldest that are looked at."""


@dataclass
class Touched:
    """What one person did, since when, until when and from where."""

    person: int
    first: datetime
    last: datetime
    did: Counter[str] = field(default_factory=Counter)
    addresses: dict[str, None] = field(default_factory=dict)


def by_people(images: Sequence[Image]) -> tuple[list[Touched], bool]:
    """Who did what to these images or to their uploads as a whole, by one query; and whether there
    are more events than were looked at."""
    of_them = Q(image_id__in=[one.pk for one in images]) | Q(image_id=None)
    uploads = {one.upload_id for one in images}
    events = Event.objects.filter(of_them, upload_id__in=uploads, actor_id__isnull=False)
    found: dict[int, Touched] = {}
    told = events.order_by("id").values_list("actor_id", "kind", "at", "address")
    rows = list(told[: MOST_EVENTS + 1])
    for person, kind, at, address in rows[:MOST_EVENTS]:
        if person is None:
            continue
        touched = found.setdefault(person, Touched(person, at, at))
        touched.last = at
        touched.did[kind] += 1
        if address:
            touched.addresses[address] = None
    return list(found.values()), len(rows) > MOST_EVENTS


def lines(touched: Sequence[Touched], names: Names) -> list[dict[str, Any]]:
    """What a page shows of them."""
    return [
        {
            "who": names.user(one.person),
            "did": ", ".join(_often(kind, count) for kind, count in one.did.items()),
            "first": one.first,
            "last": one.last,
            "addresses": ", ".join(one.addresses),
        }
        for one in touched
    ]


def _often(kind: str, count: int) -> str:
    words = "Ran a model" if kind == Kind.PREDICTION_QUEUED else words_of(kind)
    return words if count == 1 else f"{words} ({count:,} times)"
