"""Accounts and the sign-ins made with them."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from uploads.credentials import normalized_password, password_forms, username_key
from uploads.models import lengths


class UserManager(DjangoUserManager["User"]):
    """Finds and makes accounts: names in any case and any composition."""

    use_in_migrations = False

    def named(self, name: str) -> "User | None":
        """The account that a person means by this name, if there is one."""
        key = username_key(name)
        exact = User.normalize_username(name)
        found = self.filter(models.Q(username=exact) | models.Q(username_key=key))
        # Before names were compared without case there could be two: each has its exact name.
        return min(found, key=lambda user: user.username != exact, default=None)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account of this name, as Django's commands and forms look it up.

        Raises:
            User.DoesNotExist: there is none.
        """
        user = None if username is None else self.named(username)
        if user is None:
            raise self.model.DoesNotExist
        return user

    def create_user(
        self, username: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """Makes an account; its password is hashed in its normalized form."""
        return super().create_user(username, email, _normalized(password), **fields)

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """Makes an account with all rights; its password is hashed in its normalized form."""
        return super().create_superuser(username, email, _normalized(password), **fields)


def _normalized(password: str | None) -> str | None:
    return None if password is None else normalized_password(password)


class User(AbstractUser):
    """Somebody who uploads images."""

    username_key = models.CharField(
        max_length=450, unique=True, editable=False, help_text="What the name is found by."
    )
    quota_bytes = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Bytes of originals kept at most. Empty: the server's."
    )
    quota_queued = models.PositiveIntegerField(
        null=True, blank=True, help_text="Predictions queued at most. Empty: the server's."
    )
    throttle_uploads = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Requests a minute that give models work. Empty: the server's; 0: no limit.",
    )
    throttle_v2 = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Requests a minute by the Open Inference Protocol. Empty: the server's;"
        " 0: no limit.",
    )
    erasing_since = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When its user deleted it; empty also once all that it had is gone.",
    )
    tokens_valid_after = models.DateTimeField(
        default=timezone.now, help_text="Sign-ins from before this moment have ended."
    )

    _has_lost_password = False

    objects: ClassVar[UserManager] = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(condition=~models.Q(username=""), name="user_has_a_name")
        ]
        indexes = [
            models.Index(
                fields=["erasing_since"],
                condition=models.Q(erasing_since__isnull=False),
                name="user_erasing",
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Writes the row, with the key of its name; a new password ends sign-ins."""
        self.username_key = self._key()
        along = [("username", "username_key")]
        with transaction.atomic():
            # Django's own mark of a new password: one that is merely hashed anew has none.
            if self._has_lost_password or getattr(self, "_password", None) is not None:
                self.tokens_valid_after = self._after_all_sessions()
                along.append(("password", "tokens_valid_after"))
            if (fields := kwargs.get("update_fields")) is not None:
                also = {other for name, other in along if name in fields}
                kwargs["update_fields"] = {*fields, *also}
            super().save(*args, **kwargs)
        self._has_lost_password = False

    def clean(self) -> None:
        """Normalizes the name.

        Raises:
            ValidationError: another account has it.
        """
        super().clean()
        if not self.username:
            # A form has refused it already.
            return
        others = User.objects.exclude(pk=self.pk)
        if others.filter(username_key=self._key()).exists():
            raise ValidationError({"username": "This name is taken."}, "username_taken")

    def _key(self) -> str:
        key = username_key(self.username)
        # Where two accounts had one key before it was unique, the second keeps a marked one.
        marked = f"{key}#{self.pk}"
        return marked if self.username_key == marked else key

    def set_password(self, raw_password: str | None) -> None:
        """Sets the password; saving it ends every sign-in made with the old one."""
        super().set_password(_normalized(raw_password))

    def set_unusable_password(self) -> None:
        """Leaves no password at all; saving it ends every sign-in made with one."""
        super().set_unusable_password()
        self._has_lost_password = True

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password, however the keyboard composed it.

        As many hashes are computed for a wrong one as `password_forms` gives forms.
        """
        forms = [None] if raw_password is None else password_forms(raw_password)
        return any(super(User, self).check_password(form) for form in forms)

    def end_sessions(self) -> None:
        """Signs this user out everywhere, from now on."""
        with transaction.atomic():
            self.tokens_valid_after = self._after_all_sessions()
            self.save(update_fields=["tokens_valid_after"])

    def _after_all_sessions(self) -> datetime:
        """Now, or later than the newest sign-in where the clock that stamped it is ahead.

        No sign-in begins from here to the end of the transaction.
        """
        if self.pk is None:
            return timezone.now()
        list(User.objects.select_for_update(no_key=True).filter(pk=self.pk).values_list("pk"))
        now = timezone.now()
        newest = self.sessions.aggregate(newest=models.Max("created_at"))["newest"]
        return now if newest is None else max(now, newest + timedelta(microseconds=1))


class Session(models.Model):
    """One sign-in: every token made from it carries its id as `sid`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(
        null=True, blank=True, help_text="When its tokens were renewed last. Empty: never yet."
    )
    address = models.GenericIPAddressField(null=True, blank=True)
    client = models.CharField(max_length=lengths.CLIENT, blank=True)

    class Meta:
        verbose_name = "sign-in"
        indexes = [
            models.Index(fields=["user", "-created_at"]),
            models.Index(fields=["address", "-created_at"], name="session_by_address"),
            models.Index(fields=["-created_at"], name="session_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} from {self.address} at {self.created_at:%Y-%m-%d %H:%M}"

    @classmethod
    def begin(cls, user: User, *, address: str | None, client: str) -> "Session":
        """A new sign-in of this user, in the caller's transaction.

        It counts as later than whatever ended the user's sign-ins before, also where the clock
        of the server that ended them is ahead of this one's.

        Raises:
            User.DoesNotExist: what this user has signed in with is the password no more.
        """
        # Locked, so that a new password that is being set ends this sign-in or prevents it.
        rows = User.objects.select_for_update(no_key=True).filter(
            pk=user.pk, password=user.password
        )
        begun = max(timezone.now(), rows.get().tokens_valid_after)
        return cls.objects.create(user=user, created_at=begun, address=address, client=client)

    @classmethod
    def live(cls, **filters: Any) -> "models.QuerySet[Session]":
        """Sign-ins whose tokens still count: not ended, of an active user, and not outdated."""
        return cls.objects.filter(
            ended_at__isnull=True,
            user__is_active=True,
            created_at__gte=models.F("user__tokens_valid_after"),
            **filters,
        )


class FailedSignIns(models.Model):
    """How many sign-ins of one name or from one address have failed since a moment."""

    key = models.CharField(max_length=64, primary_key=True, help_text="A digest of whose they are.")
    count = models.PositiveIntegerField()
    since = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} since {self.since:%H:%M:%S}"
