"""Files in an object store that speaks S3, by the keys that they have in storage.

Keys are immutable: what lies under one never changes. A file is put only where nothing is
(`If-None-Match: *`), with its SHA-256 in its metadata, and is looked at once more afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings


class Differs(Exception):
    """Other bytes than these lie under the key."""


class Refused(Exception):
    """The store does not take this very file; others it may."""


class Absent(Exception):
    """Nothing lies under the key."""


class Cold(Absent):
    """What lies there is in a storage class that gives no bytes until somebody restores it."""


@dataclass(frozen=True)
class Stored:
    """An object of the store."""

    key: str
    size: int
    modified_at: datetime


@dataclass(frozen=True)
class Facts:
    """What an object says of itself: its size in bytes, and the SHA-256 that it was put with."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Opened:
    """An object that is being read: its size in bytes, and the bytes from its beginning."""

    size: int
    file: "Readable"


class Readable(Protocol):
    """What can be read from its beginning, once."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many of the next bytes; none at the end.

        Raises:
            StorageUnavailable: the rest does not come.
        """

    def close(self) -> None:
        """Lets go of it."""


class ObjectStore(Protocol):
    """What the archive needs of an object store. Each call may take long: none is for a loop.

    Each raises StorageUnavailable where the store is away or refuses what its operator must mend.
    """

    def put(self, key: str, path: Path, sha256: str, content_type: str) -> None:
        """Stores a file and verifies it; one that is there already is fine.

        Raises:
            Differs: another file lies there.
            Refused: the store does not take this file.
            OSError: the file cannot be read.
        """

    def look(self, key: str) -> Facts | None:
        """What lies there; None: nothing."""

    def open(self, key: str) -> Opened:
        """Opens an object for reading.

        Raises:
            Absent: there is none.
            Cold: it cannot be read as it is, however long one waits.
        """

    def delete(self, key: str) -> None:
        """Removes one object; none is fine."""

    def remove(self, prefix: str) -> None:
        """Removes every object, and every upload in parts, whose key begins so."""

    def stored(self, prefix: str = "") -> Iterator[Stored]:
        """The objects whose keys begin so."""

    def presigned(self, key: str, disposition: str, content_type: str) -> str:
        """An address that gives the object to whoever has it, for a minute."""


def is_configured() -> bool:
    """Whether there is an object store to copy to."""
    return bool(settings.S3_BUCKET)


@cache
def store(*, is_patient: bool = True) -> ObjectStore:
    """The configured object store. To be called only where one is.

    One that is not patient gives up within a few seconds, for those whom somebody waits for.

    Raises:
        StorageUnavailable: the settings name none that can be asked.
    """
    from uploads.storage.s3 import S3Store  # noqa: PLC0415  # which knows this module

    return S3Store(is_patient=is_patient)
