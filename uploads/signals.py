"""Passive observers of the tables."""

from typing import Any, Final

from django.db.models.signals import post_save
from django.dispatch import receiver

from uploads import bus
from uploads.models import User

_AUTHORITY: Final = {"is_active", "password", "tokens_valid_after"}


@receiver(post_save, sender=User)
def sockets_ask_again_whether_their_user_may_stay(
    instance: User,
    created: bool,  # noqa: FBT001  # as the signal names it
    update_fields: frozenset[str] | None = None,
    **_: Any,
) -> None:
    """Disabling a user or changing a password closes sockets soon."""
    if created:
        return
    if update_fields is None or _AUTHORITY & set(update_fields):
        bus.after_commit(recheck=instance.pk)
