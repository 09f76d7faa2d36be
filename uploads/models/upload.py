"""Uploads, their images, and files that wait for removal."""

import uuid

from django.db import models
from django.utils import timezone

from imagefile.formats import BY_CONTENT_TYPE
from uploads import file_names
from uploads.models import lengths
from uploads.models.accounts import User


class Upload(models.Model):
    """One request: some images for one model. Deleting blanks it; the row stays for the audit."""

    # Without an index of its own, as below: another one begins with the same column.
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="uploads", db_index=False)
    model = models.CharField(max_length=lengths.MODEL_NAME)
    model_version = models.CharField(max_length=lengths.MODEL_VERSION)
    params = models.JSONField(default=dict, blank=True)
    upload_path = models.CharField(
        max_length=lengths.UPLOAD_PATH, blank=True, help_text="Its folder in storage."
    )
    idempotency_key = models.CharField(max_length=lengths.IDEMPOTENCY_KEY, null=True, blank=True)
    content_sha256 = models.CharField(
        max_length=64, help_text="Of its fields and its files' names and hashes, in order."
    )
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(
        null=True, blank=True, help_text="When the last of its files left the local storage."
    )
    address = models.GenericIPAddressField(null=True, blank=True)
    client = models.CharField(max_length=lengths.CLIENT, blank=True)

    class Meta:
        permissions = [("erase_upload", "Can delete what people uploaded")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "idempotency_key"], name="one_upload_per_idempotency_key"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-id"]),
            models.Index(fields=["address", "-id"], name="upload_by_address"),
            models.Index(
                fields=["created_at", "id"],
                condition=models.Q(purged_at__isnull=True, deleted_at__isnull=True),
                name="upload_in_storage",
            ),
        ]

    def __str__(self) -> str:
        return f"Upload {self.pk}"


class Image(models.Model):
    """One file of an upload, or one page of a document."""

    upload = models.ForeignKey(
        Upload, on_delete=models.CASCADE, related_name="images", db_index=False
    )
    position = models.PositiveIntegerField(help_text="Of its file among those that were sent.")
    page = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text="Of its file, from 1."
    )
    pages = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text="How many its file has."
    )
    image_name = models.CharField(
        max_length=lengths.IMAGE_NAME, blank=True, help_text="As the client called it."
    )
    image_type = models.CharField(max_length=lengths.IMAGE_TYPE, blank=True)
    image_path = models.CharField(
        max_length=lengths.STORAGE_KEY, blank=True, help_text="Its key in storage."
    )
    content_type = models.CharField(max_length=50)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    orientation = models.PositiveSmallIntegerField(
        null=True,
        help_text="How its rows are turned to be upright, as EXIF numbers it; empty: not known.",
    )
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=lengths.SHA256)
    thumbnail_path = models.CharField(max_length=lengths.STORAGE_KEY, blank=True)
    thumbhash = models.CharField(
        max_length=lengths.THUMBHASH,
        blank=True,
        default="",
        db_default="",
        help_text="Of its thumbnail, in base64: what is shown until that is there.",
    )
    thumbnail_due = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When somebody is to make one; empty: it has one, or there can be none.",
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    pinned_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when retention leaves its local files alone."
    )
    purged_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(
        null=True, blank=True, help_text="When it alone was deleted; its upload may be there."
    )

    class Meta:
        permissions = [("pin_image", "Can keep people's files in the local storage")]
        constraints = [
            models.UniqueConstraint(
                fields=["upload", "position", "page"], name="one_image_per_page"
            )
        ]
        indexes = [
            models.Index(
                fields=["thumbnail_due", "id"],
                condition=models.Q(thumbnail_due__isnull=False),
                name="image_thumbnail_due",
            ),
            models.Index(fields=["sha256"], name="image_by_sha256"),
        ]

    def __str__(self) -> str:
        return self.shown_name or f"Image {self.pk}"

    @property
    def shown_name(self) -> str:
        """Its name for where one is shown, with its page; empty once it is deleted."""
        name = file_names.shown(self.image_name)
        return f"{name}, page {self.page}" if name and self.pages > 1 else name

    @property
    def file_name(self) -> str:
        """The name of its file, for a download."""
        return file_names.shown(self.image_name)

    @property
    def is_shown_by_browsers(self) -> bool:
        """Whether all browsers show its file."""
        known = BY_CONTENT_TYPE.get(self.content_type)
        return known is None or known.in_browsers

    @property
    def thumbnail_content_type(self) -> str:
        """The content type of its thumbnail; those of earlier versions are WebP."""
        return "image/webp" if self.thumbnail_path.endswith(".webp") else "image/jpeg"


class FileRemoval(models.Model):
    """A folder or file in storage that is to be removed: kept until it is gone for certain."""

    prefix = models.CharField(max_length=lengths.STORAGE_KEY, unique=True)
    archive_due = models.DateTimeField(
        null=True, db_index=True, help_text="When to remove it in the archive; empty: no more."
    )
    created_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True, db_index=True, help_text="Empty: never.")

    def __str__(self) -> str:
        return self.prefix


class Volume(models.Model):
    """This database's own id, which the marker in its storage folder carries. There is one row."""

    marker = models.UUIDField(default=uuid.uuid4)
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_volume")]

    def __str__(self) -> str:
        return str(self.marker)
