"""An object store in memory, that can be away."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from uploads.errors import StorageUnavailable
from uploads.storage.object_store import Absent, Cold, Differs, Facts, Opened, Stored
from uploads.storage.volume import MARKER


@dataclass(frozen=True)
class _Object:
    content: bytes
    sha256: str
    modified_at: datetime


class FakeObjectStore:
    """Keeps objects by key; while `is_away`, every call says so."""

    def __init__(self) -> None:
        self.objects: dict[str, _Object] = {}
        self.is_away = False
        self.is_cold = False
        """Whether no object gives its bytes before somebody restores it."""
        self.puts: list[str] = []
        """Every key that somebody wanted to put, in order."""
        self._lock = threading.Lock()

    def put(self, key: str, path: Path, sha256: str, content_type: str) -> None:
        self._answer()
        content = path.read_bytes()
        with self._lock:
            self.puts.append(key)
            there = self.objects.setdefault(key, _Object(content, sha256, timezone.now()))
        if there.content != content:
            raise Differs(key)

    def look(self, key: str) -> Facts | None:
        self._answer()
        found = self.objects.get(key)
        return None if found is None else Facts(len(found.content), found.sha256)

    def open(self, key: str) -> Opened:
        self._answer()
        if self.is_cold:
            raise Cold(key)
        found = self.objects.get(key)
        if found is None:
            raise Absent(key)
        return Opened(len(found.content), io.BytesIO(found.content))

    def delete(self, key: str) -> None:
        self._answer()
        self.objects.pop(key, None)

    def remove(self, prefix: str) -> None:
        self._answer()
        for key in [key for key in self.objects if key.startswith(prefix)]:
            del self.objects[key]

    def stored(self, prefix: str = "") -> Iterator[Stored]:
        self._answer()
        for key, one in sorted(self.objects.items()):
            if key.startswith(prefix):
                yield Stored(key, len(one.content), one.modified_at)

    def presigned(self, key: str, disposition: str, content_type: str) -> str:
        self._answer()
        return f"https://objects.example/{key}?for={content_type}&as={disposition}"

    @property
    def files(self) -> dict[str, bytes]:
        """What lies there, without the marker that says whose it is."""
        return {key: one.content for key, one in self.objects.items() if key != MARKER}

    def spoil(self, key: str) -> None:
        """Lets other bytes lie under a key, as they would after a bucket was mixed up."""
        self.objects[key] = _Object(b"other", "0" * 64, timezone.now())

    def _answer(self) -> None:
        if self.is_away:
            raise StorageUnavailable("The archive does not answer: it is away.")
