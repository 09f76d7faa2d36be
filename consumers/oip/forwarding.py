"""From the web to the workers: a call to the REST endpoint goes on by gRPC to a live one."""

import asyncio
import time
from collections.abc import Collection, Sequence
from typing import Final

import grpc

from consumers.oip.tls import client_tls
from consumers.oip.worker_channel import (
    Outgoing,
    Unreachable,
    WorkerChannel,
    is_workers_word,
    refusal,
)
from consumers.oip.workers import LiveWorker, LiveWorkers
from inference.oip.admission import Admission
from inference.oip.errors import ProtocolError, Status
from inference.oip.tls import ClientTls

MAX_TRIES: Final = 3
HELD_BYTES: Final = 256 << 20
"""Of requests as workers get them, whose bodies may have been far smaller; as much of answers."""
FINISH_SECONDS: Final = 300.0
"""So long calls may go on over a channel whose certificates have been replaced."""


class Forwarder:
    """Sends calls to live workers, each to the one with the fewest. For one event loop."""

    def __init__(self, tls: ClientTls | None = None) -> None:
        """`tls`: how workers are called; None: without encryption."""
        self.answers = Admission(HELD_BYTES, of="answers")
        """What answers hold until they are sent on."""
        self._requests = Admission(HELD_BYTES)
        self._tls = tls
        self._workers = LiveWorkers()
        self._routes: dict[str, WorkerChannel] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._calls = 0

    async def has_workers(self) -> bool:
        """Whether there is a worker that takes calls."""
        return bool(await self._workers.get())

    def expect_change(self) -> None:
        """What workers serve has just been changed: the next call looks for itself."""
        self._workers.invalidate()

    async def call(self, call: Outgoing) -> bytes:
        """The serialized answer of one worker.

        A further worker is tried where the first one surely has not carried the call out, or where
        this matters little (`call.repeats`). Canceling the caller calls it off.

        Raises:
            ProtocolError: the worker's refusal. UNAVAILABLE: no worker can be reached.
                DEADLINE_EXCEEDED: it did not answer in time. INVALID_ARGUMENT: it is too large.
                RESOURCE_EXHAUSTED: too much is on its way already.
        """
        with self._requests.admitted(len(call.payload)):
            return await self._carried(call)

    async def _carried(self, call: Outgoing) -> bytes:
        deadline = time.monotonic() + call.seconds
        tried: set[str] = set()
        repeats = call.repeats
        problem = _nobody()
        while len(tried) < MAX_TRIES:
            worker = self._choice(await self._live(), call, tried)
            if worker is None:
                break
            tried.add(worker.address)
            try:
                return await self._route(worker.address).send(call, deadline - time.monotonic())
            except Unreachable:
                problem = _nobody()
            except grpc.aio.AioRpcError as error:
                problem = refusal(error, call)
                if problem.status is not Status.UNAVAILABLE:
                    break
                if not _is_surely_undone(error):
                    if not repeats:
                        break
                    repeats -= 1
        raise problem

    async def call_all(self, call: Outgoing) -> list[bytes]:
        """The serialized answers of all live workers that answer; the call must change nothing.

        Raises:
            ProtocolError: none does; it is the first one's refusal.
        """
        workers = await self._live()
        outcomes = await asyncio.gather(
            *(self._ask(worker.address, call) for worker in workers), return_exceptions=True
        )
        answers = [outcome for outcome in outcomes if isinstance(outcome, bytes)]
        if answers:
            return answers
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        raise _nobody()

    async def _ask(self, address: str, call: Outgoing) -> bytes:
        try:
            return await self._route(address).send(call, call.seconds)
        except Unreachable:
            raise _nobody() from None
        except grpc.aio.AioRpcError as error:
            raise refusal(error, call) from None

    # Which worker.

    async def _live(self) -> Sequence[LiveWorker]:
        workers = await self._workers.get()
        addresses = {worker.address for worker in workers}
        for address, route in list(self._routes.items()):
            # One that leaves finishes what it has: its channel lives as long.
            if address not in addresses and not route.outstanding:
                self._close(self._routes.pop(address), None)
            elif route.is_outdated:
                self._close(self._routes.pop(address), FINISH_SECONDS)
        return workers

    def _choice(
        self, workers: Sequence[LiveWorker], call: Outgoing, tried: Collection[str]
    ) -> LiveWorker | None:
        """The least busy worker that serves the model; else of all, since they know why not."""
        left = [worker for worker in workers if worker.address not in tried]
        serving = [worker for worker in left if worker.serves(call.model, call.version)]
        choice = min(serving or left, key=self._busyness, default=None)
        if choice is not None:
            self._calls += 1
            self._route(choice.address).used = self._calls
        return choice

    def _busyness(self, worker: LiveWorker) -> tuple[int, int]:
        route = self._route(worker.address)
        return route.outstanding, route.used

    def _route(self, address: str) -> WorkerChannel:
        if address not in self._routes:
            self._routes[address] = WorkerChannel(address, self._tls)
        return self._routes[address]

    def _close(self, route: WorkerChannel, grace_seconds: float | None) -> None:
        task = asyncio.create_task(route.close(grace_seconds))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _nobody() -> ProtocolError:
    return ProtocolError(Status.UNAVAILABLE, "No worker is there to answer: try again.")


def _is_surely_undone(error: grpc.aio.AioRpcError) -> bool:
    """Whether the worker said that it does not take the call, or let it go without beginning."""
    return error.code() is grpc.StatusCode.CANCELLED or is_workers_word(error)


_current: tuple[asyncio.AbstractEventLoop, Forwarder] | None = None


def forwarder() -> Forwarder:
    """The one of the running event loop, which its channels belong to."""
    global _current  # noqa: PLW0603  # a web process has one loop, and so one forwarder
    loop = asyncio.get_running_loop()
    if _current is None or _current[0] is not loop:
        _current = (loop, Forwarder(client_tls()))
    return _current[1]
