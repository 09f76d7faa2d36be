"""From events to deliveries: each webhook has a cursor in its user's stream.

By `seq`, not by the events' ids: a `seq` is given out under a lock that is held until the commit,
so whoever has read up to one has missed none before it. Ids are given out before the commit, and
one that commits late would be jumped over. The cursor moves in the transaction that notes the
deliveries, under a lock on the webhook's row: two workers note nothing twice, and a dead one
nothing by half.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone

from uploads.event_kinds import ENDING
from uploads.models import Event, EventStream, Prediction, Webhook, WebhookDelivery
from uploads.states import ACTIVE
from uploads.webhooks.bodies import FINISHED

WEBHOOKS_A_ROUND: Final = 100
EVENTS_A_ROUND: Final = 500

_ENDINGS: Final = [str(kind) for kind in ENDING.values()]


def fan_out() -> bool:
    """Notes deliveries of what has happened since; whether there may be more."""
    behind = Webhook.live(user__eventstream__last_seq__gt=F("after_seq")).order_by("pk")
    keys = list(behind.values_list("pk", flat=True)[:WEBHOOKS_A_ROUND])
    full = [_note(pk) for pk in keys]
    return len(keys) == WEBHOOKS_A_ROUND or any(full)


def _note(pk: int) -> bool:
    """Moves one webhook on; whether there may be more for it."""
    with transaction.atomic():
        row = locked(pk)
        if row is None:
            return False
        found = list(
            Event.objects.filter(user_id=row.user_id, seq__gt=row.after_seq)
            .order_by("seq")
            .values_list("seq", "kind", "upload_id", "prediction_id")[:EVENTS_A_ROUND]
        )
        ended = [one for one in found if one[1] in _ENDINGS and one[0] is not None]
        now = timezone.now()
        due = [
            WebhookDelivery(
                webhook=row,
                kind=kind,
                event_seq=seq,
                upload_id=upload,
                prediction_id=prediction,
                due_at=now,
            )
            for seq, kind, upload, prediction in ended
            if kind in row.kinds
        ]
        if FINISHED in row.kinds:
            due += [
                WebhookDelivery(
                    webhook=row, kind=FINISHED, event_seq=seq, upload_id=upload, due_at=now
                )
                for upload, seq in finished_by((up, seq) for seq, _, up, _ in ended)
            ]
        WebhookDelivery.objects.bulk_create(due, ignore_conflicts=True)
        # Where older events are gone, as after a long time disabled, there is nothing to wait for.
        last = found[-1][0] if found else row.user.eventstream.last_seq
        Webhook.objects.filter(pk=pk).update(after_seq=last)
    return len(found) == EVENTS_A_ROUND


def locked(pk: int) -> Webhook | None:
    """A live webhook, locked; None: it is live no more, or somebody else works on it."""
    rows = Webhook.live(pk=pk)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return rows.select_related("user__eventstream").first()


def finished_by(ended: Iterable[tuple[int | None, int | None]]) -> Sequence[tuple[int, int]]:
    """Of endings, by upload and seq: those by which everything of their upload had ended.

    What is tried again finishes its upload again.
    """
    seqs = [(upload, seq) for upload, seq in ended if upload is not None and seq is not None]
    uploads = {upload for upload, _ in seqs}
    active = Prediction.objects.filter(image__upload__in=uploads, state__in=list(ACTIVE))
    over = uploads - set(active.values_list("image__upload", flat=True))
    latest = dict(
        Event.objects.filter(upload_id__in=over, kind__in=_ENDINGS)
        .order_by()
        .values_list("upload_id")
        .annotate(Max("seq"))
    )
    return [(upload, seq) for upload, seq in seqs if latest.get(upload) == seq]


def end_of_stream(user_id: int) -> int:
    """Where a user's stream stands: what a new webhook is told begins behind it."""
    stream = EventStream.objects.filter(pk=user_id).first()
    return 0 if stream is None else stream.last_seq
