"""Signing in with a name and a password: one way for the API and the admin."""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, Permission
from django.db.models import Model, Q
from django.http import HttpRequest

from uploads.actors import address_of, client_of
from uploads.event_kinds import Kind
from uploads.events import Actor, recording
from uploads.models import User
from uploads.sign_in import throttle


class PasswordBackend(ModelBackend):
    """Django's own, with names and passwords as people type them, and guessing slowed down."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        """The active user of this name and password, if there is one.

        Raises:
            TooManyFailures: the name or the client's address has had its failures.
            PasswordsBusy: too many others are waiting for theirs to be checked.
        """
        if username is None or password is None:
            return None
        address = None if request is None else address_of(request)
        with throttle.attempt(username, address) as attempt:
            # An unknown name costs as many hashes as a wrong password: nobody can tell them apart.
            user = User.objects.named(username) or _nobody()
            if user.check_password(password) and self.user_can_authenticate(user):
                return user
            attempt.has_failed = True
        _note_failure(user, request)
        return None

    async def aauthenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        """As `authenticate`."""
        return await sync_to_async(self.authenticate)(request, username, password)

    def get_all_permissions(
        self, user_obj: AbstractBaseUser | AnonymousUser, obj: Model | None = None
    ) -> set[str]:
        """A user's own rights and those of their groups, by one query: each page asks for them."""
        if not isinstance(user_obj, User) or not user_obj.is_active or obj is not None:
            return set()
        # Kept where Django keeps it.
        kept: dict[str, set[str]] = user_obj.__dict__
        if "_perm_cache" not in kept:
            rows = Permission.objects.order_by()
            if not user_obj.is_superuser:
                rows = rows.filter(Q(user=user_obj) | Q(group__user=user_obj))
            names = rows.values_list("content_type__app_label", "codename")
            kept["_perm_cache"] = {f"{app}.{name}" for app, name in names}
        return kept["_perm_cache"]


def _note_failure(user: User, request: HttpRequest | None) -> None:
    """Tells the audit; never the name that was typed, which may be a password."""
    actor = Actor() if request is None else Actor(None, address_of(request), client_of(request))
    with recording() as log:
        log.add(Kind.SIGN_IN_FAILED, user_id=user.pk or 0, actor=actor)


def _nobody() -> User:
    user = User()
    user.set_unusable_password()
    return user
