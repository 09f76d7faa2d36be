"""The roles of staff: groups with permissions, made with the tables.

A role is made once and then belongs to whoever administers: what they add or take away stays.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib.auth.models import Group, Permission

AUDITOR: Final = "auditor"
OPERATOR: Final = "operator"
ADMIN: Final = "admin"

_LOOKED_AT: Final = (
    *("upload", "image", "prediction", "event", "session", "user", "usage"),
    *("apikey", "webhook", "webhookdelivery"),
    *("model", "modelversion", "modelcommand", "queuepause", "trafficsplit", "worker"),
)
_LOOKS: Final = frozenset(f"view_{table}" for table in _LOOKED_AT)
_OPERATES: Final = frozenset(
    {
        *("requeue_prediction", "cancel_prediction", "advance_prediction"),
        *("manage_models", "pause_model", "split_traffic", "drain_worker"),
    }
)
_ADMINISTERS: Final = frozenset({"erase_upload", "add_user", "change_user"})

PERMISSIONS: Final = {
    AUDITOR: _LOOKS,
    OPERATOR: _LOOKS | _OPERATES,
    ADMIN: _LOOKS | _OPERATES | _ADMINISTERS,
}
"""Each role's permissions, by their code names."""


def make() -> None:
    """Makes the roles that are not there."""
    for role, names in PERMISSIONS.items():
        group, is_new = Group.objects.get_or_create(name=role)
        if is_new:
            found = Permission.objects.filter(content_type__app_label="uploads", codename__in=names)
            group.permissions.set(found)


def granting(table: str, permissions: Mapping[str, str], *roles: str) -> Callable[..., None]:
    """A migration's function: gives permissions that come with it to roles that are there already.

    `permissions` are those of a table, by code names, in words. Roles that are made later have
    what `PERMISSIONS` says.
    """

    def grant(apps: Any, _: Any) -> None:
        # As `create_permissions` makes them after all migrations, where they are not there then.
        types = apps.get_model("contenttypes", "ContentType").objects
        known = apps.get_model("auth", "Permission").objects
        groups = list(apps.get_model("auth", "Group").objects.filter(name__in=roles))
        if not groups:
            return
        of, _is_new = types.get_or_create(app_label="uploads", model=table)
        for codename, name in permissions.items():
            one, _is_new = known.get_or_create(
                content_type=of, codename=codename, defaults={"name": name}
            )
            for group in groups:
                group.permissions.add(one)

    return grant
