"""What a model's process may reach: what any program needs, its model, where images lie, and no
network but the ports that its model declares.

Runs in the child before anything is imported that starts threads, so that it holds for all of them.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from inference.engine import landlock, privileges, seccomp
from inference.engine.landlock import OPEN, READ, WRITE, Access

ROOT: Final = Path(__file__).resolve().parents[2]

_PACKAGES: Final = ("inference", "imagefile", "strictjson")
"""What a child imports of ours."""
_SYSTEM: Final = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix/store"),
    *("/proc", "/sys", "/run/opengl-driver", "/run/nvidia-persistenced", "/run/systemd/resolve"),
)
_CONFIGURATION: Final = (
    *("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "timezone"),
    *("passwd", "group", "nsswitch.conf", "hosts", "host.conf", "resolv.conf", "gai.conf"),
    *("services", "protocols", "ssl/certs", "pki/tls/certs", "pki/ca-trust", "ca-certificates"),
    *("fonts", "mime.types", "magic", "os-release", "OpenCL", "vulkan", "glvnd", "nvidia"),
)
"""Below /etc, which holds secrets as well."""
_DEVICES: Final = ("null", "zero", "full", "random", "urandom", "dri", "kfd", "dxg")
"""Below /dev, as are the files nvidia*."""
_SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # where POSIX keeps it
_NAME_SERVICE: Final = 53


@dataclass(frozen=True)
class Reach:
    """Files that models' processes may reach beside their own, and some that they may not."""

    writes: Sequence[str | Path] = ()
    """Where images lie and results go; they must be there."""
    reads: Sequence[str | Path] = ()
    """More that may be read."""
    hidden: Sequence[str | Path] = ()
    """What holds secrets: left out of all that may be read because any program needs it."""
    ports: Sequence[int] = ()
    """TCP ports, on any machine, that may be connected to; name servers are asked then as well."""

    def plus(
        self,
        *,
        reads: Iterable[Path] = (),
        writes: Iterable[Path] = (),
        ports: Iterable[int] = (),
    ) -> Self:
        """The same with more."""
        return type(self)(
            (*self.writes, *writes), (*self.reads, *reads), self.hidden, (*self.ports, *ports)
        )

    def as_json(self) -> str:
        """As a child is told it."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `as_json` gave."""
        return cls(**json.loads(text))


MODEL_ALONE: Final = Reach()
"""Nothing beside the model."""


def lacks() -> Mapping[str, str]:
    """What this system cannot keep models from: by a word, and in a sentence for people."""
    system = landlock.version()
    lacking = {}
    if not system:
        lacking["files"] = (
            "This system has no Landlock: models can read what this process can, and change it."
        )
    if not seccomp.is_possible():
        lacking["network"] = (
            "This system takes no filter of system calls (seccomp): models can use the network."
        )
    elif system < landlock.PORTS_SINCE:
        lacking["ports"] = (
            "This Linux tells no ports apart (Landlock 4, Linux 6.7): models that declare ports "
            "can connect to any."
        )
    if privileges.is_root() and not privileges.can_change_user():
        lacking["user"] = (
            "This process is root and may not change users (the capabilities SETUID, SETGID, KILL "
            "and DAC_OVERRIDE): models run as root."
        )
    if system < landlock.SIGNALS_SINCE and ("user" in lacking or not privileges.is_root()):
        lacking["signals"] = (
            "This Linux tells no signals apart (Landlock 6, Linux 6.12): models can end processes "
            "of the same user."
        )
    return lacking


def confine(reach: Reach) -> None:
    """Confine this process for good, in all that the system can; `lacks` tells what it cannot.

    Raises:
        OSError: the system can, but does not.
    """
    ports = (*reach.ports, _NAME_SERVICE) if reach.ports else ()
    # Found as who may look everywhere, held to by who may not.
    rules = list(_rules(reach)) if landlock.version() else []
    if sys.platform == "linux":
        privileges.drop()
    if rules:
        landlock.restrict(rules, ports)
    if seccomp.is_possible():
        seccomp.restrict(may_connect=bool(ports))


def _rules(reach: Reach) -> Iterator[tuple[Path, Access]]:
    hidden = [Path(path).resolve() for path in reach.hidden]
    configuration = (f"/etc/{name}" for name in _CONFIGURATION)
    for readable in (*_SYSTEM, *configuration, *_interpreter(), *reach.reads):
        for path in _without(Path(readable).resolve(), hidden):
            yield path, READ
    for package in _PACKAGES:
        yield ROOT / package, READ
    # Python looks into it for packages by name.
    yield ROOT, Access.READ_DIR
    for device in (*(Path("/dev", name) for name in _DEVICES), *Path("/dev").glob("nvidia*")):
        yield device, OPEN
    for writable in (*_without(_SHARED_MEMORY, hidden), *reach.writes):
        yield Path(writable), WRITE


def _interpreter() -> Iterator[str]:
    """Where Python and what is installed for it lie."""
    yield from {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    yield os.path.dirname(os.path.realpath(sys.executable))  # noqa: PTH120
    yield from (path for path in sys.path if path and Path(path).resolve() != ROOT)


def _without(path: Path, hidden: Sequence[Path]) -> Iterator[Path]:
    """The path, or what is below it but the hidden ones, as few paths as possible."""
    if any(path.is_relative_to(one) for one in hidden):
        return
    if not any(one.is_relative_to(path) for one in hidden):
        yield path
        return
    try:
        entries = sorted(path.iterdir())
    except OSError:
        return
    for entry in entries:
        if not entry.is_symlink():
            yield from _without(entry, hidden)
