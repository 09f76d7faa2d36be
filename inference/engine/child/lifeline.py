"""What ties a child process to its parent's life, and keeps others from what is in it."""

import ctypes
import faulthandler
import os
import resource
import signal
import sys

from inference.engine import privileges

PR_SET_PDEATHSIG = 1


def guard(parent: int) -> None:
    """Make this process end with `parent` (its process id), and with nothing but its parent.

    Ctrl-C and a supervisor's SIGTERM reach the whole process group: the parent alone decides what
    they mean for a running batch. Elsewhere than on Linux the closed socket alone ends the child.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    faulthandler.enable()
    # A core file would hold a user's image.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    privileges.hide()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        end()


def end() -> None:
    """End this process at once, whatever its threads are doing."""
    os._exit(0)
