"""Who wants to be told by e-mail."""

from django.db import models
from django.utils import timezone

from uploads.models.accounts import User


class EmailNotices(models.Model):
    """A user who has asked for e-mail, and how far in their events they were told."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="email_notices"
    )
    after_seq = models.PositiveBigIntegerField(help_text="Events up to this one are told.")
    due_at = models.DateTimeField(default=timezone.now, help_text="Not before this moment.")
    tries = models.PositiveIntegerField(default=0, help_text="How often in a row it was tried.")

    def __str__(self) -> str:
        return f"{self.user_id} after {self.after_seq}"
