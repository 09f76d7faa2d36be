"""What a container's health check says of a process."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from project.env import ROOT


class Answering(BaseHTTPRequestHandler):
    """Knows both addresses, under one name."""

    def do_GET(self) -> None:  # as its base names it
        known = self.path in {"/healthz", "/metrics"}
        self.send_response(200 if known and self.headers["Host"] == "photos.example" else 400)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.mark.parametrize("role", ["web", "worker"])
def test_a_process_that_answers_is_healthy(role: str) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = str(server.server_port)
        done = subprocess.run(
            [sys.executable, "-m", "project.up.healthy", role],
            cwd=ROOT,
            env={"PORT": port, "METRICS_PORT": port, "ALLOWED_HOSTS": ".photos.example"},
            check=False,
            timeout=60,
        )
        server.shutdown()
    assert done.returncode == 0


@pytest.mark.parametrize("role", ["web", "worker"])
def test_a_process_that_does_not_answer_is_not_healthy(role: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "project.up.healthy", role],
        cwd=ROOT,
        env={"PORT": "1", "METRICS_PORT": "1"},
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
