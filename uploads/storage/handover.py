"""How files come to other machines: by a folder that all share, or by the object store.

By the store (`MEDIA_HANDOVER=s3`) a file is in it, verified, before a row names it: originals
before the 202, results and thumbnails before the ending. A machine's own folder is a cache.
"""

import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from uploads.errors import StorageUnavailable
from uploads.storage import incoming, keys, local, object_store
from uploads.storage.object_store import Absent, Differs, ObjectStore, Refused

logger = logging.getLogger("darkroom.handover")

TRIES: Final = 3
"""Of a file: for blips. Longer trouble is its sender's."""
PAUSE_SECONDS: Final = 0.3
_ANY_KEY: Final = "is-it-there"
_CHUNK_BYTES: Final = 1 << 20
_FEW: Final = 3
"""So many are sent one after the other, by whoever asks."""
_senders: Final = ThreadPoolExecutor(8, thread_name_prefix="handover")


class Damaged(Exception):
    """Other bytes came out of the object store than are to be there."""


@dataclass(frozen=True)
class Outgoing:
    """A file in the local storage, on its way. `sha256` is empty where nobody knows it yet."""

    key: str
    content_type: str
    sha256: str = ""
    is_derived: bool = False
    """A picture of an image that another attempt may have made in its own way: either will do."""


def is_by_store() -> bool:
    """Whether machines have disks of their own, and hand files over by the object store."""
    return bool(settings.MEDIA_HANDOVER == "s3")


def require_store() -> None:
    """Returns if the object store answers now.

    Raises:
        StorageUnavailable: it does not.
    """
    _store().look(_ANY_KEY)


def send(files: Sequence[Outgoing]) -> None:
    """Puts files into the object store, several at a time; all are there when it returns.

    Raises:
        StorageUnavailable: it did not take one of them; others may be there.
    """
    if len(files) <= _FEW:
        for file in files:
            _sent(file)
        return
    all_of_them = [_senders.submit(_sent, file) for file in files]
    try:
        for sending in all_of_them:
            sending.result()
    finally:
        # After the first that failed nobody waits for the others.
        for sending in all_of_them:
            sending.cancel()
        wait(all_of_them)


def _sent(file: Outgoing) -> None:
    path = local.path_of(file.key)
    for left in reversed(range(TRIES)):
        try:
            sha256 = file.sha256 or local.sha256_of(path)
            _store().put(file.key, path, sha256, file.content_type)
        except StorageUnavailable:
            if not left:
                raise
            time.sleep(PAUSE_SECONDS)
        except Differs as error:
            if file.is_derived:
                return
            # An id whose rows were lost: the next one is tried with the next request.
            logger.exception("the object store holds another file", extra={"key": file.key})
            raise StorageUnavailable from error
        except (Refused, OSError) as error:
            logger.exception("file not handed over", extra={"key": file.key})
            raise StorageUnavailable from error
        else:
            return


def fetch(key: str, sha256: str = "") -> bool:
    """Brings a file out of the object store into the local storage, verified; whether it is there.

    Without `sha256` it is what the store itself says of the object.

    Raises:
        StorageUnavailable: the store is away, or the disk is full.
        Damaged: the bytes are not the ones.
    """
    source = keys.document_key(key) if "/images/" in key else key
    store = _store()
    try:
        if not sha256:
            facts = store.look(source)
            if facts is None:
                return False
            sha256 = facts.sha256
        with incoming.new_file() as received:
            path = Path(received.name)
            try:
                opened = store.open(source)
                try:
                    while chunk := opened.file.read(_CHUNK_BYTES):
                        received.write(chunk)
                finally:
                    opened.file.close()
                received.flush()
                if local.sha256_of(path) != sha256:
                    raise Damaged(key)
                local.take_over([(path, key)])
            finally:
                path.unlink(missing_ok=True)
    except Absent:
        return False
    except OSError as error:
        raise StorageUnavailable from error
    return True


def _store() -> ObjectStore:
    """One that gives up soon: somebody waits, and what waits longer tries again by itself."""
    return object_store.store(is_patient=False)
