"""How much of which model was used, by whom."""

from django.db import models

from uploads.models import lengths
from uploads.models.accounts import User


class Usage(models.Model):
    """What one user had one version of a model compute in one minute, by one protocol."""

    # Without a constraint: a count that waited for its flush must not fail for a user who is gone.
    user = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, db_constraint=False, related_name="usage"
    )
    model = models.CharField(max_length=lengths.MODEL_NAME)
    version = models.CharField(max_length=lengths.MODEL_VERSION)
    protocol = models.CharField(max_length=20, help_text="upload, rest or grpc.")
    minute = models.DateTimeField(help_text="Its beginning.")
    requests = models.PositiveBigIntegerField(default=0)
    items = models.PositiveBigIntegerField(default=0, help_text="Images, or places of a batch.")
    failures = models.PositiveBigIntegerField(default=0, help_text="Requests that failed.")
    compute_ms = models.FloatField(default=0.0, help_text="Its share of the batches' time.")

    class Meta:
        verbose_name = "usage record"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "model", "version", "protocol", "minute"],
                name="one_usage_per_minute",
            )
        ]
        indexes = [models.Index(fields=["-minute"], name="usage_by_time")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.model} {self.version} at {self.minute:%Y-%m-%d %H:%M}"
