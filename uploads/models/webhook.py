"""Where users want to be told of what happens, and what was told them."""

from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q
from django.utils import timezone

from uploads.models import lengths
from uploads.models.accounts import User


class Webhook(models.Model):
    """An address that a user has events sent to."""

    class Disabled(models.TextChoices):
        """Why nothing is sent to one any more."""

        BY_USER = "by_user", "by its user"
        BY_STAFF = "by_staff", "by staff"
        GONE = "gone", "its receiver is gone"
        NOT_TAKEN = "not_taken", "took nothing for a day"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=lengths.WEBHOOK_URL)
    description = models.CharField(max_length=lengths.WEBHOOK_DESCRIPTION, blank=True)
    kinds = models.JSONField(help_text="What it is told of.")
    secret = models.CharField(
        max_length=lengths.WEBHOOK_SECRET, help_text="What messages are signed with."
    )
    after_seq = models.PositiveBigIntegerField(
        help_text="The user's events up to this one are noted for delivery."
    )
    created_at = models.DateTimeField(default=timezone.now)
    served_at = models.DateTimeField(null=True, help_text="When some of it was sent last.")
    delivered_at = models.DateTimeField(null=True, help_text="When something was taken last.")
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=lengths.WHY, blank=True)
    disabled_code = models.CharField(
        max_length=lengths.ERROR_CODE, blank=True, choices=Disabled.choices, db_default=""
    )
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="webhook_of_user")]

    def __str__(self) -> str:
        return self.place

    @property
    def place(self) -> str:
        """The server of the address: what follows it may be a secret of the receiver's."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @classmethod
    def live(cls, **filters: Any) -> "models.QuerySet[Webhook]":
        """Those that are told: neither disabled nor deleted, of an active user."""
        return cls.objects.filter(
            disabled_at=None, deleted_at=None, user__is_active=True, **filters
        )


class WebhookDelivery(models.Model):
    """One message to one webhook; its content is made of the event whenever it is sent."""

    class Status(models.TextChoices):
        """How it stands."""

        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=40)
    event_seq = models.PositiveBigIntegerField(
        null=True, help_text="Of the event among its user's. Empty: a test."
    )
    upload_id = models.BigIntegerField(null=True)
    prediction_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    due_at = models.DateTimeField(
        null=True, help_text="When it is sent (again), or taken from a worker that does not answer."
    )
    attempts = models.PositiveIntegerField(
        default=0, help_text="How often it was sent: it only rises, and is the fence."
    )
    tries = models.PositiveIntegerField(
        default=0, help_text="How often since it was first due, or asked for again."
    )
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    http_status = models.PositiveIntegerField(null=True)
    error_code = models.CharField(max_length=lengths.ERROR_CODE, blank=True)
    duration_ms = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "event_seq", "kind"], name="one_delivery_per_event"
            )
        ]
        indexes = [
            models.Index(
                fields=["webhook", "due_at"], condition=Q(status="pending"), name="delivery_due"
            ),
            models.Index(fields=["webhook", "-id"], name="delivery_of_webhook"),
            models.Index(
                fields=["ended_at"], condition=Q(ended_at__isnull=False), name="delivery_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.webhook_id}"

    @property
    def message_id(self) -> str:
        """What its receiver knows it by, however often it comes."""
        return f"msg_{self.pk}"
