"""Passwords that somebody who is signed in gives again, and changes."""

import uuid
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from uploads import bus
from uploads.event_kinds import Kind
from uploads.events import Actor, recording
from uploads.models import Session, User
from uploads.sign_in import throttle
from uploads.sign_in.denials import WrongPassword

MOST_LISTED: Final = 200


def confirm(user: User, password: str, actor: Actor) -> None:
    """Returns where this is the user's password; a wrong one counts as a failed sign-in.

    Raises:
        WrongPassword: it is another one.
        TooManyFailures: the name or the client's address has had its failures.
        PasswordsBusy: too many others are waiting for theirs to be checked.
    """
    with throttle.attempt(user.username, actor.address) as attempt:
        if user.check_password(password):
            return
        attempt.has_failed = True
    with recording() as log:
        log.add(Kind.SIGN_IN_FAILED, user_id=user.pk, actor=actor, facts={"by": "confirmation"})
    raise WrongPassword


def change(user: User, sid: uuid.UUID, password: str, actor: Actor) -> None:
    """Sets a password: every other sign-in ends, and this one begins anew under the same id.

    Raises:
        WrongPassword: it was changed meanwhile.
    """
    with recording() as log:
        same = User.objects.select_for_update(no_key=True).filter(
            pk=user.pk, password=user.password
        )
        if not same.exists():
            raise WrongPassword
        user.set_password(password)
        user.save(update_fields=["password"])
        # Whoever has just proved to know the password is signed in as if by it.
        Session.objects.filter(pk=sid, user=user, ended_at=None).update(
            created_at=user.tokens_valid_after
        )
        log.add(Kind.PASSWORD_CHANGED, user_id=user.pk, actor=actor)


def usable(user: User) -> QuerySet[Session]:
    """Sign-ins of a user by which somebody may still come, newest first."""
    earliest = timezone.now() - _refresh_lifetime()
    used = Q(created_at__gt=earliest) | Q(last_used_at__gt=earliest)
    return Session.live(user=user).filter(used).order_by("-created_at", "pk")


def end(user: User, sid: uuid.UUID, actor: Actor) -> bool:
    """Ends one sign-in everywhere at once; whether there was one."""
    with recording() as log:
        if not Session.live(user=user, pk=sid).update(ended_at=timezone.now()):
            return False
        log.add(Kind.SIGNED_OUT, user_id=user.pk, actor=actor)
    bus.after_commit(recheck=user.pk)
    return True


def _refresh_lifetime() -> timedelta:
    jwt: Any = settings.SIMPLE_JWT
    lifetime: timedelta = jwt["REFRESH_TOKEN_LIFETIME"]
    return lifetime
