"""Passive observers of the tables."""

from typing import Any, Final

from django.apps import AppConfig
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models.signals import post_migrate, post_save
from django.dispatch import receiver

from uploads import append_only, bus, roles
from uploads.models import Event, User

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


@receiver(post_migrate)
def events_are_protected_after_every_migration(sender: AppConfig, **_: Any) -> None:
    """A migration that makes their table anew, as SQLite's do, takes the triggers along."""
    if sender.name == "uploads" and Event._meta.db_table in connection.introspection.table_names():
        append_only.protect()


@receiver(post_migrate)
def roles_are_made_once_their_permissions_are(**_: Any) -> None:
    """Permissions are made after migrations too: they are there by a later application's turn."""
    if Permission.objects.filter(codename="erase_upload").exists():
        roles.make()
