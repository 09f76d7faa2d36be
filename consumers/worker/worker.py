"""The inference worker: `manage.py runworker inference`.

Unlike Channels' own worker it claims work from the database, when a message wakes it or once a
second. Beside it the worker's own endpoints are open: gRPC, HTTP and metrics.
"""

import asyncio
import contextlib
import logging
import signal
import time
from typing import Any, Final

from channels.worker import Worker
from django.conf import settings

from consumers.database import ANY_ERROR, in_database
from consumers.metrics.worker import WorkerMetrics
from consumers.oip.commands import Commands
from consumers.oip.endpoint import Address, Endpoint, open_endpoint
from consumers.oip.tls import server_tls
from consumers.worker import housekeeping, mail, thumbnails, webhooks
from consumers.worker.archiver import PURGE_SECONDS, ROUND_SECONDS, Archiver
from consumers.worker.chores import Chores
from consumers.worker.engine import new_engine, new_thumbnailer
from consumers.worker.files import Files, SharedFiles
from consumers.worker.handover import HandedOverFiles
from consumers.worker.identity import identity
from consumers.worker.mail import Mail
from consumers.worker.pipeline import Pipeline
from consumers.worker.preload import preload
from consumers.worker.pulse import Beat, Pulse
from consumers.worker.reconcile import Reconciler
from consumers.worker.repeating import Repeating, until_done
from consumers.worker.thumbnails import MissingThumbnails
from consumers.worker.usage import FLUSH_SECONDS, Meter
from consumers.worker.wakeup import CHANNEL, Wakeup
from consumers.worker.webhooks import Webhooks
from inference.remote.servers import Servers
from uploads import bus
from uploads.catalog import offers
from uploads.storage import handover
from uploads.storage.cache_trimming import CACHE_SECONDS

logger = logging.getLogger("darkroom.worker")

TICK_SECONDS: Final = 1.0
HOUSEKEEPING_SECONDS: Final = 5.0
REJOIN_SECONDS: Final = 10.0
PRUNE_SECONDS: Final = 600.0
GRACE_SECONDS: Final = 25.0


class InferenceWorker(Worker):  # type: ignore[misc]  # it has no types
    """Claims predictions, runs them through the engine, keeps their leases, drains at the end."""

    application_checker_interval = TICK_SECONDS
    """How often asgiref looks whether the consumer has died; by itself, ten times as often."""

    async def handle(self) -> None:
        """Works until told to stop."""
        self.draining = asyncio.Event()
        self.stops = 0
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)

        with contextlib.suppress(OSError):  # then nothing is claimed until it is mended
            settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
        self.metrics = WorkerMetrics()
        self.servers = Servers(settings.REMOTE_TOKEN_OF)
        self.engine = new_engine(self.metrics, self.servers)
        self.row = identity()
        name = f"{self.row.host}:{self.row.pid}"
        self.meter = Meter()
        self.archiver = Archiver()
        self.files: Files = (
            HandedOverFiles(self.draining) if handover.is_by_store() else SharedFiles(self.archiver)
        )
        self.thumbnails = MissingThumbnails(new_thumbnailer(), self.files)
        self.webhooks = Webhooks()
        self.mail = Mail()
        self.pipeline = Pipeline(
            self.row.pk,
            name,
            self.engine,
            [],
            note=self.meter.note,
            files=self.files,
        )
        self.tick_now = asyncio.Event()
        self.wakeup = Wakeup(claim=self.pipeline.room.set, tick=self.tick_now.set)
        self.reconciler = Reconciler(self.engine, self.row, self._models_changed)
        self.chores = Chores(self.row.pk, self.engine, self.reconciler)
        self.pulse = Pulse()
        self.reaps_after = 0.0

        await until_done(self.reconciler.read_desired, self.draining)
        await self.engine.start()
        for problem in self.engine.repository.problems.values():
            logger.error("model left out", extra={"reason": str(problem)})
        await until_done(self.reconciler.begin, self.draining)
        self._models_changed()
        self.endpoint = await self._open()
        models = sorted(self.engine.repository.models)
        logger.info("worker ready", extra={"worker": self.row.pk, "models": models})
        preload(self.engine, settings.PRELOAD_MODELS)
        await self._work()

    async def _open(self) -> Endpoint:
        """Opens the worker's own endpoints, and notes where others find them."""
        self.row.metrics_address = await self.metrics.serve(self.engine.index)
        endpoint = await open_endpoint(
            self.engine,
            Commands(),
            self.meter,
            grpc=Address(settings.GRPC_HOST, settings.GRPC_PORT),
            http=None
            if settings.OIP_HTTP_PORT < 0
            else Address(settings.OIP_HTTP_HOST, settings.OIP_HTTP_PORT),
            tls=server_tls(),
        )
        self.row.grpc_address = endpoint.grpc_address
        return endpoint

    async def _work(self) -> None:
        writer = asyncio.create_task(self.pipeline.write_endings())
        repeating = Repeating(self._note_trouble)
        beside = [
            asyncio.create_task(work)
            for work in (
                *(self.listener(channel) for channel in self.channels),
                repeating.every(TICK_SECONDS, self._tick, self.tick_now),
                repeating.every(HOUSEKEEPING_SECONDS, self.chores.do),
                repeating.every(FLUSH_SECONDS, self.meter.flush),
                repeating.every(REJOIN_SECONDS, self._join),
                repeating.every(thumbnails.ROUND_SECONDS, self.thumbnails.make_due),
                repeating.every(ROUND_SECONDS, self.archiver.copy_due),
                repeating.every(ROUND_SECONDS, self.archiver.remove_due),
                repeating.every(mail.ROUND_SECONDS, self.mail.send_due),
                repeating.every(webhooks.ROUND_SECONDS, self.webhooks.send_due),
                repeating.every(PURGE_SECONDS, self.archiver.purge),
                repeating.every(PRUNE_SECONDS, housekeeping.prune),
                repeating.every(CACHE_SECONDS, self.files.keep),
            )
        ]
        claiming = asyncio.create_task(self._claim())
        stopping: asyncio.Task[Any] = asyncio.create_task(self.draining.wait())
        # None of them ends by itself; one that does has a defect, and the worker is restarted.
        ended, _ = await asyncio.wait(
            [stopping, claiming, writer, *beside], return_when=asyncio.FIRST_COMPLETED
        )
        self.draining.set()
        # Not cut short: what its last round takes must come into this worker's hands.
        self.pipeline.room.set()
        # At once, so that the web forwards nothing more to this worker.
        self.tick_now.set()
        await asyncio.wait([claiming])
        await self.reconciler.stop()
        await asyncio.gather(self.endpoint.close(GRACE_SECONDS), self._drain())
        for task in (*beside, writer):
            task.cancel()
        await asyncio.wait([*beside, writer])
        await self.thumbnails.close()
        await self.webhooks.close()
        await self.meter.flush()
        await self.metrics.close()
        await self.servers.close()
        with contextlib.suppress(*ANY_ERROR):
            await in_database(offers.deregister, self.row)
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

    async def _claim_round(self) -> bool:
        """Claims once; whether to look again at once."""
        try:
            return bool(await self.pipeline.claim_round()) and self.pipeline.may_be_more
        except ANY_ERROR:
            logger.exception("claim failed, trying again")
            return False

    async def _tick(self) -> None:
        is_draining = self.draining.is_set()
        held = self.pipeline.held()
        self.reconciler.describe()
        self.row.draining = is_draining or self.pipeline.is_resting
        self.row.holds = {str(one.id): one.told_stage for one in held}
        reaps = time.monotonic() >= self.reaps_after
        learned = Beat()
        try:
            await in_database(self.pulse.beat, learned, self.row, held, reaps=reaps)
        finally:
            self.pipeline.apply(learned.tick)
            if self.pipeline.rest(learned.is_drained):
                self.endpoint.rest(is_resting=self.pipeline.is_resting)
                self.tick_now.set()
            if learned.desired is not None and not is_draining:
                self.reconciler.apply(learned.desired)
        await bus.hint(learned.reaped)

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

    def _note_trouble(self) -> None:
        # Leases have run out under living workers: each renews its own before any is taken.
        self.reaps_after = time.monotonic() + settings.LEASE_SECONDS / 3

    def _models_changed(self) -> None:
        self.pipeline.versions = self.reconciler.versions()
        self.pipeline.room.set()
        self.tick_now.set()

    def _stop(self) -> None:
        self.stops += 1
        self.draining.set()

    def _instance(self) -> Any:
        """The input queue of this worker's one consumer, which is made anew if it has died."""
        scope = {"type": "channel", "channel": CHANNEL, "wakeup": self.wakeup}
        return self.get_or_create_application_instance(CHANNEL, scope)
