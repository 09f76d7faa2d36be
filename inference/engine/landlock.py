"""Landlock: a Linux process gives up, for good, all files, processes and TCP ports that it does not
name.

It holds for root too, and for whatever the process starts. Source of the numbers: the kernel's
`include/uapi/linux/landlock.h`; docs.kernel.org/userspace-api/landlock.html.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from enum import IntFlag
from pathlib import Path
from typing import Final

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION: Final = 1
_PATH_BENEATH, _NET_PORT = 1, 2
_SCOPE_ABSTRACT_UNIX_SOCKET, _SCOPE_SIGNAL = 1, 2
_BIND_TCP, _CONNECT_TCP = 1, 2
_PR_SET_NO_NEW_PRIVS: Final = 38


class Access(IntFlag):
    """What may be done with files below a folder."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    """Move and link between folders."""
    TRUNCATE = 1 << 14


READ: Final = Access.EXECUTE | Access.READ_FILE | Access.READ_DIR
OPEN: Final = Access.READ_FILE | Access.WRITE_FILE | Access.READ_DIR
"""What a device needs."""
WRITE: Final = ~(Access.MAKE_CHAR | Access.MAKE_BLOCK)

_OF_A_FILE: Final = Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE
_SINCE: Final = {Access.REFER: 2, Access.TRUNCATE: 3}
PORTS_SINCE: Final = 4
SIGNALS_SINCE: Final = 6


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


class _NetPort(ctypes.Structure):
    _fields_ = (("allowed_access", ctypes.c_uint64), ("port", ctypes.c_uint64))


def version() -> int:
    """Which Landlock this system has; 0: none."""
    if sys.platform != "linux":
        return 0
    found: int = _libc().syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
    return max(0, found)


def restrict(rules: Iterable[tuple[Path, Access]], ports: Iterable[int] = ()) -> None:
    """Give up every file that no rule names, every process that is not of this one's making, and
    TCP but to these ports.

    To be called while there is one thread: it holds for this one and those it starts. Paths that
    are not there, or cannot be reached, are passed over.

    Raises:
        OSError: the system has no Landlock, or does not take it.
    """
    has = version()
    handled = Access(0)
    for access in Access:
        if _SINCE.get(access, 1) <= has:
            handled |= access
    scoped = _SCOPE_SIGNAL | _SCOPE_ABSTRACT_UNIX_SOCKET if has >= SIGNALS_SINCE else 0
    network = _BIND_TCP | _CONNECT_TCP if has >= PORTS_SINCE else 0
    # An older kernel takes what it does not know as long as it is zero.
    asked = _Ruleset(handled, network, scoped)
    ruleset = _call(_CREATE_RULESET, ctypes.byref(asked), ctypes.sizeof(asked), 0)
    try:
        for path, access in rules:
            _add(ruleset, path, access & handled)
        for port in ports if network else ():
            rule = _NetPort(_CONNECT_TCP, port)
            _call(_ADD_RULE, ruleset, _NET_PORT, ctypes.byref(rule), 0)
        if _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            raise _error()
        _call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _add(ruleset: int, path: Path, access: Access) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not path.is_dir():
            access &= _OF_A_FILE
        rule = _PathBeneath(access, descriptor)
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    result: int = _libc().syscall(number, *arguments)
    if result < 0:
        raise _error()
    return result


def _error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc
