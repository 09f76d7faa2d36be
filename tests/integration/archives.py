"""What tests of the archive do: copying, purging, growing old."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from tests.integration import attempts
from uploads.errors import StorageUnavailable
from uploads.models import Event, Prediction, Upload
from uploads.storage import archive, archive_marker, keys, local, object_store, removal


def copy_all() -> None:
    """Copies what is due, as a worker does."""
    assert archive_marker.problem() is None
    while tasks := archive.take(9):
        archive.finish([archive.copy(task, object_store.store()) for task in tasks])


def remove_all() -> None:
    """Removes what is noted, as a worker does; what the archive does not take waits."""
    for removal_id, prefix, ordered_at in removal.take_archived(9):
        try:
            object_store.store().remove(f"{prefix}/")
        except StorageUnavailable:
            continue
        removal.note_removed_from_archive(removal_id, ordered_at)
    removal.remove_files()


def purge(*options: str) -> str:
    """What `manage.py purge` says."""
    out = io.StringIO()
    call_command("purge", *options, stdout=out)
    return out.getvalue()


def audited(*options: str) -> str:
    """What `manage.py audit` says."""
    out = io.StringIO()
    call_command("audit", *options, stdout=out)
    return out.getvalue()


def age(upload: Upload, hours: float = 25) -> None:
    """Makes an upload so old."""
    Upload.objects.filter(pk=upload.pk).update(created_at=timezone.now() - timedelta(hours=hours))


def end_all(upload: Upload) -> None:
    """Ends what is queued, each with a result file."""
    for one in attempts.claim():
        key = f"{keys.results_path(one.upload_path, one.id, one.attempt)}/output.png"
        local.path_of(key).parent.mkdir(parents=True, exist_ok=True)
        local.path_of(key).write_bytes(b"result of %d" % one.id)
        attempts.finish(replace(attempts.success(one), output={"kind": "image"}, output_path=key))
    assert all(row.state == "succeeded" for row in _rows(upload))


def paths(upload: Upload) -> list[Path]:
    """Where the originals and results of an upload lie."""
    keys = [row.image.image_path for row in _rows(upload)]
    keys += [row.output_path for row in _rows(upload) if row.output_path]
    return [local.path_of(key) for key in keys]


def kinds(upload: Upload) -> list[str]:
    """The kinds of its events, in order."""
    return list(
        Event.objects.filter(upload_id=upload.pk).order_by("pk").values_list("kind", flat=True)
    )


def _rows(upload: Upload) -> list[Prediction]:
    return list(
        Prediction.objects.filter(image__upload=upload).select_related("image").order_by("pk")
    )
