"""What a model's process may reach: what any program needs, its model, and where images lie.

Runs in the child before anything is imported that starts threads, so that it holds for all of them.
"""

import ctypes
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from inference.engine import landlock
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

_CAP_DAC_OVERRIDE: Final = 1 << 1
_CAPABILITY_VERSION_3: Final = 0x20080522


@dataclass(frozen=True)
class Reach:
    """Files that models' processes may reach beside their own, and some that they may not."""

    writes: Sequence[str | Path] = ()
    """Where images lie and results go; they must be there."""
    reads: Sequence[str | Path] = ()
    """More that may be read."""
    hidden: Sequence[str | Path] = ()
    """What holds secrets: left out of all that may be read because any program needs it."""

    def plus(self, *, reads: Iterable[Path] = (), writes: Iterable[Path] = ()) -> Self:
        """The same with more."""
        return type(self)((*self.writes, *writes), (*self.reads, *reads), self.hidden)

    def as_json(self) -> str:
        """As a child is told it."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `as_json` gave."""
        return cls(**json.loads(text))


MODEL_ALONE: Final = Reach()
"""Nothing beside the model."""


def is_possible() -> bool:
    """Whether this system can confine processes."""
    return landlock.version() > 0


def confine(reach: Reach) -> None:
    """Confine this process for good; where the system cannot, nothing happens.

    Raises:
        OSError: the system can, but does not.
    """
    if is_possible():
        landlock.restrict(_rules(reach))
        _drop_capabilities()


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


def _drop_capabilities() -> None:
    """Root keeps what it may do with files that Landlock leaves it, and nothing else of root."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()
    if libc.capget(header, sets):
        raise OSError(ctypes.get_errno(), "capget")
    kept = sets[1] & _CAP_DAC_OVERRIDE
    # Effective, permitted and inheritable, of the lower 32 capabilities and then of the others.
    if libc.capset(header, (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0)):
        raise OSError(ctypes.get_errno(), "capset")
