"""Toy processes: a server around a toy application, a supervisor over toy programs."""

import json
import multiprocessing
import os
import queue
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

from tests.unit.up import toy_server

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent
FORKS = multiprocessing.get_context("forkserver")
# Half a second for every server otherwise; the reactor is each one's own, and is not among them.
FORKS.set_forkserver_preload(
    ["twisted.internet.asyncioreactor", "twisted.web.http", "autobahn.websocket.protocol"]
)


class Lines:
    """A process's output, as a stream of lines to wait for."""

    def __init__(self, output: IO[str] | None) -> None:
        assert output is not None
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, args=(output,), daemon=True).start()

    def _read(self, output: IO[str]) -> None:
        with output:
            for line in output:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def until(self, text: str, timeout: float = 20) -> list[str]:
        """Every line up to the first that contains `text`."""
        seen: list[str] = []
        while True:
            line = self._lines.get(timeout=timeout)
            assert line is not None, f"ended without {text!r}: {seen}"
            seen.append(line)
            if text in line:
                return seen

    def quiet(self, seconds: float) -> bool:
        """Whether no line arrives for `seconds`, once those that are on their way are read."""
        try:
            self._lines.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def rest(self) -> list[str]:
        """Every line until the end."""
        seen = []
        while (line := self._lines.get(timeout=20)) is not None:
            seen.append(line)
        return seen


class ToyServer:
    """A running toy server, in a process of its own."""

    def __init__(self, options: dict[str, Any]) -> None:
        mine, its = FORKS.Pipe(duplex=False)
        self.process = FORKS.Process(target=toy_server.serve, args=(options, its), daemon=True)
        self.process.start()
        its.close()
        self.lines = Lines(os.fdopen(os.dup(mine.fileno())))
        mine.close()
        self.port = int(self.lines.until("")[0])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def talk(self, sent: bytes) -> bytes:
        """Everything the server answers to `sent` on a connection of its own."""
        with self.connect() as connection:
            connection.sendall(sent)
            return read_all(connection)

    def terminate(self) -> None:
        self.process.terminate()

    def wait(self, seconds: float) -> int | None:
        """The exit status, or None while it still runs after so long."""
        self.process.join(seconds)
        return self.process.exitcode

    def access_line(self) -> dict[str, Any]:
        """The next line of the access log."""
        line: dict[str, Any] = json.loads(self.lines.until("access ")[-1].removeprefix("access "))
        return line


class ToyUp:
    """A running supervisor."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "toy_up.py"), json.dumps(options)],
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = Lines(self.process.stdout)

    def pid_of(self, label: str) -> int:
        """The process number that program `label` prints when it starts."""
        while True:
            line = self.lines.until(" | pid ")[-1]
            if line.split(" | ")[0].strip() == label:
                return int(line.split()[-1])

    def pids(self, count: int) -> list[int]:
        """The process numbers that the next `count` programs print when they start."""
        return [int(self.lines.until(" | pid ")[-1].split()[-1]) for _ in range(count)]

    def send(self, number: int) -> None:
        self.process.send_signal(number)


def read_all(connection: socket.socket) -> bytes:
    """What arrives until the other side closes."""
    received = b""
    while piece := connection.recv(65_536):
        received += piece
    return received
