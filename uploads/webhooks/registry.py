"""Webhooks as their users set them up: made, changed, tested, disabled, deleted, replayed."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from uploads import bus
from uploads.errors import (
    DeliveryPending,
    EventGone,
    Fault,
    Invalid,
    TooManyWebhooks,
    WebhookDisabled,
)
from uploads.event_kinds import Kind
from uploads.events import Actor, Log, recording
from uploads.models import User, Webhook, WebhookDelivery
from uploads.webhooks import destinations, signing
from uploads.webhooks.bodies import TEST, body_of
from uploads.webhooks.fan_out import end_of_stream

_Status = WebhookDelivery.Status

_REASONS: Final = {
    Webhook.Disabled.BY_USER: "By its user.",
    Webhook.Disabled.BY_STAFF: "By whoever administers this server.",
    Webhook.Disabled.GONE: "The receiver said that it is gone (410).",
    Webhook.Disabled.NOT_TAKEN: "Nothing was taken for a day; the last trouble was {trouble}.",
}


def make(user: User, url: str, kinds: Sequence[str], description: str, actor: Actor) -> Webhook:
    """A new webhook of this user, told of what happens from now on.

    Raises:
        Invalid: nothing is sent to such an address.
        TooManyWebhooks: the user has as many as one may have.
    """
    _require(url)
    with recording() as log:
        # Locked, so that of many at once none is too many.
        list(User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk"))
        if user.webhooks.filter(deleted_at=None).count() >= settings.WEBHOOK_MAX_PER_USER:
            raise TooManyWebhooks
        row = Webhook.objects.create(
            user=user,
            url=url,
            kinds=list(kinds),
            description=description,
            secret=signing.new_secret(),
            after_seq=end_of_stream(user.pk),
        )
        _log(log, Kind.WEBHOOK_CREATED, row, actor)
    return row


def change(row: Webhook, given: dict[str, Any], actor: Actor) -> Webhook:
    """Changes what is given of `url`, `events`, `description` and `enabled`.

    One that is enabled again is told of what happens from then on, and what was due is due at once.

    Raises:
        Invalid: nothing is sent to such an address.
        Webhook.DoesNotExist: it was deleted meanwhile.
    """
    if "url" in given:
        _require(given["url"])
    with recording() as log:
        # Locked, so that what was erased with an account does not come back.
        row = Webhook.objects.select_for_update().get(pk=row.pk, deleted_at=None)
        row.url = given.get("url", row.url)
        row.kinds = given.get("events", row.kinds)
        row.description = given.get("description", row.description)
        fields = ["url", "kinds", "description"]
        is_enabled = row.disabled_at is None
        wanted = given.get("enabled", is_enabled)
        if wanted != is_enabled:
            row.disabled_at = None if wanted else timezone.now()
            row.disabled_code = "" if wanted else Webhook.Disabled.BY_USER
            row.disabled_reason = "" if wanted else _REASONS[Webhook.Disabled.BY_USER]
            fields += ["disabled_at", "disabled_code", "disabled_reason"]
        if wanted and not is_enabled:
            row.after_seq = end_of_stream(row.user_id)
            fields.append("after_seq")
            row.deliveries.filter(status=_Status.PENDING).update(due_at=timezone.now(), tries=0)
        row.save(update_fields=fields)
        _log(log, Kind.WEBHOOK_CHANGED, row, actor, enabled=wanted)
    return row


def disable(row: Webhook, why: Webhook.Disabled, actor: Actor, trouble: str = "") -> bool:
    """Sends it nothing any more and tells its user so; False: it was disabled before.

    `trouble` is the code of what went wrong last, where that is why.
    """
    reason = _REASONS[why].format(trouble=trouble)
    with recording() as log:
        rows = Webhook.objects.filter(pk=row.pk, disabled_at=None, deleted_at=None)
        changes = {"disabled_code": why, "disabled_reason": reason}
        if not rows.update(disabled_at=timezone.now(), **changes):
            return False
        _log(log, Kind.WEBHOOK_DISABLED, row, actor, problem=reason, code=why)
    bus.after_commit(seqs=log.seqs)
    return True


def delete(row: Webhook, actor: Actor) -> bool:
    """Ends it; its log is removed with it, in time (`uploads.pruning`). False: it was deleted."""
    with recording() as log:
        rows = Webhook.objects.filter(pk=row.pk, deleted_at=None)
        if not rows.update(deleted_at=timezone.now(), secret=""):
            return False
        _log(log, Kind.WEBHOOK_DELETED, row, actor)
    return True


def send_test(row: Webhook) -> WebhookDelivery:
    """A message that tells of nothing, due at once; one at a time, so that it wears nobody out.

    Raises:
        WebhookDisabled: it is sent nothing.
        DeliveryPending: the last one has not ended.
    """
    with transaction.atomic():
        # Locked, so that of many at once one is sent.
        row = Webhook.objects.select_for_update().get(pk=row.pk)
        _require_enabled(row)
        if row.deliveries.filter(kind=TEST, status=_Status.PENDING).exists():
            raise DeliveryPending
        return WebhookDelivery.objects.create(webhook=row, kind=TEST, due_at=timezone.now())


def replay(delivery: WebhookDelivery) -> WebhookDelivery:
    """Sends a message that has ended once more, under its own id.

    Raises:
        DeliveryPending: it has not ended.
        WebhookDisabled: its webhook is sent nothing.
        EventGone: what it tells of is there no more.
    """
    _require_enabled(delivery.webhook)
    if body_of(delivery) is None:
        raise EventGone
    ended = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(status=_Status.PENDING)
    if not ended.update(status=_Status.PENDING, due_at=timezone.now(), ended_at=None, tries=0):
        raise DeliveryPending
    delivery.refresh_from_db()
    return delivery


def _require(url: str) -> None:
    if problem := destinations.problem(url, private_allowed=settings.WEBHOOK_ALLOW_PRIVATE):
        raise Invalid(problem, (Fault("invalid", problem, field="url"),))


def _require_enabled(row: Webhook) -> None:
    if row.disabled_at is not None:
        raise WebhookDisabled


def _log(log: Log, kind: Kind, row: Webhook, actor: Actor, **more: Any) -> None:
    """The host alone: what follows it may be a secret of the receiver's."""
    facts = {"webhook": row.pk, "host": urlsplit(row.url).hostname, "events": row.kinds, **more}
    log.add(kind, user_id=row.user_id, actor=actor, facts=facts)
