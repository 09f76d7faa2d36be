"""A core for which many compete."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

COMPETITORS: Final = 3

_BURN: Final = """
import os, sys
os.sched_setaffinity(0, {int(sys.argv[1])})
print(flush=True)
while True:
    pass
"""


@contextmanager
def busy_core() -> Iterator[int]:
    """The number of a core on which several processes compute as long as the block runs."""
    core = min(os.sched_getaffinity(0))
    command = [sys.executable, "-c", _BURN, str(core)]
    with ExitStack() as stack:
        for _ in range(COMPETITORS):
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE))
            stack.callback(process.kill)
            assert process.stdout is not None
            process.stdout.readline()
        yield core
