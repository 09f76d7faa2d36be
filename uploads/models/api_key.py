"""Keys with which programs act for a user, without a password and without a sign-in."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from uploads.models import lengths
from uploads.models.accounts import User


class Scope(models.TextChoices):
    """What a key may do."""

    READ = "read", "see uploads, results, events and models, and follow them by the socket"
    WRITE = "write", "upload, predict, cancel, retry, pin and delete"
    INFER = "infer", "call models by the Open Inference Protocol"


class ApiKey(models.Model):
    """One key. Its text was shown once; kept are its public beginning and a hash of all of it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=lengths.KEY_NAME)
    prefix = models.CharField(
        max_length=lengths.KEY_PREFIX, unique=True, help_text="What the key begins with."
    )
    sha256 = models.CharField(max_length=lengths.SHA256)
    scopes = models.JSONField(help_text="What it may do: read, write, infer.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: it does not expire.")
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="To the minute.")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API key"
        indexes = [models.Index(fields=["user", "-id"], name="key_of_user")]

    def __str__(self) -> str:
        return self.prefix

    @classmethod
    def live(cls, **filters: Any) -> "models.QuerySet[ApiKey]":
        """Keys that count: neither revoked nor expired, of an active user."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return cls.objects.filter(unexpired, revoked_at=None, user__is_active=True, **filters)
