"""What the archive holds, and files that come back from it."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.db import transaction

from uploads.errors import StorageUnavailable
from uploads.models import Image, Upload
from uploads.storage import incoming, keys, local, object_store, removal
from uploads.storage.object_store import Absent

logger = logging.getLogger("darkroom.archive")

_CHUNK_BYTES: Final = 1 << 20


def holds(key: str, sha256: str) -> bool:
    """Whether the archive has the original of this key and these bytes.

    Raises:
        StorageUnavailable: the archive is away.
    """
    if not object_store.is_configured():
        return False
    found = object_store.store(is_patient=False).look(keys.document_key(key))
    return found is not None and found.sha256 == sha256


def fetch(key: str, sha256: str) -> None:
    """Brings an original back into the local storage, if the archive has it.

    Raises:
        StorageUnavailable: the archive is away, or the disk is full.
    """
    if local.path_of(key).is_file():
        return
    try:
        if other := local.other_page(key):
            local.add_name(other, key)
            return
        with incoming.new_file() as received:
            path = Path(received.name)
            try:
                opened = object_store.store().open(keys.document_key(key))
                try:
                    while chunk := opened.file.read(_CHUNK_BYTES):
                        received.write(chunk)
                finally:
                    opened.file.close()
                received.flush()
                if local.sha256_of(path) == sha256:
                    local.take_over([(path, key)])
                else:
                    logger.error("the archive holds other bytes", extra={"key": key})
            finally:
                path.unlink(missing_ok=True)
    except Absent:
        return
    except OSError as error:
        raise StorageUnavailable from error


def note_fetched(image_ids: Iterable[int]) -> None:
    """These originals are in the local storage again: retention looks at them anew."""
    images = Image.objects.filter(pk__in=image_ids, purged_at__isnull=False)
    images = images.exclude(image_path="")
    there = [one for one in images if local.path_of(one.image_path).is_file()]
    if not there:
        return
    with transaction.atomic():
        uploads = {one.upload_id for one in there}
        removal.lock(uploads)
        Upload.objects.filter(pk__in=uploads).update(purged_at=None)
        Image.objects.filter(pk__in=[one.pk for one in there]).update(purged_at=None)
