"""The roles of staff: groups with permissions, made with the tables.

A role is made once and then belongs to whoever administers: what they add or take away stays.
"""

from typing import Final

from django.contrib.auth.models import Group, Permission

AUDITOR: Final = "auditor"
OPERATOR: Final = "operator"
ADMIN: Final = "admin"

_LOOKED_AT: Final = (
    *("upload", "image", "prediction", "event", "session", "user", "usage"),
    *("model", "modelversion", "modelcommand", "worker"),
)
_LOOKS: Final = frozenset(f"view_{table}" for table in _LOOKED_AT)
_OPERATES: Final = frozenset({"requeue_prediction", "cancel_prediction", "manage_models"})
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
