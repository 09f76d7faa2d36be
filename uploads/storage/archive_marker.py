"""Whether the archive is the one that this database's copies are in.

As in the local storage (`volume`), an object under the prefix carries the database's own id. An
archive of another database, or an empty one in place of ours, is neither written nor removed from.
"""

import tempfile
import time
from pathlib import Path
from typing import Final

from uploads.models import Image, Volume
from uploads.storage import local, object_store
from uploads.storage.object_store import Absent, Differs
from uploads.storage.volume import MARKER

TRUSTED_SECONDS: Final = 60.0

_seen: Final[dict[object_store.ObjectStore, float]] = {}
"""When a store was last found to be ours, in seconds of the steady clock."""


def problem(*, is_patient: bool = True) -> str | None:
    """Why nothing may be written there, in one sentence; None: it may.

    A database that has archived nothing yet adopts an archive without a marker.

    Raises:
        StorageUnavailable: the archive is away.
    """
    store = object_store.store(is_patient=is_patient)
    if time.monotonic() - _seen.get(store, -TRUSTED_SECONDS) < TRUSTED_SECONDS:
        return None
    volume, _ = Volume.objects.get_or_create(pk=1)
    found = _marker(store)
    if found is None and not Image.objects.filter(archived_at__isnull=False).exists():
        _adopt(store, str(volume.marker))
        found = _marker(store)
    if found != str(volume.marker):
        return (
            "The archive is not the one that this database's copies are in: set S3_BUCKET and "
            "S3_PREFIX to that one, or copy its objects to the new one."
        )
    _seen[store] = time.monotonic()
    return None


def _marker(store: object_store.ObjectStore) -> str | None:
    try:
        opened = store.open(MARKER)
    except Absent:
        return None
    try:
        return opened.file.read().decode("utf-8", "replace").strip()
    finally:
        opened.file.close()


def _adopt(store: object_store.ObjectStore, value: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / MARKER
        draft.write_text(f"{value}\n")
        try:
            store.put(MARKER, draft, local.sha256_of(draft), "text/plain")
        except Differs:
            return  # another database was faster
