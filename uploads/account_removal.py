"""Removes all that somebody has sent and got, once they have asked for it.

The account ends at once, in one transaction that also notes what is left to do; workers then
delete uploads as their user would, a few at a time, whoever of them lives.
"""

import contextlib
from datetime import timedelta
from typing import Final

from django.utils import timezone

from uploads import bus, services
from uploads.errors import SourceGone, StaffAccount
from uploads.event_kinds import Kind
from uploads.events import Actor, recording
from uploads.models import ApiKey, EmailNotices, Export, SavedSearch, Session, Upload, User, Webhook

UPLOADS_A_ROUND: Final = 100
LINGER: Final = timedelta(hours=1)
"""So long uploads may still come that were on their way."""
_WHY: Final = "The account was deleted."


def order(user: User, actor: Actor) -> None:
    """Ends an account for good: its sign-ins, keys and webhooks, and its name.

    What it has is deleted soon. The audit keeps that there was an account of this number. One that
    was ended by somebody who came first is left as it is.

    Raises:
        StaffAccount: it is one of staff.
    """
    if user.is_staff or user.is_superuser:
        raise StaffAccount
    now = timezone.now()
    with recording() as log:
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if user.erasing_since is not None:
            return
        # No name that anybody could register has this sign.
        user.username = f"deleted#{user.pk}"
        user.first_name = user.last_name = user.email = ""
        user.is_active = False
        user.set_unusable_password()
        user.erasing_since = now
        user.save()
        Session.objects.filter(user=user, ended_at=None).update(ended_at=now)
        Export.objects.filter(user=user).delete()
        EmailNotices.objects.filter(user=user).delete()
        SavedSearch.objects.filter(user=user).delete()
        ApiKey.objects.filter(user=user).update(name="")
        ApiKey.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
        # Its log of deliveries goes in time, as that of any deleted webhook.
        Webhook.objects.filter(user=user, deleted_at=None).update(deleted_at=now)
        Webhook.objects.filter(user=user).update(url="", description="", secret="")
        log.add(Kind.ACCOUNT_DELETED, user_id=user.pk, actor=actor)
    bus.after_commit(wake=True, recheck=user.pk)


def go_on() -> None:
    """Deletes some more of what is left of ended accounts."""
    rows = User.objects.filter(erasing_since__isnull=False).order_by("erasing_since", "pk")
    left = UPLOADS_A_ROUND
    for user in list(rows[:UPLOADS_A_ROUND]):
        uploads = Upload.objects.filter(user=user, deleted_at=None).order_by("pk")
        found = list(uploads[:left])
        for upload in found:
            with contextlib.suppress(SourceGone):
                services.delete(upload, Actor(id=user.pk, reason=_WHY))
        left -= len(found)
        since = user.erasing_since
        if not found and since is not None and since < timezone.now() - LINGER:
            User.objects.filter(pk=user.pk).update(erasing_since=None)
        if not left:
            break
