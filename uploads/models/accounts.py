"""Accounts and the sign-ins made with them."""

import uuid
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone


class User(AbstractUser):
    """Somebody who uploads images."""

    quota_bytes = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Bytes of originals kept at most. Empty: the server's."
    )
    quota_queued = models.PositiveIntegerField(
        null=True, blank=True, help_text="Predictions queued at most. Empty: the server's."
    )
    tokens_valid_after = models.DateTimeField(
        default=timezone.now, help_text="Sign-ins from before this moment have ended."
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(condition=~models.Q(username=""), name="user_has_a_name")
        ]

    def set_password(self, raw_password: str | None) -> None:
        """Sets the password and ends every sign-in made with the old one."""
        super().set_password(raw_password)
        self.tokens_valid_after = timezone.now()

    def end_sessions(self) -> None:
        """Signs this user out everywhere, from now on."""
        self.tokens_valid_after = timezone.now()
        self.save(update_fields=["tokens_valid_after"])


class Session(models.Model):
    """One sign-in: every token made from it carries its id as `sid`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    client = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.user_id} from {self.address} at {self.created_at:%Y-%m-%d %H:%M}"

    @classmethod
    def live(cls, **filters: Any) -> "models.QuerySet[Session]":
        """Sign-ins whose tokens still count: not ended, of an active user, and not outdated."""
        return cls.objects.filter(
            ended_at__isnull=True,
            user__is_active=True,
            created_at__gte=models.F("user__tokens_valid_after"),
            **filters,
        )
