"""The commands as processes, as a person or a script runs them."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import client
from tests.fakes.server import FakeServer

ROOT = Path(client.__file__).parent.parent
SIGN_IN = {"DARKROOM_USERNAME": "ann", "DARKROOM_PASSWORD": "a-good-password"}


def _heed_interrupts() -> None:
    # Tests in the background ignore SIGINT, and what they start inherits that.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


async def start(server: FakeServer, *words: object, **env: str) -> Process:
    known = {"PYTHONPATH": str(ROOT), "DARKROOM_URL": server.url, **(env or SIGN_IN)}
    command = [sys.executable, "-m", "client.cli", *map(str, words)]
    return await asyncio.create_subprocess_exec(
        *command, env=known, stdin=PIPE, stdout=PIPE, stderr=PIPE, preexec_fn=_heed_interrupts
    )


async def outcome(process: Process) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    out, err = await process.communicate()
    assert process.returncode is not None
    assert b"Traceback" not in err
    return process.returncode, out.decode(), err.decode()


async def run(server: FakeServer, *words: object, **env: str) -> tuple[int, str, str]:
    return await outcome(await start(server, *words, **env))
