"""Calls of requests that only read."""

import itertools
from collections.abc import Sequence

from benchmarks.darkroom import Served
from benchmarks.http_connection import HttpConnection
from benchmarks.load import Call, Failed


def get_call(darkroom: Served, paths: Sequence[str]) -> Call:
    """A call that gets one path after the other, over a connection of its own."""
    turn = itertools.cycle(paths)
    wire = HttpConnection(darkroom.host, darkroom.port)

    async def call() -> None:
        answer = await wire.request("GET", next(turn), darkroom.account.header())
        if answer.status != 200:
            raise Failed(answer.body[:200])

    return call
