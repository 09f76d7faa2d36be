"""Selections that somebody is about to take along."""

import uuid

from django.db import models
from django.utils import timezone

from uploads.models import lengths
from uploads.models.accounts import Session, User
from uploads.models.api_key import ApiKey


class Export(models.Model):
    """A selection for one download, which ends the row; nobody comes for it after a minute."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, null=True, help_text="Empty: it was asked for by a key."
    )
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, null=True)
    secret_sha256 = models.CharField(
        max_length=lengths.SHA256, help_text="Of what the browser's cookie says."
    )
    format = models.CharField(max_length=10)
    include = models.JSONField(default=list, blank=True)
    image_ids = models.JSONField(help_text="In the order in which they are taken along.")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.format} of {len(self.image_ids)} images"
