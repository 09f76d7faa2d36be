"""Runs one command that must not outlive the process that asked for it.

    python -I -S leash.py PIPE COMMAND…

PIPE is the number of an inherited file descriptor: the read end of a pipe whose only write end
the owner holds. When the owner dies, however it dies, the pipe ends; the command then gets
SIGTERM, SIGTERM again (a worker's sign to give back at once) and SIGKILL. Until then the leash
passes SIGTERM and SIGINT on, turns SIGQUIT into SIGKILL for the command's whole process group,
and exits with the command's own status (128 + signal where one ended it).

A file of its own with nothing but cheap imports: one leash stays for each supervised process.
"""

import contextlib
import ctypes
import os
import select
import signal
import sys
from collections.abc import Iterator

LAST_STEPS = ((signal.SIGTERM, 2.0), (signal.SIGTERM, 3.0))
"""What a command gets when its owner is gone: signal, and seconds until the next step."""

HANDLED = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGCHLD}
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4


def main(pipe: int, command: list[str]) -> int:
    """Runs `command` until it ends; its exit status."""
    if sys.platform == "linux":
        # The environment holds secrets of the command's: nobody of the same user reads it here.
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0)
    os.set_inheritable(pipe, False)  # noqa: FBT003  # takes no name
    signals = _signals_as_bytes()
    # Blocked while forking: no signal may meet the child between fork and exec and get lost.
    signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
    child = _start(command)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
    return _watch(child, pipe, signals)


def _signals_as_bytes() -> int:
    """Turns the handled signals into bytes; the descriptor they are read from."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end)
    for number in HANDLED:
        signal.signal(number, lambda *_: None)
    return read_end


def _start(command: list[str]) -> int:
    leash = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != leash:
                os._exit(128 + signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        for number in HANDLED:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
        os.execvp(command[0], command)  # noqa: S606  # the command is the owner's, not a user's
    except OSError as error:
        os.write(2, f"{command[0]} could not be started: {error.strerror}.\n".encode())
    os._exit(127)


def _watch(child: int, pipe: int, signals: int) -> int:
    sources = [pipe, signals]
    steps: Iterator[tuple[int, float]] = iter(LAST_STEPS)
    timeout: float | None = None
    while True:
        ready, _, _ = select.select(sources, [], [], timeout)
        if signals in ready:
            for number in os.read(signals, 64):
                if number == signal.SIGCHLD and _has_ended(child):
                    return _collect(child)
                _pass_on(number, child)
        if pipe in ready:
            sources.remove(pipe)
        if pipe in ready or not ready:
            number, timeout = next(steps, (signal.SIGQUIT, None))
            _pass_on(number, child)


def _has_ended(child: int) -> bool:
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _pass_on(number: int, child: int) -> None:
    if number == signal.SIGQUIT:
        _kill_group(child)
    elif number != signal.SIGCHLD:
        os.kill(child, number)


def _collect(child: int) -> int:
    # Before the child is collected, while its number can't belong to anybody else.
    _kill_group(child)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status if status >= 0 else 128 - status


def _kill_group(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
