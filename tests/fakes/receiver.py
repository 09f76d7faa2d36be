"""A user's own server that webhooks are sent to, with trouble by the path that is asked for."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """`/ok` takes messages, `/500` and `/410` do not, `/redirect` points to `/ok`, `/hang` says
    nothing until it is let go, `/flood` answers without an end, `/hints` with hints without an
    end."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.let_go = threading.Event()
        self._come = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append(Received(self.path, dict(self.headers.items()), body))
                receiver._come.set()
                receiver.answer(self)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answers one request as its path says."""
        name = request.path.rpartition("/")[2]
        if name == "hang":
            self.let_go.wait(30)
        while name == "hints":
            try:
                request.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000)
            except OSError:
                return
        status = {"redirect": 302, "500": 500, "410": 410}.get(name, 200)
        request.send_response(status)
        if name == "redirect":
            request.send_header("Location", f"{self.url}/ok")
        request.end_headers()
        while name == "flood":
            try:
                request.wfile.write(b"x" * 65536)
            except OSError:
                return

    async def until(self, path: str) -> None:
        """Returns once a message has come to this path."""
        while path not in self.paths():
            self._come.clear()
            await asyncio.to_thread(self._come.wait, 1)

    def paths(self) -> list[str]:
        return [one.path for one in self.received]

    @contextmanager
    def running(self) -> Iterator["Receiver"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.let_go.set()
            self._server.shutdown()
            self._server.server_close()
