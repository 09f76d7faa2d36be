"""`manage.py purge [--dry-run]`: remove local files that are old enough and in the archive."""

from argparse import ArgumentParser
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from uploads import bus
from uploads.errors import StorageUnavailable
from uploads.storage import cache_trimming, handover
from uploads.storage.retention import Round


class Command(BaseCommand):
    """What workers do each minute, done now."""

    help = (
        "Removes files older than RETENTION_HOURS from MEDIA_ROOT, where the archive has them "
        "(or PURGE_WITHOUT_ARCHIVE is set). With MEDIA_HANDOVER=s3: from this machine's cache, "
        "also what is beyond MEDIA_CACHE_BYTES."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--dry-run`."""
        parser.add_argument("--dry-run", action="store_true", help="Remove nothing, only count.")

    def handle(self, *_: Any, **options: Any) -> None:
        """Walks over all that is old enough; of a machine's own disk, over its cache."""
        if handover.is_by_store():
            trimmed = cache_trimming.trim(is_dry=options["dry_run"])
            would = "would be removed" if options["dry_run"] else "removed"
            self.stdout.write(
                f"This machine's cache: {trimmed.files} files, {trimmed.size} bytes {would}."
            )
            return
        walk = Round(is_dry=options["dry_run"])
        if walk.is_over:
            self.stdout.write(
                "There is no archive: set S3_BUCKET, or PURGE_WITHOUT_ARCHIVE=1 to remove for good."
            )
        try:
            while not walk.is_over:
                walk.go_on()
        except StorageUnavailable as error:
            raise CommandError(error.message) from error
        finally:
            async_to_sync(bus.hint)(walk.seqs)
        would = "would be removed" if options["dry_run"] else "removed"
        found = walk.purged
        self.stdout.write(
            f"{found.images} images older than {settings.RETENTION_HOURS:g} hours: "
            f"{found.files} files, {found.size} bytes {would}."
        )
