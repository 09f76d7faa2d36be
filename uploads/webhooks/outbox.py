"""Deliveries that are due: taken by workers, sent, and noted as taken, to be repeated, or failed.

A delivery that is taken is due again after `LEASE`: so one of a dead worker is sent by another.
What a worker notes names the attempt it was given, as with predictions; it is sent at least once.
"""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from uploads.events import A_WORKER
from uploads.models import Webhook, WebhookDelivery
from uploads.webhooks import registry
from uploads.webhooks.bodies import body_of
from uploads.webhooks.fan_out import locked

LEASE: Final = timedelta(seconds=60)
"""Longer than one may take."""
AT_ONCE_OF_WEBHOOK: Final = 4
AT_ONCE_OF_USER: Final = 8
"""In one worker: who is slow has so many places, and no more of them than that."""
GONE: Final = 410

_DELAYS: Final = (
    *(timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10)),
    *(timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2), timedelta(hours=4)),
    *(timedelta(hours=6), timedelta(hours=8)),
)
"""Before each further try: about a day in all."""
_JITTER: Final = 0.25

_Status = WebhookDelivery.Status


@dataclass(frozen=True)
class Letter:
    """One message that is to be sent now."""

    delivery_id: int
    attempt: int
    webhook_id: int
    user_id: int
    url: str
    secret: str
    message_id: str
    body: bytes


@dataclass(frozen=True)
class Outcome:
    """How sending went: an HTTP status, or why there is none."""

    status: int | None
    error_code: str
    """Empty: it was taken."""
    duration_ms: int


def delay(tries: int) -> timedelta | None:
    """How long after so many tries the next one is due, without jitter; None: there is none."""
    return _DELAYS[tries - 1] if tries <= len(_DELAYS) else None


def take(most: int, of_webhook: Counter[int], of_user: Counter[int]) -> list[Letter]:
    """So many letters at most, for whoever has places left and was served least lately first.

    The counters tell what this worker is sending already.
    """
    now = timezone.now()
    due = WebhookDelivery.objects.filter(
        webhook=OuterRef("pk"), status=_Status.PENDING, due_at__lte=now
    )
    busy = [pk for pk, count in of_webhook.items() if count >= AT_ONCE_OF_WEBHOOK]
    busy_users = [pk for pk, count in of_user.items() if count >= AT_ONCE_OF_USER]
    rows = Webhook.live().filter(Exists(due)).exclude(pk__in=busy).exclude(user__in=busy_users)
    order = rows.order_by(F("served_at").asc(nulls_first=True), "pk")
    letters: list[Letter] = []
    for pk, user_id in order.values_list("pk", "user_id")[:most]:
        mine = sum(one.user_id == user_id for one in letters)
        places = min(
            AT_ONCE_OF_WEBHOOK - of_webhook[pk],
            AT_ONCE_OF_USER - of_user[user_id] - mine,
            most - len(letters),
        )
        if places > 0:
            letters += _take_of(pk, places)
    return letters


def _take_of(pk: int, most: int) -> list[Letter]:
    now = timezone.now()
    with transaction.atomic():
        row = locked(pk)
        if row is None:
            return []
        due = row.deliveries.filter(status=_Status.PENDING, due_at__lte=now)
        found = list(due.order_by("due_at", "pk")[:most])
        rows = WebhookDelivery.objects.filter(pk__in=[one.pk for one in found])
        rows.update(due_at=now + LEASE, attempts=F("attempts") + 1, tries=F("tries") + 1)
        Webhook.objects.filter(pk=pk).update(served_at=now)
    letters = []
    for delivery in found:
        delivery.webhook = row
        body = body_of(delivery)
        if body is None:
            _end(delivery.pk, delivery.attempts + 1, Outcome(None, "event_gone", 0))
            continue
        letters.append(
            Letter(
                delivery_id=delivery.pk,
                attempt=delivery.attempts + 1,
                webhook_id=row.pk,
                user_id=row.user_id,
                url=row.url,
                secret=row.secret,
                message_id=delivery.message_id,
                body=body,
            )
        )
    return letters


def note(letter: Letter, outcome: Outcome) -> None:
    """Writes down how sending went; nothing, where somebody else sends it by now."""
    if not outcome.error_code:
        if _end(letter.delivery_id, letter.attempt, outcome):
            Webhook.objects.filter(pk=letter.webhook_id).update(delivered_at=timezone.now())
        return
    row = WebhookDelivery.objects.filter(pk=letter.delivery_id).first()
    if row is None:
        return
    wait = delay(row.tries)
    if wait is not None and outcome.status != GONE:
        jitter = 1 + random.random() * _JITTER
        _pending(letter.delivery_id, letter.attempt).update(
            due_at=timezone.now() + wait * jitter,
            http_status=outcome.status,
            error_code=outcome.error_code,
            duration_ms=outcome.duration_ms,
        )
        return
    if _end(letter.delivery_id, letter.attempt, outcome):
        _disable(letter.webhook_id, row, outcome)


def _disable(webhook_id: int, failed: WebhookDelivery, outcome: Outcome) -> None:
    """Ends what takes nothing any more; one message that it does not take among others is none."""
    row = Webhook.live(pk=webhook_id).first()
    if row is None:
        return
    if outcome.status == GONE:
        registry.disable(row, Webhook.Disabled.GONE, A_WORKER)
    elif row.delivered_at is None or row.delivered_at < failed.created_at:
        registry.disable(row, Webhook.Disabled.NOT_TAKEN, A_WORKER, outcome.error_code)


def _end(pk: int, attempt: int, outcome: Outcome) -> bool:
    status = _Status.FAILED if outcome.error_code else _Status.DELIVERED
    return bool(
        _pending(pk, attempt).update(
            status=status,
            due_at=None,
            ended_at=timezone.now(),
            http_status=outcome.status,
            error_code=outcome.error_code,
            duration_ms=outcome.duration_ms,
        )
    )


def _pending(pk: int, attempt: int) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(pk=pk, attempts=attempt, status=_Status.PENDING)
