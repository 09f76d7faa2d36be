"""The parent's end of a child process: starting it, talking to it, ending it."""

import asyncio
import contextlib
import logging
import os
import re
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from inference.engine import wire
from inference.engine.confinement import ROOT, Reach
from inference.engine.messages import Begun, FromChild
from inference.engine.phase_record import PhaseReader
from inference.engine.pipe import Pipe
from inference.engine.printed import Printed, reading
from inference.engine.remote import Infer
from inference.engine.temporary_folder import TemporaryFolder
from inference.engine.to_child import ToChild

MODEL_PROGRAM = "inference.engine.child.main"
EXIT_SECONDS = 5.0
MEMORY_WATCH_SECONDS = 0.2
KEPT_VARIABLES = ("PATH", "LANG", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES")
NETWORK_VARIABLES = {"RES_OPTIONS": "use-vc", "GRPC_DNS_RESOLVER": "native"}
"""Name servers are asked by TCP, the one protocol that is left."""
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
WAITING_VARIABLES = {"OMP_WAIT_POLICY": "PASSIVE"}
"""PyTorch's threads sleep while they wait: spinning they take the cores from everybody else."""

logger = logging.getLogger(__name__)
_from_child: TypeAdapter[FromChild] = TypeAdapter(FromChild)


class ChildGone(Exception):
    """The child process ended, or talks nonsense and was ended."""


class ChildProcess:
    """A running `inference.engine.child.main`, or another program that talks as that does."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        pipe: Pipe,
        home: TemporaryFolder,
        printed: Printed,
        phases: PhaseReader,
    ) -> None:
        self._process = process
        self._home = home
        self._phases = phases
        self._batches = 0
        self._pipe = pipe
        self._printed = printed
        self.device = ""
        """Where it computes, as it said when it was ready: `cpu`, `cuda:0`, `remote`."""
        self.infer: Infer | None = None
        """Asks the server that computes its model; None: it computes by itself."""

    @classmethod
    async def start(
        cls, threads: int, reach: Reach, program: str = MODEL_PROGRAM
    ) -> "ChildProcess":
        """Start one that uses this many cores and can reach these files, beside a folder of its own
        for what is temporary.

        To be called on the main thread's event loop: Linux ends a child with the thread that
        started it.

        Raises:
            OSError: the system has no room for another process.
        """
        with contextlib.ExitStack() as undo:
            home = TemporaryFolder()
            undo.callback(home.remove)
            phases = PhaseReader(home.path)
            undo.callback(phases.close)
            reach = reach.plus(writes=[home.path])
            child = await cls._start(program, threads, reach, home, phases)
            undo.pop_all()
            return child

    @classmethod
    async def _start(
        cls,
        program: str,
        threads: int,
        reach: Reach,
        home: TemporaryFolder,
        phases: PhaseReader,
    ) -> "ChildProcess":
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        with theirs:
            # Connected before there is a process, so that being canceled in between leaves none.
            _, pipe = await asyncio.get_running_loop().create_unix_connection(Pipe, sock=ours)
            printed, writes_to = await reading()
            try:
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-P",
                    "-m",
                    program,
                    str(theirs.fileno()),
                    str(phases.descriptor),
                    str(os.getpid()),
                    reach.as_json(),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=writes_to,
                    stderr=writes_to,
                    env=_environment(threads, home.path),
                    pass_fds=[theirs.fileno(), phases.descriptor],
                )
            except BaseException:
                pipe.close()
                raise
            finally:
                os.close(writes_to)
        return cls(process, pipe, home, printed, phases)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it neither ended nor hung up, as far as is known."""
        return self._process.returncode is None and self._pipe.is_open

    def works_at(self, **fields: Any) -> None:
        """What log lines have beside what it prints from now on."""
        self._printed.about = {"child": self.pid, **fields}

    def hold(self, message: ToChild) -> None:
        """Have a message go out with the next one that is sent, in one write.

        Raises:
            WireError: it is too large.
        """
        self._pipe.hold(message, wire.MAX_BYTES_TO_CHILD)

    def send(self, message: ToChild) -> None:
        """Send a message; one to a child that is gone is lost, which `receive` then tells.

        Raises:
            WireError: it is too large.
        """
        self._pipe.send(message, wire.MAX_BYTES_TO_CHILD)

    def compute(self) -> None:
        """Have it compute what was held, which is its next batch."""
        self._batches += 1
        self.send({"type": "compute"})

    def begun(self) -> Begun | None:
        """What it has begun with last of its latest batch; None: nothing."""
        begun = self._phases.read()
        return begun if begun and begun["batch"] == self._batches else None

    async def receive(self) -> FromChild:
        """Its next message.

        Raises:
            ChildGone: there will be none.
        """
        try:
            return _from_child.validate_python(await self._pipe.receive())
        except (EOFError, OSError) as error:
            raise ChildGone("The child hung up.") from error
        except (wire.WireError, ValidationError) as error:
            logger.warning("Child %s sent what is not a message: %s", self.pid, error)
            raise ChildGone("The child sent what is not a message.") from error

    def memory_bytes(self) -> int:
        """Its resident memory, seen from outside; 0: the system does not tell, or it is gone."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    async def outgrown(self, limit_bytes: int) -> None:
        """Returns once it uses more than that. Seen from outside, since code that swaps or hangs in
        the middle of an allocation cannot watch itself."""
        while self.memory_bytes() <= limit_bytes:  # noqa: ASYNC110  # memory sets no event
            await asyncio.sleep(MEMORY_WATCH_SECONDS)

    def kill(self) -> None:
        """End it at once, whatever it does; one that hung up is left to end by itself, or by
        `close`, which can then tell how it did."""
        if self.is_alive:
            self._process.kill()

    async def close(self) -> str:
        """Hang up, end it, and tell how it ended: `status 3`, `SIGSEGV`."""
        self._pipe.close()
        try:
            await asyncio.wait_for(self._process.wait(), EXIT_SECONDS)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._phases.close()
        await self._printed.close()
        await asyncio.to_thread(self._home.remove)
        code = self._process.returncode or 0
        return f"status {code}" if code >= 0 else signal.Signals(-code).name


def available_bytes() -> int:
    """How much memory this machine could still give; plenty where the system does not tell."""
    try:
        told = Path("/proc/meminfo").read_text()
    except OSError:
        return sys.maxsize
    found = re.search(r"^MemAvailable:\s+(\d+) kB$", told, re.MULTILINE)
    return int(found[1]) << 10 if found else sys.maxsize


def _environment(threads: int, home: Path) -> dict[str, str]:
    # No secret of ours is in reach of code that decodes hostile files.
    ours = os.environ  # noqa: TID251  # handed on, not read as settings
    kept = {
        name: value
        for name, value in ours.items()
        if name in KEPT_VARIABLES or name.startswith("LC_")
    }
    own = {"PYTHONPATH": str(ROOT), "HOME": str(home), "TMPDIR": str(home)}
    # Libraries ask for the name of whose process it is, and its user may have none.
    own |= {"LOGNAME": "darkroom-model"} | NETWORK_VARIABLES
    # What a model prints is told before it crashes.
    own |= {"PYTHONUNBUFFERED": "1"}
    return kept | own | WAITING_VARIABLES | dict.fromkeys(THREAD_VARIABLES, str(threads))
