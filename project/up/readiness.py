"""Asks the running server whether every part of it is ready."""

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

PARTS: Final = ("database", "storage", "channel_layer", "workers")
PAUSE_SECONDS: Final = 0.2


def host_header(allowed_hosts: Sequence[str]) -> str:
    """A Host that the server answers to."""
    named = (host.removeprefix(".") for host in allowed_hosts if host != "*")
    return next(named, "localhost")


async def missing_parts(url: str, host: str, timeout: float = 20.0) -> list[str]:
    """What is not ready yet after at most `timeout` seconds; empty as soon as everything is.

    `url` is the server's address, `host` the Host header to send. A server that does not answer
    at all is missing as `web`.
    """
    deadline = time.monotonic() + timeout
    missing = ["web"]
    while missing and (left := deadline - time.monotonic()) > 0:
        missing = await _missing(url, host, left)
        if missing:
            await asyncio.sleep(PAUSE_SECONDS)
    return missing


async def _missing(url: str, host: str, timeout: float) -> list[str]:
    """Asks once, and waits: the socket takes requests before the server that answers them runs."""
    try:
        async with asyncio.timeout(timeout):
            report = json.loads(await _get(url, host, "/readyz"))
    except (OSError, ValueError):
        return ["web"]
    return [part for part in PARTS if report.get(part) != "ok"]


async def _get(url: str, host: str, path: str) -> bytes:
    """The body of the answer. An HTTP client would take more memory than the rest of `up`."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        # To HTTP/1.0 a body is sent as it is, and ends with the connection.
        writer.write(f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        answer = await reader.read()
    finally:
        writer.close()
    return answer.partition(b"\r\n\r\n")[2]
