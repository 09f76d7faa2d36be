"""Root's privileges, which a process gives up for good, and a user of its own in root's place.

Source of the numbers: the kernel's `include/uapi/linux/{capability,prctl}.h`.
"""

import ctypes
import os
import sys
from pathlib import Path
from typing import Final

FIRST_USER: Final = 61_184
USERS: Final = 4_336
"""The users that systemd keeps for services without a name: systemd.io/UIDS-GIDS."""

_PR_SET_DUMPABLE, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT = 4, 8, 47
_AMBIENT_RAISE: Final = 2
_DAC_OVERRIDE, _KILL, _SETGID, _SETUID = 1, 5, 6, 7
_NEEDED: Final = 1 << _DAC_OVERRIDE | 1 << _KILL | 1 << _SETGID | 1 << _SETUID
_VERSION_3: Final = 0x2008_0522


def is_root() -> bool:
    """Whether this process is root's."""
    return sys.platform == "linux" and os.geteuid() == 0


def can_change_user() -> bool:
    """Whether this process, which is root's, may start processes of other users and end them."""
    return _effective() & _NEEDED == _NEEDED and _has_users() and _may_leave_groups()


def drop() -> None:
    """Keep no privilege of root but to open files; under a user of its own where that can be.

    A user of its own is no other process's: signals, tracing and peers' names tell them apart. What
    the process starts keeps that one privilege. To be called while there is one thread; the kernel
    forgets then which signal was to come when the parent ends.

    Raises:
        OSError: the system does not take it.
    """
    kept = _effective() & 1 << _DAC_OVERRIDE
    if is_root() and can_change_user():
        _call("prctl", _PR_SET_KEEPCAPS, 1, 0, 0, 0)
        user = FIRST_USER + os.getpid() % USERS
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _set_capabilities(kept)
    if kept and not is_root():
        _call("prctl", _PR_CAP_AMBIENT, _AMBIENT_RAISE, _DAC_OVERRIDE, 0, 0)


def hide() -> None:
    """Keep the environment, memory and open files of this process from others of the same user.

    They cannot trace it either, and no core file is written of it. A program that it starts begins
    anew; what it forks is hidden too.
    """
    if sys.platform == "linux":
        _call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)


def _effective() -> int:
    sets = (ctypes.c_uint32 * 6)()
    _call("capget", _header(), sets)
    return int(sets[0])


def _set_capabilities(kept: int) -> None:
    # Effective, permitted and inheritable, of the lower 32 capabilities and then of the others.
    _call("capset", _header(), (ctypes.c_uint32 * 6)(kept, kept, kept, 0, 0, 0))


def _header() -> ctypes.Array[ctypes.c_uint32]:
    return (ctypes.c_uint32 * 2)(_VERSION_3, 0)


def _has_users() -> bool:
    """Whether the users and groups are there: some containers have a few of either."""
    return all(_covers(Path("/proc/self", name)) for name in ("uid_map", "gid_map"))


def _covers(table: Path) -> bool:
    rows = [[int(word) for word in line.split()] for line in table.read_text().splitlines()]
    return any(
        first <= FIRST_USER and first + count >= FIRST_USER + USERS for first, _, count in rows
    )


def _may_leave_groups() -> bool:
    return Path("/proc/self/setgroups").read_text().strip() == "allow"


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
