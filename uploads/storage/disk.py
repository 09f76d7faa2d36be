"""A disk that is full: as the operating system, SQLite and PostgreSQL say it."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings

_ERRNOS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
_SQLITE_CODES: Final = frozenset({8, 10, 13})
"""Primary result codes: READONLY, IOERR, FULL (sqlite.org/rescode.html)."""
_POSTGRES_STATES: Final = frozenset({"53100", "58030"})
"""disk_full and io_error (PostgreSQL, appendix A)."""
_PROBE_BYTES: Final = 64 * 1024


def is_full(error: BaseException) -> bool:
    """Whether this, or what caused it, says that a disk takes no more bytes."""
    return any(_says_so(one) for one in _causes(error))


def has_room(folder: Path) -> bool:
    """Whether the disk that `folder` is on has room for more uploads.

    What is left over (`MIN_FREE_BYTES`; of a small disk, a twentieth) is for the database and for
    the results of what was uploaded already.

    Raises:
        OSError: it does not answer.
    """
    usage = shutil.disk_usage(folder)
    return usage.free >= min(settings.MIN_FREE_BYTES, usage.total // 20)


def takes_bytes(folder: Path) -> bool:
    """Whether the disk that `folder` is on takes some bytes now, for good, and has room."""
    try:
        if not has_room(folder):
            return False
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            written = probe.write(bytes(_PROBE_BYTES))
            os.fsync(probe.fileno())
    except OSError:
        return False
    return written == _PROBE_BYTES


def _says_so(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _ERRNOS
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int):
        # The lowest byte is the primary code.
        return code & 0xFF in _SQLITE_CODES
    return getattr(error, "sqlstate", None) in _POSTGRES_STATES


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__
