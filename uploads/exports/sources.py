"""Files as they are taken along: whole, from wherever they are, or the reason why not."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

from uploads.errors import StorageUnavailable
from uploads.models import Image, Prediction
from uploads.storage import cache, handover, incoming, keys, local, object_store
from uploads.storage.object_store import Absent, Cold

_CHUNK_BYTES: Final = 256 * 1024
AWAY_SECONDS: Final = 30.0
"""So long an archive that did not answer is not asked again: each try may take seconds."""
GONE: Final = "it is no longer stored"
DAMAGED: Final = "the stored file is damaged"
AWAY: Final = "the storage does not give it at the moment: try again later"
COLD: Final = "it is in a cold storage class: whoever runs the archive has to restore it"


class NotThere(Exception):
    """A file cannot be had whole now; the text says why."""


class Away(NotThere):
    """It cannot be had now; later it may."""

    def __init__(self) -> None:
        super().__init__(AWAY)


class Sources:
    """Opens files for one download. To be used by one thread at a time; asks no database."""

    def __init__(self) -> None:
        self._asked_again = 0.0

    def original(self, image: Image) -> IO[bytes]:
        """An original, at its beginning.

        Raises:
            NotThere: it cannot be had whole.
        """
        if not image.image_path:
            raise NotThere(GONE)
        if handover.is_by_store():
            return self._asked(lambda: _cached_original(image))
        file = _local(image.image_path)
        if file is not None:
            if _size(file) == image.size:
                return file
            file.close()
        key = keys.document_key(image.image_path)
        otherwise = GONE if file is None else DAMAGED
        return self._asked(lambda: _archived(key, image.sha256, otherwise))

    def result(self, prediction: Prediction) -> IO[bytes]:
        """A result's file, at its beginning.

        Raises:
            NotThere: it cannot be had whole.
        """
        key = prediction.output_path
        file = _local(key)
        if file is not None and _size(file):
            return file
        if file is not None:
            file.close()
        if handover.is_by_store():
            return self._asked(lambda: _cached_result(key))
        if prediction.image.archived_at is None:
            raise NotThere(GONE)
        return self._asked(lambda: _archived(key, "", GONE))

    def display(self, image: Image) -> IO[bytes]:
        """The JPEG of an original that not every browser shows, at its beginning.

        Raises:
            NotThere: it is not made yet, or cannot be had whole.
        """
        if not image.thumbnail_path:
            raise NotThere(GONE)
        key = keys.display_path(image.thumbnail_path)
        if handover.is_by_store():
            return self._asked(lambda: _cached_result(key))
        file = _local(key)
        if file is None:
            raise NotThere(GONE)
        return file

    def _asked(self, of_the_archive: Callable[[], IO[bytes]]) -> IO[bytes]:
        """What the archive gives, unless it was found away just now."""
        if time.monotonic() < self._asked_again:
            raise Away
        try:
            return of_the_archive()
        except Cold:
            raise NotThere(COLD) from None
        except (StorageUnavailable, OSError):
            self._asked_again = time.monotonic() + AWAY_SECONDS
            raise Away from None


def _local(key: str) -> IO[bytes] | None:
    """A file of the local storage; None: it is not there."""
    try:
        return local.path_of(key).open("rb")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError:
        raise Away from None


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size


def _cached_original(image: Image) -> IO[bytes]:
    pin = cache.hold(image.image_path, image.sha256)
    if pin is None:
        raise NotThere(GONE)
    try:
        # Open, it stays readable whatever the cache does.
        return local.path_of(image.image_path).open("rb")
    finally:
        pin.release()


def _cached_result(key: str) -> IO[bytes]:
    try:
        is_there = handover.fetch(key)
    except handover.Damaged:
        raise NotThere(DAMAGED) from None
    file = _local(key) if is_there else None
    if file is None:
        raise NotThere(GONE)
    return file


def _archived(key: str, sha256: str, otherwise: str) -> IO[bytes]:
    """A copy of an object in a file without a name, verified before anybody reads of it.

    `otherwise` is why there is none, where the archive has none either.
    """
    if not object_store.is_configured():
        raise NotThere(otherwise)
    store = object_store.store(is_patient=False)
    facts = store.look(key)
    if facts is None or (sha256 and facts.sha256 != sha256):
        raise NotThere(otherwise)
    try:
        opened = store.open(key)
    except Cold:
        raise
    except Absent:
        raise NotThere(otherwise) from None
    copy = incoming.new_file()
    try:
        Path(copy.name).unlink()
        digest = hashlib.sha256()
        while chunk := opened.file.read(_CHUNK_BYTES):
            digest.update(chunk)
            copy.write(chunk)
        copy.seek(0)
        _require_same(digest.hexdigest(), facts.sha256)
    except BaseException:
        copy.close()
        raise
    finally:
        opened.file.close()
    return copy


def _require_same(found: str, sha256: str) -> None:
    if found != sha256:
        raise NotThere(DAMAGED)
