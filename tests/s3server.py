"""A real S3 server from a wheel, and a proxy before it that makes trouble."""

import contextlib
import os
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

import boto3
import httpx

from tests.darkroom import until
from uploads.storage.volume import MARKER

BUCKET = "photos"
PREFIX = "darkroom"
SECRET = "test"  # the one by which the server checks presigned addresses
SETTINGS = {
    "S3_BUCKET": BUCKET,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_REGION": "us-east-1",
}


class Trouble(Enum):
    """What the proxy does with a connection."""

    NONE = auto()
    REFUSE = auto()
    """It is closed at once."""
    HANG = auto()
    """Nothing comes back."""
    CUT = auto()
    """What is sent gets no further than 20,000 bytes."""
    BUSY = auto()
    """Everything is answered with 503."""


class Proxy(socketserver.ThreadingTCPServer):
    """Passes bytes on to a server, or makes trouble with connections, also those that are open."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, target: int) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target = target
        self.trouble = Trouble.NONE
        self._open: set[socket.socket] = set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def begin(self, connection: socket.socket) -> None:
        """Notes a connection that `cut_all` shall end."""
        self._open.add(connection)

    def cut_all(self) -> None:
        """Ends every connection that there is, in mid-answer."""
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Passing(socketserver.BaseRequestHandler):
    server: Proxy

    def handle(self) -> None:
        self.server.begin(self.request)
        with socket.create_connection(("127.0.0.1", self.server.target)) as onward:
            back = threading.Thread(target=self._pass_back, args=(onward,), daemon=True)
            back.start()
            sent = 0
            while data := self._received():
                trouble = self.server.trouble
                sent += len(data)
                if trouble is Trouble.REFUSE or (trouble is Trouble.CUT and sent > 20_000):
                    break
                if trouble is Trouble.HANG:
                    while self.server.trouble is Trouble.HANG:
                        time.sleep(0.05)
                    break
                if trouble is Trouble.BUSY:
                    self.request.sendall(
                        b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    )
                    break
                onward.sendall(data)
            onward.shutdown(socket.SHUT_RDWR)

    def _received(self) -> bytes:
        try:
            data: bytes = self.request.recv(65_536)
        except OSError:
            return b""
        return data

    def _pass_back(self, onward: socket.socket) -> None:
        try:
            while data := onward.recv(65_536):
                self.request.sendall(data)
            self.request.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


@dataclass(frozen=True)
class S3Server:
    """A running server with a bucket, and the proxy by which it is reached."""

    proxy: Proxy
    client: Any
    """Boto's own, past the proxy."""

    def keys(self) -> set[str]:
        """What lies in the bucket, but for the marker that says whose it is."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        found = {one["Key"] for page in pages for one in page.get("Contents", ())}
        return {key for key in found if not key.endswith(f"/{MARKER}")}

    def content(self, key: str) -> bytes:
        """The bytes of an object, whose key is told without the prefix."""
        held: bytes = self.client.get_object(Bucket=BUCKET, Key=f"{PREFIX}/{key}")["Body"].read()
        return held

    def empty(self) -> None:
        """Removes everything."""
        for key in self.keys():
            self.client.delete_object(Bucket=BUCKET, Key=key)

    @property
    def settings(self) -> dict[str, str]:
        """What a Darkroom is told to archive here."""
        return {**SETTINGS, "S3_ENDPOINT_URL": self.proxy.url}


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """A server with an empty bucket; it ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,  # noqa: TID251
        "GATEWAY_PORT": str(port),
        "GATEWAY_HOST": "127.0.0.1",
        "SERVICES": "s3",
    }
    command = [str(Path(sys.executable).parent / "ministack")]
    with (folder / "s3.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    url = f"http://127.0.0.1:{port}"
    proxy = Proxy(port)
    try:
        until(lambda: _answers(url), "the S3 server answers", 60)
        client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key=SECRET,
        )
        client.create_bucket(Bucket=BUCKET)
        yield S3Server(proxy, client)
    finally:
        proxy.shutdown()
        proxy.server_close()
        server.terminate()
        server.wait(20)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code < 500
    except httpx.HTTPError:
        return False
