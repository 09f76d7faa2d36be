"""Load: so many requests in flight (closed loop), or so many a second whatever happens (open)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import grpc

Call = Callable[[], Awaitable[None]]
"""One request, from sending it to having its result; raises where it failed."""


FEWEST: Final = 10
LONGEST: Final = 5
MOST_IN_FLIGHT: Final = 256


@dataclass
class Window:
    """What was measured between two moments."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    """Of every request that ended in the window, in seconds."""
    errors: int = 0


class Failed(Exception):
    """A request was answered, but not with what it asked for."""


FAILURES: Final = (OSError, TimeoutError, Failed, grpc.RpcError)


@dataclass
class Marks:
    """Called at the beginning and at the end of what is measured, so that others measure along."""

    begin: Callable[[], None] = lambda: None
    end: Callable[[], None] = lambda: None


async def closed_loop(
    calls: Sequence[Call], seconds: float, *, warm_up: float = 0.0, marks: Marks | None = None
) -> Window:
    """Has every call of `calls` made again and again, each as soon as it has ended.

    A window in which fewer than `FEWEST` have ended is held open, up to `LONGEST` times as long.
    """
    loop = asyncio.get_running_loop()
    window = Window()
    marks = marks or Marks()
    is_open, is_over = False, False

    async def lane(call: Call) -> None:
        while not is_over:
            sent = loop.time()
            try:
                await call()
            except FAILURES:
                if is_open:
                    window.errors += 1
                await asyncio.sleep(0.01)
                continue
            if is_open:
                window.latencies.append(loop.time() - sent)

    lanes = [asyncio.create_task(lane(call)) for call in calls]
    try:
        await asyncio.sleep(warm_up)
        marks.begin()
        began, is_open = loop.time(), True
        await asyncio.sleep(seconds)
        # A count to look at now and then: an event would have to be set by every lane.
        while len(window.latencies) < FEWEST and loop.time() - began < LONGEST * seconds:  # noqa: ASYNC110
            await asyncio.sleep(seconds / 10)
        window.seconds, is_open = loop.time() - began, False
        marks.end()
        is_over = True
        # What is still in flight would otherwise burden whatever is measured next.
        await asyncio.gather(*lanes)
    finally:
        for task in lanes:
            task.cancel()
    return window


async def open_loop(make_call: Callable[[], Call], rate: float, seconds: float) -> Window:
    """Has `rate` calls a second begin, at even distances, however long they take.

    A latency counts from the moment at which a call was due, not from the moment at which there
    was room for it: a server that stalls delays everybody who comes meanwhile, and that is told.
    At most `MOST_IN_FLIGHT` are under way at once, each over a connection of its own.
    """
    loop = asyncio.get_running_loop()
    window = Window(seconds=seconds)
    free: list[Call] = []
    room = asyncio.Semaphore(MOST_IN_FLIGHT)

    async def one(due: float) -> None:
        async with room:
            call = free.pop() if free else make_call()
            try:
                await call()
            except FAILURES:
                window.errors += 1
                return
            window.latencies.append(loop.time() - due)
            free.append(call)

    began = loop.time()
    tasks = []
    for number in range(int(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - loop.time()))
        tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    return window
