"""Machines within this one: each a network namespace with a disk of its own, joined by a bridge.

Nothing but iproute2, util-linux and root is needed. A link is cut as a cable is: packets between
the two vanish, without a word to either.
"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

import pytest

NOBODY: Final = "02:00:00:00:00:fe"
"""The hardware address of no machine here."""
DISK_SIZE: Final = "256m"


class CannotMakeHosts(Exception):
    """This system lets us make no namespaces."""


@dataclass(frozen=True)
class Host:
    """One machine."""

    name: str
    address: str
    namespace: str
    disk: Path
    """Where its own disk is, as seen from within: a path that all hosts have, each with its own."""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def spawn(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Starts a program there; its process id is the program's own."""
        on_its_disk = f'mount -t tmpfs -o size={DISK_SIZE} disk "$0" && exec "$@"'
        there = ["ip", "netns", "exec", self.namespace, "unshare", "--mount"]
        with log.open("ab") as out:
            process = subprocess.Popen(
                [*there, "sh", "-c", on_its_disk, str(self.disk), *command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=Path(__file__).resolve().parents[2],
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def files(self) -> set[str]:
        """The keys of the files on the disk of its first program."""
        seen = Path(f"/proc/{self.processes[0].pid}/root{self.disk}")
        found = (path for path in seen.glob("media/[0-9]*/**/*") if path.is_file())
        return {str(path.relative_to(seen / "media")) for path in found}

    def kill(self) -> None:
        """kill -9 of all that runs there, also of what a program has left behind."""
        for process in self.processes:
            process.kill()
            process.wait()
        left = ip("netns", "pids", self.namespace).split()
        for pid in map(int, left):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


class Network:
    """Hosts that reach each other, and are reached from here, until a link is cut."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tag = f"dr{os.getpid()}"
        self._subnet = f"10.213.{random.SystemRandom().randrange(256)}"
        self._lan = f"{self._tag}-lan"
        self.hosts: dict[str, Host] = {}
        ip("netns", "add", self._lan)
        ip("-n", self._lan, "link", "add", "lan", "type", "bridge")
        ip("-n", self._lan, "link", "set", "lan", "up")
        ip("link", "add", self._tag, "type", "veth", "peer", "name", "here", "netns", self._lan)
        self._plug_in("here")
        ip("address", "add", f"{self._subnet}.1/24", "dev", self._tag)
        ip("link", "set", self._tag, "up")

    def host(self, name: str) -> Host:
        """One more machine."""
        number = len(self.hosts) + 2
        address, namespace = f"{self._subnet}.{number}", f"{self._tag}-{name}"
        disk = self._folder / "disk"
        disk.mkdir(exist_ok=True)
        made = self.hosts[name] = Host(name, address, namespace, disk)
        ip("netns", "add", namespace)
        peer = ("peer", "name", name, "netns", self._lan)
        ip("-n", namespace, "link", "add", "eth0", "type", "veth", *peer)
        self._plug_in(name)
        ip("-n", namespace, "address", "add", f"{address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            ip("-n", namespace, "link", "set", device, "up")
        return made

    def _plug_in(self, name: str) -> None:
        ip("-n", self._lan, "link", "set", name, "master", "lan", "up")

    def cut(self, one: Host, other: Host) -> None:
        """Lets nothing pass between the two any more, either way."""
        for here, there in ((one, other), (other, one)):
            to_nobody = ("lladdr", NOBODY, "dev", "eth0", "nud", "permanent")
            ip("-n", here.namespace, "neighbour", "replace", there.address, *to_nobody)

    def heal(self, one: Host, other: Host) -> None:
        """Lets everything pass again."""
        for here, there in ((one, other), (other, one)):
            ip("-n", here.namespace, "neighbour", "delete", there.address, "dev", "eth0")

    def close(self) -> None:
        """Ends everything, and takes the machines away."""
        for host in self.hosts.values():
            host.kill()
        for namespace in (*(host.namespace for host in self.hosts.values()), self._lan):
            ip("netns", "delete", namespace)


@contextmanager
def network(folder: Path) -> Iterator[Network]:
    """A network without hosts; they and all that runs on them end with the block.

    Raises:
        CannotMakeHosts: with what is missing, in one sentence.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        raise CannotMakeHosts("Network namespaces are made by root on Linux alone.")
    need("ip", "unshare", "setpriv")
    try:
        made = Network(folder)
    except subprocess.CalledProcessError as error:
        raise CannotMakeHosts(f"No namespace can be made: {error.stderr}") from error
    try:
        yield made
    finally:
        made.close()


def need(*programs: str) -> None:
    """Raises CannotMakeHosts where one of them is missing."""
    for program in programs:
        if shutil.which(program) is None:
            raise CannotMakeHosts(f"There is no program {program!r}.")


def not_here(problem: CannotMakeHosts) -> NoReturn:
    """Leaves a test out, loudly; under STRICT a failure where namespaces might be made."""
    print(f"*** Not proven here: {problem} ***", file=sys.__stdout__)
    may_make_some = sys.platform == "linux" and os.geteuid() == 0
    (pytest.skip if may_make_some else pytest.xfail)(str(problem))


def ip(*arguments: str) -> str:
    """What iproute2's `ip` prints; it must succeed."""
    done = subprocess.run(
        ["ip", *arguments], check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    return done.stdout
