"""The storage, looked up when somebody asks: what waits for the archive, what the disk has left."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from uploads.storage import archive, object_store
from uploads.storage.archive import Backlog


@dataclass(frozen=True)
class Storage:
    """What was found; None: there is no archive, or the disk does not answer."""

    waiting: Backlog | None
    disk: tuple[int, int] | None
    """Its size, and how much of it is free, in bytes."""

    def collect(self) -> Iterator[Metric]:
        """What of it there is."""
        if self.waiting is not None:
            since = self.waiting.since
            age = 0.0 if since is None else (timezone.now() - since).total_seconds()
            yield GaugeMetricFamily(
                "darkroom_archive_queue_depth",
                "Files that wait to be copied to the archive, counted up to 10000.",
                value=self.waiting.files,
            )
            yield GaugeMetricFamily(
                "darkroom_archive_oldest_age_seconds",
                "How long the first of them has waited; 0: none waits.",
                value=max(0.0, age),
            )
        if self.disk is not None:
            size, free = self.disk
            yield GaugeMetricFamily(
                "darkroom_storage_size_bytes", "Size of the disk of MEDIA_ROOT.", value=size
            )
            yield GaugeMetricFamily(
                "darkroom_storage_free_bytes", "What is free of it.", value=free
            )


def look() -> Storage:
    """Asks the database and the disk."""
    waiting = archive.backlog() if object_store.is_configured() else None
    try:
        usage = shutil.disk_usage(settings.MEDIA_ROOT)
    except OSError:
        return Storage(waiting, None)
    return Storage(waiting, (usage.total, usage.free))
