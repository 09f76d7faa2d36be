"""Removes rows that nobody may need any more: old events, use, ended sign-ins, spent tokens.

In small batches, each a commit of its own, so that nothing else waits.
"""

import logging
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from uploads import events
from uploads.event_kinds import Kind
from uploads.events import A_WORKER
from uploads.models import Event, Session, Usage

logger = logging.getLogger("darkroom.pruning")

ROWS_A_BATCH: Final = 1000


class Pruning:
    """One walk over all that is older than `EVENT_RETENTION_DAYS`; 0: nothing ever is."""

    def __init__(self) -> None:
        self.before = timezone.now() - timedelta(days=settings.EVENT_RETENTION_DAYS)
        self.is_over = not settings.EVENT_RETENTION_DAYS
        self.events = 0

    def go_on(self) -> None:
        """Removes one more batch of each kind of row."""
        events_left = self._prune_events()
        left = [_removed(rows) for rows in (self._usage(), self._sessions(), _tokens())]
        self.is_over = not (events_left or any(left))
        if self.is_over and self.events:
            self._note()

    def _prune_events(self) -> bool:
        """Of each user from the oldest on, so that what is kept has no gap; whether more may be."""
        old = Event.objects.filter(at__lt=self.before).order_by("at")
        batch = list(old.values_list("pk", "user_id", "seq")[:ROWS_A_BATCH])
        newest: dict[int, int] = defaultdict(int)
        for _, user_id, seq in batch:
            newest[user_id] = max(newest[user_id], seq or 0)
        for user_id, seq in sorted(newest.items()):
            self._remove(Q(user_id=user_id, seq__lte=seq))
        self._remove(Q(pk__in=[pk for pk, _, seq in batch if seq is None]))
        return len(batch) == ROWS_A_BATCH

    def _remove(self, which: Q) -> None:
        count, _ = Event.objects.filter(which).delete()
        self.events += count

    def _usage(self) -> Any:
        return Usage.objects.filter(minute__lt=self.before)

    def _sessions(self) -> Any:
        """Those that ended long ago, and old ones of which no token can be renewed any more."""
        usable = OutstandingToken.objects.filter(user=OuterRef("user"), expires_at__gt=_now())
        ended = Q(ended_at__lt=self.before) | Q(created_at__lt=F("user__tokens_valid_after"))
        return Session.objects.filter(ended | ~Exists(usable), created_at__lt=self.before)

    def _note(self) -> None:
        with events.recording() as log:
            log.add(
                Kind.EVENTS_PRUNED,
                user_id=0,
                actor=A_WORKER,
                facts={"count": self.events, "before": self.before.isoformat()},
            )
        logger.info("events pruned", extra={"count": self.events})


def _tokens() -> Any:
    return OutstandingToken.objects.filter(expires_at__lt=_now())


def _now() -> datetime:
    return timezone.now()


def _removed(rows: Any) -> bool:
    """Removes a batch of these; whether more may be left."""
    keys = list(rows.values_list("pk", flat=True)[:ROWS_A_BATCH])
    if keys:
        rows.model.objects.filter(pk__in=keys).delete()
    return len(keys) == ROWS_A_BATCH
