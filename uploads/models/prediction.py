"""One model applied to one image: the row is the job."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from uploads.models import lengths
from uploads.models.accounts import User
from uploads.models.upload import Image
from uploads.states import TERMINAL, State

_ENDED = [str(state) for state in sorted(TERMINAL)]

QUEUE_KEY = models.Func(
    "model",
    "model_version",
    # In the alphabet's order, as migrations write them: in another one they would seem changed.
    arg_joiner=" || '/' || ",
    output_field=models.TextField(),
    template="(%(expressions)s)",
)
"""Which queue it is in. One value and not two columns: where another index begins with one of them,
PostgreSQL takes that, and reads the queues of all versions of a model."""


class Prediction(models.Model):
    """One model applied to one image.

    `state` and everything that goes with it is written by `uploads.queue` alone (`lifecycle`);
    stage, progress and the lease's end also by `uploads.queue.leases.tick`.
    """

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="predictions")
    # Without an index of its own: another one begins with the same column.
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="predictions", db_index=False
    )
    model = models.CharField(max_length=lengths.MODEL_NAME)
    model_version = models.CharField(max_length=lengths.MODEL_VERSION)
    version_named = models.BooleanField(
        default=False, help_text="Its request named the version; else it may change in the queue."
    )
    traffic_split = models.BigIntegerField(
        null=True, help_text="The split of traffic that its version was chosen by."
    )
    params = models.JSONField(default=dict, blank=True)

    state = models.CharField(
        max_length=10, default=State.QUEUED, choices=[(str(s), str(s)) for s in State]
    )
    attempt = models.PositiveIntegerField(
        default=0, help_text="Rises by one at every claim, never falls, and is the fence."
    )
    failures = models.PositiveIntegerField(default=0, help_text="What the image itself did.")
    lease_losses = models.PositiveIntegerField(default=0, help_text="Workers that died with it.")
    cancel_requested = models.BooleanField(default=False)

    fair_rank = models.BigIntegerField(
        default=0, help_text="Start-time fair queueing: its turn. -1: moved to the front."
    )
    run_after = models.DateTimeField(null=True, blank=True, help_text="Empty: at once.")
    lease_owner = models.CharField(max_length=lengths.WORKER, null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    stage = models.CharField(max_length=lengths.STAGE, null=True, blank=True)
    progress = models.FloatField(default=0.0)

    traceparent = models.CharField(
        max_length=lengths.TRACEPARENT,
        null=True,
        blank=True,
        help_text="The request that queued it, as W3C's Trace Context writes it.",
    )

    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=lengths.ERROR_CODE, blank=True)
    error_message = models.CharField(max_length=lengths.ERROR_MESSAGE, blank=True)
    timing = models.JSONField(null=True, blank=True)
    provenance = models.JSONField(null=True, blank=True)
    output = models.JSONField(null=True, blank=True)
    output_path = models.CharField(
        max_length=lengths.STORAGE_KEY, blank=True, help_text="Its key in storage."
    )

    class Meta:
        permissions = [
            ("requeue_prediction", "Can give predictions another chance"),
            ("cancel_prediction", "Can call predictions off"),
            ("advance_prediction", "Can move predictions to the front of the queue"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[str(s) for s in State]), name="state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease_owner__isnull=False, lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_owner__isnull=True, lease_until__isnull=True)),
                name="running_means_leased",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_ENDED, finished_at__isnull=False)
                | (~Q(state__in=_ENDED) & Q(finished_at__isnull=True)),
                name="ended_means_finished",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(error_code=""))
                | (~Q(state="failed") & Q(error_code="")),
                name="failed_means_error",
            ),
            models.CheckConstraint(
                condition=Q(state="succeeded") | Q(output__isnull=True, output_path=""),
                name="output_means_succeeded",
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1), name="progress_is_a_fraction"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(attempt__gt=0), name="running_was_claimed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["model", "fair_rank", "id"],
                condition=Q(state="queued"),
                name="prediction_queue",
            ),
            models.Index(
                QUEUE_KEY,
                "fair_rank",
                "id",
                condition=Q(state="queued"),
                name="prediction_claims",
            ),
            models.Index(
                fields=["user", "model", "fair_rank"],
                condition=Q(state="queued"),
                name="prediction_queue_of_user",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state="running"), name="prediction_leases"
            ),
            models.Index(
                fields=["model", "-finished_at"],
                condition=Q(state="succeeded"),
                name="prediction_latest",
            ),
            models.Index(fields=["user", "-id"], name="prediction_of_user"),
            models.Index(
                fields=["finished_at"], condition=Q(state="failed"), name="prediction_failures"
            ),
            models.Index(
                fields=["error_code", "model", "id"],
                condition=Q(state="failed"),
                name="prediction_failures_by_code",
            ),
        ]

    def __str__(self) -> str:
        return f"Prediction {self.pk}"

    @property
    def output_content_type(self) -> str:
        """The content type of the result file."""
        return str((self.output or {}).get("content_type", "image/png"))
