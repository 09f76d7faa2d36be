"""Which models there are and which workers live: written by workers, read by the web."""

from django.db import models
from django.utils import timezone


class Model(models.Model):
    """A model of the repository."""

    name = models.CharField(max_length=100, primary_key=True)
    description = models.TextField(blank=True)
    output_kind = models.CharField(max_length=20)
    platform = models.CharField(max_length=50)
    params_schema = models.JSONField(default=dict, help_text="JSON Schema of its parameters.")
    default_version = models.CharField(max_length=20)
    max_batch_size = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class ModelVersion(models.Model):
    """One version of a model, with its state in the words of the Open Inference Protocol."""

    class State(models.TextChoices):
        READY = "READY"
        LOADING = "LOADING"
        UNAVAILABLE = "UNAVAILABLE"

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="versions")
    version = models.CharField(max_length=20)
    state = models.CharField(max_length=20, choices=State.choices, default=State.READY)
    reason = models.CharField(max_length=500, blank=True)
    labels = models.JSONField(default=list, help_text="Names that mean this version: stable, …")
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "version"], name="one_row_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.model_id} {self.version}"


class Worker(models.Model):
    """A worker process and its last sign of life."""

    id = models.CharField(max_length=100, primary_key=True, help_text="host:pid:start")
    host = models.CharField(max_length=100)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)
    draining = models.BooleanField(default=False)
    holds = models.JSONField(default=dict, help_text="What it is working on, by model.")

    def __str__(self) -> str:
        return self.id
