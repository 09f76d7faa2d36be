"""One `up` per DATA_DIR: a file lock that also says who holds it."""

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from project.settings_errors import unusable_data_dir
from project.up.errors import StartError


class Lock:
    """An exclusive lock on a file, held until closed or until the process ends.

    The file names its holder: `{"pid": 123, "address": "http://…" | null}`.
    """

    def __init__(self, path: Path) -> None:
        """Takes the lock at `path`, in DATA_DIR.

        Raises StartError `already_running` where another holds it, SettingsInvalid where it cannot
        be written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[str] = path.open("a+", encoding="utf-8")
        except OSError as error:
            raise unusable_data_dir(error) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with self._file:
                raise StartError("already_running", _running_already(self._file)) from None
        self.publish(None)

    def publish(self, address: str | None) -> None:
        """Writes this process and its address into the file, for whoever finds it locked."""
        self._write(json.dumps({"pid": os.getpid(), "address": address}))

    def close(self) -> None:
        """Releases the lock; the empty file stays: removing it would race with a next holder."""
        self._write("")
        self._file.close()

    def _write(self, text: str) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text)
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _running_already(file: IO[str]) -> str:
    file.seek(0)
    try:
        holder = json.loads(file.read())
    except ValueError:
        return "Darkroom is running already."
    at = f" at {holder['address']}" if holder["address"] else ""
    return f"Darkroom is running already{at} (process {holder['pid']})."
