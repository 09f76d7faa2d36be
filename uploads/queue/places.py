"""Where queued predictions stand in the queue, and why one is not taken now."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from uploads import statements
from uploads.catalog import holdings
from uploads.models import Prediction
from uploads.queue import pauses
from uploads.queue_place import Place
from uploads.states import State

POSITIONS_COUNTED: Final = 1000


def places(
    predictions: Iterable[Prediction], held: holdings.Holdings | None = None
) -> dict[int, Place]:
    """Where those of these predictions stand that are queued, by prediction id.

    `held` is what workers have, where it has just been read.
    """
    queued = [one for one in predictions if one.state == State.QUEUED]
    if not queued:
        return {}
    held = held or holdings.read()
    found, paused = _look(queued)
    return {
        one.pk: Place(
            found.get(one.pk),
            pauses.obstacle(one.model)
            if one.model in paused
            else held.obstacle(one.model, one.model_version),
        )
        for one in queued
    }


def positions(predictions: Iterable[Prediction]) -> dict[int, int]:
    """Places in the queue (1 is next) by prediction id; beyond the first thousand there is none."""
    found, _ = _look(predictions)
    return found


def _look(predictions: Iterable[Prediction]) -> tuple[dict[int, int], set[str]]:
    """Places by prediction id, and the models whose queues are paused."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for prediction in predictions:
        if prediction.state == State.QUEUED:
            wanted[prediction.model].add(prediction.pk)
    found: dict[int, int] = {}
    paused = set()
    for model, ids in wanted.items():
        ahead, is_paused = statements.first_queued(model, POSITIONS_COUNTED)
        found |= {pk: place for place, pk in enumerate(ahead, start=1) if pk in ids}
        if is_paused:
            paused.add(model)
    return found, paused
