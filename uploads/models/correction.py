"""What people have corrected of recognized text; rows are added, and go with what they tell of."""

from django.db import models
from django.utils import timezone

from uploads.models.prediction import Prediction


class ModelOutput(models.Model):
    """What the model itself said of a prediction whose text somebody has corrected."""

    prediction = models.OneToOneField(
        Prediction, on_delete=models.CASCADE, primary_key=True, related_name="model_output"
    )
    output = models.JSONField()

    def __str__(self) -> str:
        return f"of prediction {self.prediction_id}"


class Correction(models.Model):
    """A line that somebody has written otherwise."""

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="corrections")
    line = models.PositiveIntegerField(help_text="Its place among the regions, from 0.")
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    actor_id = models.BigIntegerField(help_text="The user who did it.")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"line {self.line} of prediction {self.prediction_id}"
