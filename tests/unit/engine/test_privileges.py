"""What processes hide from their own user, and what is told where the system cannot confine."""

import ctypes
import os
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest

from inference.engine import confinement, landlock, privileges, seccomp
from inference.engine.engine import Engine
from tests.unit.engine.conftest import LIMITS

NOBODY = 65_534
_PR_SET_DUMPABLE = 4


def as_nobody(work: Callable[[], bool]) -> int:
    """A forked process of an ordinary user that ends with 0 where `work` gives true."""
    pid = os.fork()
    if pid:
        return pid
    try:
        if os.getuid() == 0:
            os.setresuid(NOBODY, NOBODY, NOBODY)
            # As after an ordinary start; a change of users alone hides a process too.
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)
        os._exit(0 if work() else 1)
    except BaseException:
        os._exit(2)


def ended_well(pid: int) -> bool:
    return os.waitpid(pid, 0)[1] == 0


@contextmanager
def process(*, hidden: bool):  # type: ignore[no-untyped-def]
    """A process of an ordinary user that does nothing."""
    ready, told = os.pipe()
    stays, leave = os.pipe()

    def stay() -> bool:
        os.close(leave)
        if hidden:
            privileges.hide()
        os.write(told, b"!")
        return os.read(stays, 1) == b""

    pid = as_nobody(stay)
    os.close(stays)
    try:
        assert os.read(ready, 1) == b"!"
        yield pid
    finally:
        os.close(leave)
        assert ended_well(pid)
        os.close(ready)
        os.close(told)


def can_read(name: str, pid: int) -> bool:
    path = Path(f"/proc/{pid}/{name}")

    def read() -> bool:
        if path.is_dir():
            return bool([one.readlink() for one in path.iterdir()])
        return os.open(path, os.O_RDONLY) > 0

    return ended_well(as_nobody(read))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows processes as files")
@pytest.mark.parametrize("name", ["environ", "mem", "fd", "maps"])
def test_what_hides_is_closed_to_its_own_user(name: str) -> None:
    with process(hidden=False) as pid:
        assert can_read(name, pid) or name == "mem"
    with process(hidden=True) as pid:
        assert not can_read(name, pid)


@pytest.mark.parametrize(
    ("has_landlock", "has_seccomp", "root", "words"),
    [
        (7, True, "changes users", []),
        (7, True, "no", []),
        (5, True, "changes users", []),
        (5, True, "no", ["signals"]),
        (3, True, "no", ["ports", "signals"]),
        (7, False, "no", ["network"]),
        (7, True, "stays", ["user"]),
        (0, False, "stays", ["files", "network", "user", "signals"]),
    ],
)
async def test_what_the_system_cannot_do_is_named_and_logged_once(
    has_landlock: int,
    has_seccomp: bool,
    root: str,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(landlock, "version", lambda: has_landlock)
    monkeypatch.setattr(seccomp, "is_possible", lambda: has_seccomp)
    monkeypatch.setattr(privileges, "is_root", lambda: root != "no")
    monkeypatch.setattr(privileges, "can_change_user", lambda: root == "changes users")
    assert list(confinement.lacks()) == words
    engine = Engine([], LIMITS)
    await engine.start()
    await engine.stop(0)
    assert [one.message for one in caplog.records] == list(confinement.lacks().values())
