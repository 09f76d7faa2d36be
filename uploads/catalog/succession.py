"""What waits for a version that is gone moves to the default, unless it named that version."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection

from uploads import events
from uploads.catalog.offers import Choice
from uploads.catalog.params import fits
from uploads.event_kinds import Kind
from uploads.events import A_WORKER
from uploads.models import Prediction
from uploads.models.prediction import QUEUE_KEY
from uploads.states import State

_A_TRANSACTION: Final = 100
_BEFORE_ALL: Final = (-(1 << 63), 0)


def move_on(version: str, successor: Choice, *, split: int | None = None) -> dict[int, int]:
    """Has what is queued for this version of a model wait for its successor instead.

    That is what did not name its version, or what this split of traffic gave it to; what has
    parameters that do not fit, stays. The place in the queue is kept. Returns the users' newest
    seqs.
    """
    which = {"version_named": False} if split is None else {"traffic_split": split}
    seqs: dict[int, int] = {}
    last = _BEFORE_ALL
    while True:
        with events.recording() as log:
            rows = _next(successor.name, version, which, after=last)
            for row in rows:
                if not fits(row.params, successor):
                    continue
                still = Prediction.objects.filter(
                    pk=row.pk, state=State.QUEUED, model_version=version
                )
                if still.update(model_version=successor.version):
                    row.model_version = successor.version
                    upload_id = row.image.upload_id
                    log.add_prediction(
                        Kind.PREDICTION_QUEUED, row, upload_id, A_WORKER, of_attempt=False
                    )
        seqs |= log.seqs
        if not rows:
            return seqs
        last = (rows[-1].fair_rank, rows[-1].pk)


def _next(
    model: str, version: str, which: Mapping[str, Any], *, after: tuple[int, int]
) -> Sequence[Prediction]:
    """Those behind this rank and id, in the queue's order, as the index has them."""
    rank, pk = after
    rows = (
        Prediction.objects.alias(queue=QUEUE_KEY)
        .filter(
            queue=f"{model}/{version}",
            fair_rank__gte=rank,
            state=State.QUEUED,
            **which,
        )
        .exclude(fair_rank=rank, pk__lte=pk)
    )
    rows = rows.select_related("image").order_by("fair_rank", "pk")
    if connection.features.has_select_for_update_of:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return list(rows[:_A_TRANSACTION])
