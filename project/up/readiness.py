"""Asks the running server whether every part of it is ready."""

import asyncio
import time
from collections.abc import Sequence

import httpx

PARTS = ("database", "storage", "channel_layer", "workers")


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
    async with httpx.AsyncClient(base_url=url, headers={"Host": host}, timeout=2) as client:
        while missing and time.monotonic() < deadline:
            missing = await _missing(client)
            if missing:
                await asyncio.sleep(0.1)
    return missing


async def _missing(client: httpx.AsyncClient) -> list[str]:
    try:
        response = await client.get("/readyz")
        report = response.json()
    except (httpx.HTTPError, ValueError):
        return ["web"]
    return [part for part in PARTS if report.get(part) != "ok"]
