"""Removes rows that nobody may need any more: old events, use, ended sign-ins, spent tokens.

In small batches, each a commit of its own, so that nothing else waits.
"""

import logging
from collections import defaultdict
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from uploads import append_only, events
from uploads.event_kinds import Kind
from uploads.events import A_WORKER
from uploads.models import (
    ApiKey,
    Event,
    Export,
    Session,
    Usage,
    Webhook,
    WebhookDelivery,
)

logger = logging.getLogger("darkroom.pruning")

ROWS_A_BATCH: Final = 1000
DELIVERIES_KEPT_DAYS: Final = 30
"""So long the log of webhooks is kept."""
_LARGEST: Final = (1 << 63) - 1


class Pruning:
    """One walk over what is older than `EVENT_RETENTION_DAYS` (0: nothing is), and spent tokens."""

    def __init__(self) -> None:
        self._before = timezone.now() - timedelta(days=settings.EVENT_RETENTION_DAYS)
        steps = [self._prune_tokens, self._prune_exports, self._prune_deliveries]
        steps += [self._prune_unsent, self._prune_deliveries_of_deleted, self._prune_webhooks]
        if settings.EVENT_RETENTION_DAYS:
            steps += [self._prune_events, self._prune_usage, self._prune_sessions]
            steps += [self._prune_keys]
        self._steps = steps
        self.events = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to remove."""
        return not self._steps

    def go_on(self) -> None:
        """Removes one more batch."""
        if not self._steps[0]():
            del self._steps[0]
            if self.is_over and self.events:
                self._note()

    def _prune_events(self) -> bool:
        """Of each user from the oldest on, so that what is kept has no gap; whether more may be."""
        old = Event.objects.filter(at__lt=self._before).order_by("at")
        batch = list(old.values_list("pk", "user_id", "seq")[:ROWS_A_BATCH])
        newest: dict[int, int] = defaultdict(int)
        for _, user_id, seq in batch:
            newest[user_id] = max(newest[user_id], seq or 0)
        before = self.events
        for user_id, seq in sorted(newest.items()):
            self._remove(Q(user_id=user_id, seq__lte=min(seq, self._last_old(user_id))))
        self._remove(Q(pk__in=[pk for pk, _, seq in batch if seq is None]))
        return len(batch) == ROWS_A_BATCH and self.events > before

    def _last_old(self, user_id: int) -> int:
        """The last of a user's events before the first that is kept: a clock may have been wrong,
        and an event among younger ones waits for these."""
        kept = Event.objects.filter(user_id=user_id, seq__isnull=False, at__gte=self._before)
        first = kept.order_by("seq").values_list("seq", flat=True).first()
        return _LARGEST if first is None else first - 1

    def _remove(self, which: Q) -> None:
        with append_only.removal():
            count, _ = Event.objects.filter(which).delete()
        self.events += count

    def _prune_usage(self) -> bool:
        return _removed(Usage.objects.filter(minute__lt=self._before))

    def _prune_sessions(self) -> bool:
        """Those that ended long ago, and old ones of which no token can be renewed any more."""
        now = timezone.now()
        usable = OutstandingToken.objects.filter(user=OuterRef("user"), expires_at__gt=now)
        ended = Q(ended_at__lt=self._before) | Q(created_at__lt=F("user__tokens_valid_after"))
        old = Session.objects.filter(created_at__lt=self._before)
        return _removed(old.filter(ended | ~Exists(usable)))

    def _prune_tokens(self) -> bool:
        return _removed(OutstandingToken.objects.filter(expires_at__lt=timezone.now()))

    def _prune_keys(self) -> bool:
        over = Q(revoked_at__lt=self._before) | Q(expires_at__lt=self._before)
        return _removed(ApiKey.objects.filter(over))

    def _prune_deliveries(self) -> bool:
        """Those that ended long ago."""
        before = timezone.now() - timedelta(days=DELIVERIES_KEPT_DAYS)
        return _removed(WebhookDelivery.objects.filter(ended_at__lt=before))

    def _prune_unsent(self) -> bool:
        """Those that have waited as long for a webhook that is told nothing: nobody sends them."""
        before = timezone.now() - timedelta(days=DELIVERIES_KEPT_DAYS)
        disabled = Q(disabled_at__lt=before) | Q(user__is_active=False)
        silent = Webhook.objects.filter(disabled).values("pk")
        waiting = WebhookDelivery.objects.filter(status=WebhookDelivery.Status.PENDING)
        return _removed(waiting.filter(webhook__in=silent, created_at__lt=before))

    def _prune_deliveries_of_deleted(self) -> bool:
        deleted = Webhook.objects.filter(deleted_at__isnull=False)
        return _removed(WebhookDelivery.objects.filter(webhook__in=deleted.values("pk")))

    def _prune_webhooks(self) -> bool:
        return _removed(Webhook.objects.filter(deleted_at__isnull=False, deliveries=None))

    def _prune_exports(self) -> bool:
        """Selections that nobody came for."""
        return _removed(Export.objects.filter(expires_at__lt=timezone.now()))

    def _note(self) -> None:
        with events.recording() as log:
            log.add(
                Kind.EVENTS_PRUNED,
                user_id=0,
                actor=A_WORKER,
                facts={"count": self.events, "before": self._before.isoformat()},
            )
        logger.info("events pruned", extra={"count": self.events})


def _removed(rows: Any) -> bool:
    """Removes a batch of these; whether more may be left."""
    keys = list(rows.values_list("pk", flat=True)[:ROWS_A_BATCH])
    if keys:
        rows.model.objects.filter(pk__in=keys).delete()
    return len(keys) == ROWS_A_BATCH
