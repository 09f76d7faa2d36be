"""E-mail to who asked for it: uploads that have finished, webhooks that were disabled.

As webhooks, each has a cursor in the user's events (`uploads.webhooks.fan_out` says why by `seq`).
What has happened within a minute comes in one message. It moves on when the mail server has taken
the message, so that after a crash in between it comes twice rather than never; a server that takes
nothing for a day is not waited for any longer.
"""

import logging
import random
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException
from typing import Any, Final

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from uploads.errors import MailNotSetUp, NoEmailAddress
from uploads.event_kinds import ENDING, Kind
from uploads.models import EmailNotices, Event, Upload, User
from uploads.webhooks.bodies import finished_view
from uploads.webhooks.fan_out import end_of_stream, finished_by
from uploads.webhooks.outbox import delay

logger = logging.getLogger("darkroom.mail")

LEASE: Final = timedelta(minutes=2)
"""Longer than sending may take."""
APART: Final = timedelta(minutes=1)
"""Between two messages to one user."""
EVENTS_A_MESSAGE: Final = 500

_ENDINGS: Final = [str(kind) for kind in ENDING.values()]
_JITTER: Final = 0.25


@dataclass(frozen=True)
class Message:
    """What is to be told to somebody now: everything up to `seq`."""

    user_id: int
    address: str
    subject: str
    text: str
    after_seq: int
    seq: int


def set_wanted(user: User, *, wanted: bool) -> None:
    """Whether this user is told by e-mail of what happens from now on.

    Raises:
        MailNotSetUp: this server sends none.
        NoEmailAddress: this user's account has none.
    """
    if not wanted:
        EmailNotices.objects.filter(pk=user.pk).delete()
        return
    if not settings.EMAIL_HOST:
        raise MailNotSetUp
    if not user.email:
        raise NoEmailAddress
    EmailNotices.objects.get_or_create(pk=user.pk, defaults={"after_seq": end_of_stream(user.pk)})


def take() -> Message | None:
    """The next message that is due, for this worker alone while its lease lasts.

    Users of whom nothing is to be told are moved on.
    """
    while settings.EMAIL_HOST:
        now = timezone.now()
        with transaction.atomic():
            rows = EmailNotices.objects.filter(
                user__eventstream__last_seq__gt=F("after_seq"),
                user__is_active=True,
                due_at__lte=now,
            ).exclude(user__email="")
            if connection.features.has_select_for_update:
                rows = rows.select_for_update(skip_locked=True, no_key=True, of=("self",))
            row = rows.select_related("user__eventstream").order_by("due_at").first()
            if row is None:
                return None
            message = _message(row)
            if message.text:
                EmailNotices.objects.filter(pk=row.pk).update(
                    due_at=now + LEASE, tries=F("tries") + 1
                )
                return message
            EmailNotices.objects.filter(pk=row.pk).update(after_seq=message.seq)
    return None


def send(message: Message) -> None:
    """Hands a message to the mail server, and notes whether it has taken it."""
    try:
        send_mail(message.subject, message.text, None, [message.address])
    except (SMTPException, OSError, ValueError) as error:
        # A ValueError is an address that no mail can be sent to: it may be mended within the day.
        logger.warning("mail not sent", extra={"user": message.user_id, "reason": str(error)})
        _note_failure(message)
    else:
        _move_on(message)


def _note_failure(message: Message) -> None:
    row = EmailNotices.objects.filter(pk=message.user_id, after_seq=message.after_seq).first()
    if row is None:
        return  # they want none any more, or their account is gone
    wait = delay(row.tries)
    if wait is None:
        logger.error("mail given up", extra={"user": message.user_id})
        _move_on(message)
        return
    due_at = timezone.now() + wait * (1 + random.random() * _JITTER)
    EmailNotices.objects.filter(pk=message.user_id).update(due_at=due_at)


def _move_on(message: Message) -> None:
    rows = EmailNotices.objects.filter(pk=message.user_id, after_seq=message.after_seq)
    rows.update(after_seq=message.seq, due_at=timezone.now() + APART, tries=0)


def _message(row: EmailNotices) -> Message:
    """What there is to tell; its text is empty where that is nothing."""
    told = [*_ENDINGS, str(Kind.WEBHOOK_DISABLED)]
    seqs = list(
        Event.objects.filter(user_id=row.user_id, seq__gt=row.after_seq)
        .order_by("seq")
        .values_list("seq", flat=True)[:EVENTS_A_MESSAGE]
    )
    last = (seqs[-1] if seqs else None) or row.user.eventstream.last_seq
    found = list(
        Event.objects.filter(
            user_id=row.user_id, seq__gt=row.after_seq, seq__lte=last, kind__in=told
        ).order_by("seq")
    )
    uploads = finished_by((one.upload_id, one.seq) for one in found if one.kind in _ENDINGS)
    kept = Upload.objects.filter(pk__in=[pk for pk, _ in uploads], deleted_at__isnull=True)
    lines = [_line(finished_view(upload)) for upload in kept.order_by("pk")]
    subject = _counted(len(lines), "upload has", "uploads have") + " finished"
    disabled = [one.facts for one in found if one.kind == Kind.WEBHOOK_DISABLED]
    if disabled and not lines:
        subject = _counted(len(disabled), "webhook was", "webhooks were") + " disabled"
    lines += [f"Your webhook at {one['host']} was disabled: {one['problem']}" for one in disabled]
    text = "\n".join(lines)
    return Message(
        user_id=row.user_id,
        address=row.user.email,
        subject=f"Darkroom: {subject}",
        text=text and f"{text}\n",
        after_seq=row.after_seq,
        seq=last,
    )


def _line(view: dict[str, Any]) -> str:
    """One upload, without names and results: mail is read by many machines on its way."""
    counts = ", ".join(f"{count} {state}" for state, count in view["counts"].items() if count)
    return f"Upload {view['id']} ({view['model']}): {counts}."


def _counted(count: int, one: str, many: str) -> str:
    return f"1 {one}" if count == 1 else f"{count} {many}"
