"""Which models there are, which of them shall be loaded, and which workers live."""

from typing import Any

from django.db import models
from django.utils import timezone

from uploads.models import lengths
from uploads.models.fields import OrderedJSONField


class Model(models.Model):
    """A model that a worker has in its repository, or a folder that was meant to be one."""

    name = models.CharField(max_length=lengths.MODEL_NAME, primary_key=True)
    title = models.CharField(
        max_length=lengths.MODEL_TITLE, blank=True, help_text="What people call it."
    )
    description = models.TextField(blank=True)
    task = models.CharField(
        max_length=lengths.TASK, blank=True, help_text="What it is for: classification, …"
    )
    card = models.JSONField(
        default=dict, blank=True, help_text="What to know before relying on it."
    )
    output_kind = models.CharField(max_length=20, blank=True)
    platform = models.CharField(max_length=lengths.PLATFORM, blank=True)
    params_schema = OrderedJSONField(
        default=dict, help_text="JSON Schema of its parameters, in the order of its author."
    )
    max_batch_size = models.PositiveIntegerField(default=1)
    languages = models.JSONField(
        default=list, blank=True, help_text="Those it reads, by BCP 47 code. Empty: it reads none."
    )
    offered_at = models.DateTimeField(
        default=timezone.now, help_text="When a worker last said that it has it."
    )

    class Meta:
        permissions = [
            ("manage_models", "Can load and unload models"),
            ("pause_model", "Can pause and resume models' queues"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def default_version(self) -> str:
        """The highest number that is served; empty where the folder has no valid version."""
        return max((one.version for one in self.versions.all()), key=int, default="")


class ModelSample(models.Model):
    """A photo that a model comes with, for people to try it."""

    model = models.OneToOneField(
        Model, on_delete=models.CASCADE, primary_key=True, related_name="sample"
    )
    sha256 = models.CharField(max_length=lengths.SHA256)
    content = models.BinaryField(help_text="A JPEG.")

    def __str__(self) -> str:
        return self.model_id


class ModelVersion(models.Model):
    """One version of a model. Its state is what live workers hold: `uploads.catalog.holdings`."""

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="versions")
    version = models.CharField(max_length=lengths.MODEL_VERSION)
    labels = models.JSONField(default=list, help_text="Names that mean this version: stable, …")
    sha256 = models.CharField(max_length=lengths.SHA256)
    own_params_schema = OrderedJSONField(
        null=True, blank=True, help_text="JSON Schema of its parameters. Empty: the model's."
    )
    offered_at = models.DateTimeField(
        default=timezone.now, help_text="When a worker last said that it has it."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "version"], name="one_row_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.model_id} {self.version}"

    @property
    def params_schema(self) -> dict[str, Any]:
        """The JSON Schema of its parameters."""
        own: dict[str, Any] | None = self.own_params_schema
        return self.model.params_schema if own is None else own


class ModelCommand(models.Model):
    """Whether a model shall be loaded: written by who commands, applied by every worker.

    A model without a row shall be loaded.
    """

    class Desired(models.TextChoices):
        LOADED = "loaded"
        UNLOADED = "unloaded"

    model = models.CharField(max_length=lengths.MODEL_NAME, primary_key=True)
    desired = models.CharField(max_length=10, choices=Desired.choices)
    generation = models.PositiveBigIntegerField(
        default=1, help_text="Rises by one with each command; a load is a load anew."
    )
    since = models.DateTimeField(default=timezone.now)
    actor_id = models.BigIntegerField(
        null=True, help_text="Who commanded. Empty: somebody at the command line."
    )

    def __str__(self) -> str:
        return f"{self.model} {self.desired}"


class QueuePause(models.Model):
    """A model of which nothing that waits is claimed until somebody resumes it."""

    model = models.CharField(max_length=lengths.MODEL_NAME, primary_key=True)
    since = models.DateTimeField(default=timezone.now)
    actor_id = models.BigIntegerField(null=True, help_text="Who paused it.")
    reason = models.CharField(max_length=lengths.WHY, blank=True, help_text="Why.")

    class Meta:
        verbose_name = "paused queue"

    def __str__(self) -> str:
        return self.model


class WorkerDrain(models.Model):
    """A worker that shall take nothing new: beside its row, which the worker alone writes."""

    worker = models.CharField(max_length=lengths.WORKER, primary_key=True)
    since = models.DateTimeField(default=timezone.now)
    actor_id = models.BigIntegerField(null=True, help_text="Who asked for it.")

    def __str__(self) -> str:
        return self.worker


class Worker(models.Model):
    """A worker process and its last sign of life."""

    id = models.CharField(max_length=lengths.WORKER, primary_key=True, help_text="host:pid:start")
    host = models.CharField(max_length=lengths.WORKER)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)
    draining = models.BooleanField(default=False)
    grpc_address = models.CharField(
        max_length=200, blank=True, help_text="host:port. Empty: it serves none."
    )
    metrics_address = models.CharField(
        max_length=200, blank=True, help_text="host:port. Empty: it serves none."
    )
    unconfined = models.CharField(
        max_length=100,
        blank=True,
        default="",
        # Workers of the release before know no such column.
        db_default="",
        help_text="What its system cannot keep models from, in a word each. Empty: nothing.",
    )
    holds = models.JSONField(default=dict, help_text="Predictions at work, and their stages.")
    versions = models.JSONField(default=list, help_text="The models' versions that it has.")
    observed = models.JSONField(
        default=dict, help_text="The newest command it has carried out for each model, and how."
    )

    class Meta:
        permissions = [("drain_worker", "Can have workers take nothing new")]

    def __str__(self) -> str:
        return self.id
