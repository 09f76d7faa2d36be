"""What processes use, by their role: processor time and memory."""

import contextlib
from collections import Counter
from collections.abc import Mapping
from typing import Final

import psutil

MIB: Final = 1 << 20

ROLES: Final[Mapping[str, str]] = {
    "inference.engine.child.main": "child",
    "leash.py": "leash",
    "runworker": "worker",
    "manage.py web": "web",
    "manage.py up": "supervisor",
    "redis.sock": "redis",
    "postgres": "postgres",
}
"""What a command line holds, and the role of its process: the first that fits."""

DARKROOM_ROLES: Final = ("web", "worker", "child", "postgres", "redis", "supervisor", "generator")
"""Those that figures are told of one by one."""


def role_of(command: str, default: str) -> str:
    """The role of the process with this command line."""
    return next((role for mark, role in ROLES.items() if mark in command), default)


class Processes:
    """A process and everything under it."""

    def __init__(self, *pids: int, default_role: str = "other") -> None:
        self._roots = [psutil.Process(pid) for pid in pids]
        self._default_role = default_role
        self._roles: dict[int, str] = {}

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time used so far, by role. That of processes that have ended is not in it."""
        used: dict[str, float] = {}
        for role, process in self._members():
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                used[role] = used.get(role, 0.0) + times.user + times.system
        return used

    def memory_mib(self) -> dict[str, dict[str, float]]:
        """Resident (RSS) and proportional (PSS) memory by role, in MiB."""
        found: dict[str, Counter[str]] = {}
        for role, process in self._members():
            # What hides its memory shows its parts to root alone.
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                memory = process.memory_full_info()
                row = found.setdefault(role, Counter())
                row.update(rss=memory.rss, pss=memory.pss)
        return {
            role: {key: round(value / MIB, 1) for key, value in row.items()}
            for role, row in found.items()
        }

    def _members(self) -> list[tuple[str, psutil.Process]]:
        members = []
        for root in self._roots:
            for process in (root, *root.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    members.append((self._role(process), process))
        return members

    def _role(self, process: psutil.Process) -> str:
        known = self._roles.get(process.pid)
        if known is None:
            known = role_of(" ".join(process.cmdline()), self._default_role)
            # Between fork and exec a process has its parent's command line: asked for again then.
            if known != "leash":
                self._roles[process.pid] = known
        return known
