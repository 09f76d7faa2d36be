"""The supervisor starts, restarts, labels and stops; and leaves nothing behind."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.up.toys import ToyUp

# They wait for the signal itself: a handler whose signal comes just before a sleep begins runs
# only after it.
SLEEPER = "import os, time; print('pid', os.getpid()); time.sleep(3600)"
POLITE = """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
print('pid', os.getpid())
signal.sigwait({signal.SIGTERM})
print('leaving')
"""
STUBBORN = """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
print('pid', os.getpid())
while True:
    signal.sigwait({signal.SIGTERM})
    print('no')
"""
HURRIED = """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
print('pid', os.getpid())
for number in (1, 2):
    signal.sigwait({signal.SIGTERM})
    print('asked', number)
"""
PARENT = f"""
import subprocess, sys, time
subprocess.Popen([sys.executable, '-S', '-c', {STUBBORN!r}])
time.sleep(3600)
"""


Start = Callable[..., ToyUp]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def gone(pid: int, within: float = 10) -> bool:
    """Whether the process ends within that many seconds."""
    deadline = time.monotonic() + within
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


def test_lines_carry_aligned_labels_and_no_colors_off_a_terminal(toy_up: Start) -> None:
    up = toy_up(servers={"web": "print('one'); print('two')", "worker": SLEEPER})
    seen = up.lines.until("two")
    assert "web    | one" in seen
    assert seen[-1] == "web    | two"


def test_a_program_that_dies_is_started_again_after_growing_waits(toy_up: Start) -> None:
    up = toy_up(servers={"web": "import sys; print('here'); sys.exit(3)"})
    waits = [up.lines.until("ended with status 3")[-1].rsplit(" ", 2)[1] for _ in range(4)]
    assert waits == ["0.05", "0.1", "0.2", "0.2"]


def test_a_killed_program_comes_back(toy_up: Start) -> None:
    up = toy_up(servers={"worker": SLEEPER})
    first = up.pid_of("worker")
    os.kill(first, signal.SIGKILL)
    assert "ended with status 137" in up.lines.until("starts again")[-1]
    assert up.pid_of("worker") != first


def test_servers_start_when_the_set_up_has_ended(toy_up: Start) -> None:
    up = toy_up(
        setup={"setup": "import time; time.sleep(0.3); print('tables made')"},
        servers={"web": "print('hello')"},
    )
    assert "setup | tables made" in up.lines.until("hello")


def test_no_server_starts_where_the_set_up_fails(toy_up: Start, tmp_path: Path) -> None:
    started = tmp_path / "started"
    touch = f"open({str(started)!r}, 'w')"
    up = toy_up(
        services={
            "redis": f"import os, time; print('pid', os.getpid()); {touch}; time.sleep(3600)"
        },
        setup={
            "setup": f"""
import os, sys, time
while not os.path.exists({str(started)!r}):
    time.sleep(0.02)
print('no database')
sys.exit(3)
"""
        },
        servers={"web": "print('hello')"},
    )
    redis = up.pid_of("redis")
    seen = up.lines.rest()
    assert "setup | no database" in seen
    assert seen[-1] == "The setup failed: the lines above say why."
    assert not any("hello" in line for line in seen)
    assert gone(redis)


def test_a_set_up_that_is_interrupted_is_ended(toy_up: Start) -> None:
    up = toy_up(setup={"setup": SLEEPER}, servers={"web": "print('hello')"})
    pid = up.pid_of("setup")
    up.send(signal.SIGINT)
    assert not any("hello" in line or "failed" in line for line in up.lines.rest())
    assert up.process.wait(10) == 0
    assert gone(pid)


def test_a_program_that_can_not_start_says_why(toy_up: Start) -> None:
    up = toy_up(servers={"web": "import os, sys; os.execvp('/no/such/program', ['x'])"})
    assert "No such file" in up.lines.until("FileNotFoundError")[-1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_servers_stop_before_the_services_they_use(toy_up: Start, number: int) -> None:
    up = toy_up(services={"redis": POLITE}, servers={"web": POLITE, "worker": POLITE})
    pids = up.pids(3)
    up.send(number)
    seen = up.lines.rest()
    leaving = [line.split(" | ")[0].strip() for line in seen if line.endswith("| leaving")]
    assert sorted(leaving[:2]) == ["web", "worker"]
    assert leaving[2:] == ["redis"]
    assert up.process.wait(10) == 0
    assert not any(is_alive(pid) for pid in pids)


def test_a_second_signal_tells_servers_to_hurry(toy_up: Start) -> None:
    up = toy_up(servers={"worker": HURRIED})
    up.pid_of("worker")
    up.send(signal.SIGINT)
    up.lines.until("asked 1")
    up.send(signal.SIGINT)
    up.lines.until("asked 2")
    assert up.process.wait(10) == 0


def test_a_third_signal_kills(toy_up: Start) -> None:
    up = toy_up(servers={"worker": STUBBORN}, timeout=60)
    pid = up.pid_of("worker")
    up.send(signal.SIGTERM)
    up.lines.until("| no")
    up.send(signal.SIGTERM)
    up.lines.until("| no")
    up.send(signal.SIGTERM)
    assert up.process.wait(10) == 0
    assert not is_alive(pid)


def test_a_program_that_does_not_stop_in_time_is_killed(toy_up: Start) -> None:
    up = toy_up(servers={"worker": STUBBORN}, timeout=0.3)
    pid = up.pid_of("worker")
    up.send(signal.SIGTERM)
    assert up.process.wait(10) == 0
    assert not is_alive(pid)


def test_a_stop_during_the_wait_before_a_restart_is_immediate(toy_up: Start) -> None:
    up = toy_up(servers={"web": "import sys; sys.exit(1)"})
    up.lines.until("starts again in 0.2 s")
    up.send(signal.SIGTERM)
    assert up.process.wait(5) == 0


def test_killing_the_supervisor_leaves_no_process_behind(toy_up: Start) -> None:
    up = toy_up(services={"redis": SLEEPER}, servers={"web": POLITE, "worker": STUBBORN})
    pids = up.pids(3)
    up.send(signal.SIGKILL)
    assert all(gone(pid) for pid in pids)


def test_a_program_takes_its_children_along(toy_up: Start) -> None:
    up = toy_up(servers={"worker": PARENT})
    grandchild = up.pid_of("worker")
    up.send(signal.SIGTERM)
    assert up.process.wait(10) == 0
    assert gone(grandchild)


@pytest.mark.skipif(sys.platform != "linux", reason="PDEATHSIG is Linux's")
def test_killing_a_leash_kills_its_program(toy_up: Start) -> None:
    up = toy_up(servers={"worker": SLEEPER})
    pid = up.pid_of("worker")
    leash = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(leash, signal.SIGKILL)
    assert gone(pid)
    assert up.pid_of("worker") != pid
