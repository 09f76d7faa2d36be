"""What counts as the work of a process."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inference.engine.work_clock import WorkClock
from tests.busy_core import busy_core

COMPUTE = """
import os, sys, time
os.sched_setaffinity(0, {int(sys.argv[1])})
print(flush=True)
sys.stdin.readline()
while time.process_time() < 0.5:
    pass
print(flush=True)
sys.stdin.readline()
"""

needs_schedstat = pytest.mark.skipif(
    not Path("/proc/self/schedstat").exists(), reason="This system does not tell who waits."
)


@pytest.mark.slow
@needs_schedstat
def test_waiting_for_a_core_is_not_counted() -> None:
    with busy_core() as core:
        command = [sys.executable, "-c", COMPUTE, str(core)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, bufsize=0) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdout.readline()
            clock, began = WorkClock(process.pid), time.monotonic()
            clock.seconds()
            process.stdin.write(b"\n")
            process.stdout.readline()
            worked, passed = clock.seconds(), time.monotonic() - began
            process.stdin.write(b"\n")
    assert passed > 1
    assert worked < passed / 2


def test_sleeping_is_counted() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        clock = WorkClock(process.pid)
        time.sleep(0.5)
        assert clock.seconds() > 0.2
        process.kill()


def test_a_restart_begins_anew() -> None:
    clock = WorkClock(os.getpid())
    time.sleep(0.5)
    before = clock.seconds()
    clock.restart()
    assert clock.seconds() < before


async def test_it_tells_when_so_much_was_worked() -> None:
    clock, began = WorkClock(os.getpid()), time.monotonic()
    await clock.passed(0.2)
    assert time.monotonic() - began >= 0.2
    assert clock.seconds() > 0.2


def test_where_the_system_does_not_tell_all_time_is_counted() -> None:
    clock, began = WorkClock(2**30), time.monotonic()
    while time.monotonic() < began + 0.1:
        pass
    assert clock.seconds() > 0.1
