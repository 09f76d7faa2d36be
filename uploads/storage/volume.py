"""Whether `MEDIA_ROOT` is the storage that this database's files are in.

A marker in the folder carries the database's own id. A process that was given another
disk, or whose disk is not mounted, must neither store nor claim: it would lose images,
or end them as gone.

Where files are handed over by the object store each machine has a folder of its own, which says so
in its marker: a process for which all share one folder does not take it for that.
"""

import contextlib
import logging
import time
import uuid
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from uploads.models import Upload, Volume
from uploads.storage import handover, local

logger = logging.getLogger("darkroom.storage")

MARKER: Final = ".darkroom-volume"
TRUSTED_SECONDS: Final = 5.0
_OWN: Final = "own"
"""What the marker of a machine's own folder says after the database's id."""

_seen: dict[Path, float] = {}
"""When a folder was last found to be ours, in seconds of the steady clock."""


def is_ours() -> bool:
    """Whether this process may store and claim; looked up again every few seconds.

    A database that has no uploads yet adopts a folder without a marker.
    """
    root = Path(settings.MEDIA_ROOT)
    if time.monotonic() - _seen.get(root, -TRUSTED_SECONDS) < TRUSTED_SECONDS:
        return True
    if not _matches(root):
        _seen.pop(root, None)
        return False
    _seen[root] = time.monotonic()
    return True


def problem() -> str | None:
    """Why this process may not store and claim, in one sentence; None: it may."""
    if is_ours():
        return None
    return (
        f"The folder {settings.MEDIA_ROOT} is not the one this database's files are in: "
        "mount the right one, set MEDIA_ROOT to it, or begin with an empty one."
    )


def _matches(root: Path) -> bool:
    volume, _ = Volume.objects.get_or_create(pk=1)
    marker = root / MARKER
    # Asked first: another thread may adopt the folder and store in it between two questions.
    has_uploads = Upload.objects.exists()
    try:
        if marker.exists():
            return marker.read_text().split() in _accepted(volume.marker)
        is_taken = _is_in_use(root) if handover.is_by_store() else has_uploads
        if is_taken:
            return False
        _adopt(marker, " ".join(_accepted(volume.marker)[-1]))
    except OSError as error:
        logger.warning("storage does not answer", extra={"reason": str(error)})
        return False
    Volume.objects.filter(pk=1, adopted_at__isnull=True).update(adopted_at=timezone.now())
    return True


def _accepted(marker: uuid.UUID) -> list[list[str]]:
    """What a folder's marker may say, word by word; last what a new one says."""
    shared = [str(marker)]
    # What was shared until now may go on as the own folder of one machine.
    return [shared, [*shared, _OWN]] if handover.is_by_store() else [shared]


def _is_in_use(root: Path) -> bool:
    """Whether somebody's uploads lie there."""
    return any(root.glob("[0-9]*/upload*"))


def _adopt(marker: Path, value: str) -> None:
    marker.parent.mkdir(parents=True, exist_ok=True)
    draft = marker.with_name(f"{MARKER}.{uuid.uuid4().hex}")
    draft.write_text(f"{value}\n")
    local.flush(draft)
    draft.replace(marker)
    local.flush(marker.parent)
    with contextlib.suppress(PermissionError):
        # Where the folder itself is new; what lies above it need not be ours to read.
        local.flush(marker.parent.parent)
