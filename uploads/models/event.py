"""What happened: one row for every fact, kept when what it tells of is deleted."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from uploads.models import lengths
from uploads.models.accounts import User


class EventStream(models.Model):
    """A user's event counter: `last_seq` rises by one for each public event, without a gap."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    epoch = models.UUIDField(default=uuid.uuid4)
    last_seq = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id} at {self.last_seq}"


class Event(models.Model):
    """One fact. Ids are plain numbers: nothing an event tells of can take it along when deleted."""

    user_id = models.BigIntegerField(help_text="Whose stream and whose data; 0: nobody's.")
    seq = models.PositiveBigIntegerField(null=True, help_text="Empty: for the audit alone.")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)
    upload_id = models.BigIntegerField(null=True)
    image_id = models.BigIntegerField(null=True)
    prediction_id = models.BigIntegerField(null=True)
    attempt = models.PositiveIntegerField(
        null=True, help_text="The attempt it belongs to. Empty: to none."
    )
    actor_id = models.BigIntegerField(null=True, help_text="The user who did it. Empty: a worker.")
    address = models.GenericIPAddressField(null=True)
    client = models.CharField(max_length=lengths.CLIENT, blank=True)
    reason = models.CharField(
        max_length=lengths.WHY,
        blank=True,
        default="",
        db_default="",
        help_text="Why the actor did it, where somebody was asked.",
    )
    worker = models.CharField(
        max_length=lengths.WORKER,
        blank=True,
        default="",
        db_default="",
        help_text="Which worker held the prediction.",
    )
    model = models.CharField(max_length=lengths.MODEL_NAME, blank=True)
    model_version = models.CharField(max_length=lengths.MODEL_VERSION, blank=True)
    model_sha256 = models.CharField(max_length=lengths.SHA256, blank=True)
    error_code = models.CharField(max_length=lengths.ERROR_CODE, blank=True)
    facts = models.JSONField(
        default=dict, help_text="The public view at that moment, without parameters and output."
    )

    traceparent: str | None = None
    """Of the prediction, for log lines: no column."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "seq"], name="one_event_per_seq"),
            models.UniqueConstraint(
                fields=["prediction_id", "attempt"],
                condition=Q(
                    kind__in=["prediction.succeeded", "prediction.failed", "prediction.canceled"]
                ),
                name="one_ending_per_attempt",
            ),
        ]
        indexes = [
            models.Index(fields=["upload_id", "id"], name="event_of_upload"),
            models.Index(fields=["prediction_id", "id"], name="event_of_prediction"),
            models.Index(fields=["at"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"
