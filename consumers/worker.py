"""The inference worker: `manage.py runworker inference`.

Channels' worker with another heart. Its messages only ring: they are never work,
so that what it prefetches, loses or repeats costs nothing. Work is claimed from the
database, when it rings or once a second.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from channels.consumer import AsyncConsumer
from channels.worker import Worker
from django.conf import settings

from consumers import housekeeping
from consumers.database import TROUBLE, in_database
from consumers.offers import offers
from consumers.pipeline import Pipeline
from inference.engine.engine import Engine
from inference.engine.repository import Repository
from inference.engine.types import DecodeLimits
from uploads import bus, catalog, queue, volume
from uploads.models import Worker as WorkerRow

logger = logging.getLogger("darkroom.worker")

CHANNEL: Final = "inference"
TICK_SECONDS: Final = 1.0
HOUSEKEEPING_SECONDS: Final = 5.0
REJOIN_SECONDS: Final = 10.0
GRACE_SECONDS: Final = 25.0


class InferenceConsumer(AsyncConsumer):  # type: ignore[misc]  # it has no types
    """The worker's ear on the channel layer: it rings the worker's bell, and no more."""

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Heeds a message; one that is not understood is noted and forgotten."""
        bell: Bell = self.scope["bell"]
        match message:
            case {"type": "join"}:
                await self.channel_layer.group_add(bus.WORKERS, self.channel_name)
            case {"type": "wake"}:
                bell.ring()
            case {"type": "cancel"}:
                bell.look()
            case _:
                logger.warning("message ignored", extra={"message_type": message.get("type")})


@dataclass(frozen=True)
class Bell:
    """What a message can do to the worker: make it look at the database, now and not later."""

    ring: Callable[[], None]
    """There may be something to claim."""
    look: Callable[[], None]
    """Something it holds may have been called off."""


class InferenceWorker(Worker):  # type: ignore[misc]  # it has no types
    """Claims predictions, runs them through the engine, keeps their leases, drains at the end."""

    async def handle(self) -> None:
        """Works until told to stop."""
        self.draining = asyncio.Event()
        self.stops = 0
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)

        repository = Repository(settings.MODEL_REPOSITORIES)
        for problem in repository.problems:
            logger.error("model left out", extra={"reason": str(problem)})
        self.engine = Engine(
            repository,
            DecodeLimits(
                formats=settings.IMAGE_FORMATS,
                max_pixels=settings.MAX_IMAGE_PIXELS,
                max_side=settings.MAX_IMAGE_SIDE,
            ),
        )
        self.row = _identity()
        name = f"{self.row.host}:{self.row.pid}"
        lanes = [(m.name, v) for m in repository.models.values() for v in m.versions]
        self.pipeline = Pipeline(self.row.pk, name, self.engine, lanes)
        self.tick_now = asyncio.Event()
        self.bell = Bell(ring=self.pipeline.room.set, look=self.tick_now.set)
        self.reaps_after = 0.0

        await self.engine.start()
        await self._insist(in_database, catalog.publish, offers(repository))
        logger.info("worker ready", extra={"worker": self.row.pk, "models": [m for m, _ in lanes]})
        await self._work()

    async def _work(self) -> None:
        writer = asyncio.create_task(self.pipeline.write_endings())
        beside = [
            asyncio.create_task(work)
            for work in (
                *(self.listener(channel) for channel in self.channels),
                self._again(TICK_SECONDS, self._tick, self.tick_now),
                self._again(HOUSEKEEPING_SECONDS, self._keep_house),
                self._again(REJOIN_SECONDS, self._join),
            )
        ]
        claiming = asyncio.create_task(self._claim())
        stopping: asyncio.Task[Any] = asyncio.create_task(self.draining.wait())
        # None of them ends by itself: one that does is a defect, and a new worker is the mend.
        ended, _ = await asyncio.wait(
            [stopping, claiming, writer, *beside], return_when=asyncio.FIRST_COMPLETED
        )
        self.draining.set()
        # Not cut short: what its last round takes must come into this worker's hands.
        self.pipeline.room.set()
        await asyncio.wait([claiming])
        await self._drain()
        for task in (*beside, writer):
            task.cancel()
        await asyncio.wait([*beside, writer])
        with contextlib.suppress(*TROUBLE):
            await in_database(catalog.farewell, self.row)
        logger.info("worker stopped", extra={"worker": self.row.pk})
        for task in ended - {stopping}:
            task.result()

    async def listener(self, channel: str) -> None:
        """Hands messages of a shared channel to the consumer, for whoever rings there."""
        while True:
            message = await self.channel_layer.receive(channel)
            await self._instance().put(message)

    # What happens again and again.

    async def _claim(self) -> None:
        """Claims whenever there may be something and there is room."""
        while not self.draining.is_set():
            self.pipeline.room.clear()
            if not await self._claim_round():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK_SECONDS):
                        await self.pipeline.room.wait()

    async def _claim_round(self) -> int:
        try:
            if problem := await in_database(volume.problem):
                logger.error("nothing claimed", extra={"reason": problem})
                return 0
            return await self.pipeline.claim_round()
        except TROUBLE:
            logger.exception("claim failed, trying again")
            return 0

    async def _tick(self) -> None:
        self.pipeline.heed(await in_database(queue.tick, self.row.pk, self.pipeline.held()))
        self.row.draining = self.draining.is_set()
        self.row.holds = {str(one.id): one.stage for one in self.pipeline.held()}
        await in_database(catalog.sign_of_life, self.row)
        if time.monotonic() >= self.reaps_after:
            await bus.hint(await in_database(housekeeping.reap))

    async def _keep_house(self) -> None:
        await bus.hint(await in_database(housekeeping.fail_orphans, self.row.pk))
        await in_database(housekeeping.remove_files)
        await in_database(catalog.forget_dead_workers)

    async def _join(self) -> None:
        # Redis may have been flushed: a membership is renewed, not trusted.
        await self._instance().put({"type": "join"})

    async def _drain(self) -> None:
        """Finishes what runs, as long as the grace lasts; gives the rest back."""
        logger.info("draining", extra={"holding": len(self.pipeline.held())})
        stopping = asyncio.create_task(self.engine.stop(0 if self.stops > 1 else GRACE_SECONDS))
        settling = asyncio.create_task(self.pipeline.settle())
        deadline = time.monotonic() + GRACE_SECONDS + 3
        while not (stopping.done() and settling.done()) and time.monotonic() < deadline:
            if self.stops > 1:
                self.stops = 1
                await self.engine.stop(0)
            await asyncio.wait([stopping, settling], timeout=0.2)
        settling.cancel()

    # Small things.

    def _stop(self) -> None:
        self.stops += 1
        self.draining.set()

    def _instance(self) -> Any:
        """The input queue of this worker's one consumer, which is made anew if it has died."""
        scope = {"type": "channel", "channel": CHANNEL, "bell": self.bell}
        return self.get_or_create_application_instance(CHANNEL, scope)

    async def _again(
        self,
        seconds: float,
        work: Callable[[], Awaitable[None]],
        now: asyncio.Event | None = None,
    ) -> None:
        while True:
            try:
                await work()
            except TROUBLE:
                logger.exception("database unavailable, trying again")
                # Leases have run out under living workers: each renews its own before any is taken.
                self.reaps_after = time.monotonic() + settings.LEASE_SECONDS / 3
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await (now or asyncio.Event()).wait()
            if now is not None:
                now.clear()

    async def _insist(self, call: Any, *args: Any) -> None:
        """Repeats a call until the database takes it."""
        while not self.draining.is_set():
            try:
                await call(*args)
            except TROUBLE:
                logger.exception("database unavailable, trying again")
                await asyncio.sleep(TICK_SECONDS)
            else:
                return


def _identity() -> WorkerRow:
    host = socket.gethostname()
    pid = os.getpid()
    return WorkerRow(id=f"{host[:60]}:{pid}:{uuid.uuid4().hex[:8]}", host=host[:100], pid=pid)
