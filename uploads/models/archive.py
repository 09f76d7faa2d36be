"""Files that wait to be copied to the archive."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from uploads.models import lengths
from uploads.models.upload import Upload


class ArchiveTask(models.Model):
    """A file in storage that is to be copied to the archive; gone once it is there.

    Whoever copies it moves `due` on: until then nobody else takes it.
    """

    key = models.CharField(max_length=lengths.STORAGE_KEY, unique=True)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="archive_tasks")
    image_id = models.BigIntegerField(
        null=True, help_text="The image whose original it is, if any."
    )
    sha256 = models.CharField(
        max_length=lengths.SHA256, blank=True, help_text="Empty: of a result, not known yet."
    )
    content_type = models.CharField(max_length=50)
    due = models.DateTimeField(default=timezone.now, help_text="Not to be taken before.")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["due", "id"], name="archive_task_due")]

    def __str__(self) -> str:
        return self.key
