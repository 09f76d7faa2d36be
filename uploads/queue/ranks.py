"""Fair ranks: whose turn it is among those who wait for one model."""

from typing import Final

from django.db.models import Min, QuerySet

from uploads import statements
from uploads.models import Prediction
from uploads.states import State

FRONT: Final = -1
"""The rank of whatever an operator has moved to the front; all others are 0 or more."""


def next_ranks(user_id: int, model: str, count: int) -> range:
    """Fair ranks for `count` new predictions of a user: start-time fair queueing.

    A user's next rank follows their newest one that is queued or running, but never lies before
    what is being served: who comes anew starts level with it.
    Source: Goyal, Vin and Cheng, Start-time Fair Queuing, SIGCOMM 1996.
    """
    newest, served, latest, lowest = statements.ranks(user_id, model)
    level = _level(lowest, latest)
    own = max((rank for rank in (newest, served) if rank is not None), default=-1)
    start = max(own + 1, level)
    return range(start, start + count)


def lowest(model: str) -> int | None:
    """The rank of what is next in this model's queue by its own turn; None: nothing waits so."""
    queued = Prediction.objects.filter(model=model, state=State.QUEUED, fair_rank__gt=FRONT)
    return _lowest(queued)


def moved_to_front(model: str, most: int) -> int:
    """How many wait that were moved to the front of this model's queue; so many are counted."""
    queued = Prediction.objects.filter(model=model, state=State.QUEUED, fair_rank=FRONT)
    return queued[:most].count()


def earlier(rank: int, other: int | None) -> int:
    """The earlier of two ranks: what had its turn must not wait behind what came meanwhile."""
    return rank if other is None else min(rank, other)


def _lowest(queued: QuerySet[Prediction]) -> int | None:
    lowest: int | None = queued.aggregate(rank=Min("fair_rank"))["rank"]
    return lowest


def _level(lowest_queued: int | None, latest_running: int | None) -> int:
    """The rank that is being served: the latest that runs, if what waits follows right behind it.

    What has been running for long may lie far behind the queue, and says nothing then.
    """
    if lowest_queued is None:
        return latest_running or 0
    return lowest_queued - (latest_running == lowest_queued - 1)
