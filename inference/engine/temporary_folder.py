"""What is temporary of a child process lies in a folder of its own, which nothing survives."""

import contextlib
import fcntl
import logging
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

PREFIX: Final = "darkroom-model-"
NEW_SECONDS: Final = 60.0
"""A folder may be this old before its owner has locked it."""

logger = logging.getLogger(__name__)


class TemporaryFolder:
    """A new folder among the system's temporary ones, locked for as long as this process lives."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._lock = os.open(self.path, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def remove(self) -> None:
        """Remove it with what is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.close(self._lock)


def remove_left_over() -> None:
    """Remove the folders of processes that were killed; what cannot be removed stays."""
    newest = time.time() - NEW_SECONDS
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if path.stat().st_mtime < newest:
                _remove_unlocked(path)
        except OSError as error:  # it is gone, another user's, or held
            logger.debug("The folder %s stays: %s", path, error)


def _remove_unlocked(path: Path) -> None:
    lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(lock)
