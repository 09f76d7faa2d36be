"""seccomp: a Linux process gives up, for good, system calls that it names.

It holds for root too, and for whatever the process starts. The filter is a program of the classic
Berkeley Packet Filter over `struct seccomp_data`. Sources of the numbers: the kernel's
`include/uapi/linux/{seccomp,filter,audit}.h` and its tables of system calls.
"""

import ctypes
import errno
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_MODE_FILTER: Final = 2
_GET_ACTION_AVAILABLE: Final = 2
_ALLOW: Final = 0x7FFF_0000
_REFUSE: Final = 0x0005_0000 | errno.EPERM

_LOAD, _AND, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
_X32: Final = 0x4000_0000
"""Numbers from here on are another set of calls with the same architecture."""

_UNIX, _INET, _INET6 = 1, 2, 10
_STREAM, _SEQPACKET, _KIND = 1, 5, 0xF
_DEFAULT_PROTOCOL, _TCP = 0, 6
_MSG_FASTOPEN: Final = 0x2000_0000

_OTHERS: Final = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd"),
    *("add_key", "request_key", "keyctl"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("bpf", "perf_event_open", "userfaultfd"),
)
"""What reaches into other processes, holds keys, opens sockets past this filter (io_uring), or is
the kernel's own machinery, of which no model has need."""


@dataclass(frozen=True)
class _Architecture:
    code: int
    socket: int
    calls: Mapping[str, int]
    has_x32: bool = False


_SHARED: Final = {
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "pidfd_getfd": 438,
}
ARCHITECTURES: Final = {
    "x86_64": _Architecture(
        0xC000_003E,
        41,
        _SHARED
        | {"connect": 42, "sendto": 44, "sendmsg": 46, "sendmmsg": 307, "ptrace": 101}
        | {"process_vm_readv": 310, "process_vm_writev": 311}
        | {"add_key": 248, "request_key": 249, "keyctl": 250}
        | {"bpf": 321, "perf_event_open": 298, "userfaultfd": 323},
        has_x32=True,
    ),
    "aarch64": _Architecture(
        0xC000_00B7,
        198,
        _SHARED
        | {"connect": 203, "sendto": 206, "sendmsg": 211, "sendmmsg": 269, "ptrace": 117}
        | {"process_vm_readv": 270, "process_vm_writev": 271}
        | {"add_key": 217, "request_key": 218, "keyctl": 219}
        | {"bpf": 280, "perf_event_open": 241, "userfaultfd": 282},
    ),
}
_FLAGS_AT: Final = {"sendto": 3, "sendmsg": 2, "sendmmsg": 3}
"""Which argument holds the flags."""

_Step = tuple[int, int, int, int]
"""Code, how many steps to pass over where it is true, where it is not, and the operand."""


class _Filter(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("operand", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Filter)))


def is_possible() -> bool:
    """Whether this system takes filters, and its system calls are known here."""
    if sys.platform != "linux" or platform.machine() not in ARCHITECTURES:
        return False
    if sys.maxsize < 1 << 32:
        return False
    number = {"x86_64": 317, "aarch64": 277}[platform.machine()]
    action = ctypes.c_uint32(_REFUSE & 0xFFFF_0000)
    libc = ctypes.CDLL(None)
    return bool(libc.syscall(number, _GET_ACTION_AVAILABLE, 0, ctypes.byref(action)) == 0)


def restrict(*, may_connect: bool) -> None:
    """Give up the network, and what reaches into other processes.

    Without `may_connect` there is no socket but between processes of its own: none of a network,
    and no connection to any address, those of Unix sockets included. With it there is TCP, and
    nothing else; to which ports is Landlock's to say.

    To be called while there is one thread: it holds for this one and those it starts.

    Raises:
        OSError: the system has no seccomp, or does not take it.
    """
    architecture = ARCHITECTURES.get(platform.machine())
    if architecture is None:
        raise OSError(errno.ENOSYS, "no filter for this machine")
    steps = list(_steps(architecture, may_connect=may_connect))
    filters = (_Filter * len(steps))(*(_Filter(*step) for step in steps))
    program = _Program(len(steps), filters)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0
    ):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _steps(machine: _Architecture, *, may_connect: bool) -> Iterable[_Step]:
    yield _LOAD, 0, 0, _ARCHITECTURE
    yield from _unless(_EQUAL, machine.code)
    yield _LOAD, 0, 0, _NUMBER
    if machine.has_x32:
        yield from _where(_AT_LEAST, _X32, _refused())
    for name in _OTHERS if may_connect else (*_OTHERS, "connect"):
        yield from _where(_EQUAL, machine.calls[name], _refused())
    yield from _where(_EQUAL, machine.socket, _socket(may_connect=may_connect))
    if may_connect:
        # What opens a connection by sending, past Landlock.
        for name, at in _FLAGS_AT.items():
            opens = [_argument(at), *_where(_ANY_BIT, _MSG_FASTOPEN, _refused()), _allowed()]
            yield from _where(_EQUAL, machine.calls[name], opens)
    yield _allowed()


def _socket(*, may_connect: bool) -> Sequence[_Step]:
    if not may_connect:
        # A kind that sends to nobody without being connected: GPU drivers listen on such.
        kinds = [*_where(_EQUAL, _STREAM, [_allowed()]), *_where(_EQUAL, _SEQPACKET, [_allowed()])]
        of_kind = [_argument(1), (_AND, 0, 0, _KIND), *kinds, *_refused()]
        return [_argument(0), *_where(_EQUAL, _UNIX, of_kind), *_refused()]
    # Multipath TCP and SCTP are streams too, and Landlock does not know them.
    protocols = [
        *_where(_EQUAL, _DEFAULT_PROTOCOL, [_allowed()]),
        *_where(_EQUAL, _TCP, [_allowed()]),
    ]
    streams = [
        *(_argument(1), (_AND, 0, 0, _KIND)),
        *_where(_EQUAL, _STREAM, [_argument(2), *protocols, *_refused()]),
        *_refused(),
    ]
    return [
        _argument(0),
        *_where(_EQUAL, _INET, streams),
        *_where(_EQUAL, _INET6, streams),
        *_refused(),
    ]


def _argument(at: int) -> _Step:
    """The lower half of an argument, of which the kernel reads no more here; both machines are
    little-endian."""
    return _LOAD, 0, 0, 16 + 8 * at


def _where(test: int, operand: int, then: Sequence[_Step]) -> Sequence[_Step]:
    """These steps where the value meets the test; they end the program."""
    return [(test, 0, len(then), operand), *then]


def _unless(test: int, operand: int) -> Sequence[_Step]:
    return [(test, 1, 0, operand), *_refused()]


def _allowed() -> _Step:
    return _RETURN, 0, 0, _ALLOW


def _refused() -> Sequence[_Step]:
    return [(_RETURN, 0, 0, _REFUSE)]
