"""Which share of a model's traffic goes to another of its versions."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from uploads.models import lengths


class TrafficSplit(models.Model):
    """What a label of a model, or asking for no version, means while two versions share that.

    It stays when it has ended, and keeps its meaning: an operator takes it away once the model's
    folder says the same. It names its model instead of referring to it, as a model that no worker
    offers for a while must not come back with another meaning.
    """

    class State(models.TextChoices):
        RUNNING = "running", "running"
        ROLLED_BACK = "rolled_back", "rolled back"
        FINISHED = "finished", "finished"

    model = models.CharField(max_length=lengths.MODEL_NAME)
    label = models.CharField(
        max_length=lengths.LABEL, blank=True, help_text="Empty: requests that name no version."
    )
    from_version = models.CharField(max_length=lengths.MODEL_VERSION)
    to_version = models.CharField(max_length=lengths.MODEL_VERSION)
    percent = models.PositiveSmallIntegerField(help_text="Of uploads, to the new version.")
    state = models.CharField(max_length=15, choices=State.choices, default=State.RUNNING)
    margin = models.PositiveSmallIntegerField(
        default=10,
        help_text="It is rolled back where this many more of 100 fail than by the old version.",
    )
    min_samples = models.PositiveIntegerField(
        default=50, help_text="Of so many that the new version has ended, before it is judged."
    )
    since = models.DateTimeField(default=timezone.now)
    watched_since = models.DateTimeField(
        default=timezone.now, help_text="What ended earlier says nothing about it."
    )
    changed_at = models.DateTimeField(default=timezone.now)
    actor_id = models.BigIntegerField(
        null=True, help_text="Who changed it last. Empty: a worker rolled it back."
    )
    reason = models.CharField(max_length=lengths.WHY, blank=True, help_text="Why.")

    class Meta:
        permissions = [("split_traffic", "Can split traffic between versions")]
        constraints = [
            models.UniqueConstraint(fields=["model", "label"], name="one_split_per_label"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="percent_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.label or 'default'}"
