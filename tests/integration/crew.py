"""Workers without processes: each a reconciler on a fake engine, with its row in the catalog."""

import asyncio
import contextlib
from pathlib import Path

from asgiref.sync import sync_to_async

from consumers.database import in_database
from consumers.worker.reconcile import Reconciler
from tests.fakes.lifecycle import FakeLifecycle
from uploads.catalog import desired, holdings, offers
from uploads.catalog.desired import Desired
from uploads.events import Actor
from uploads.models import Worker


class Hand:
    """One such worker."""

    def __init__(self, root: Path, name: str = "host:1:aa") -> None:
        self.engine = FakeLifecycle(root)
        self.row = Worker(id=name, host="host", pid=1)
        self.changed = asyncio.Event()
        self.stopping = False
        self.reconciler = Reconciler(self.engine, self.row, self.changed.set)

    async def begin(self) -> None:
        """As a worker that starts."""
        await self.reconciler.read_desired()
        await self.reconciler.begin()
        await in_database(offers.heartbeat, self.row)

    async def tick(self) -> None:
        """As a worker once a second."""
        self.reconciler.apply(await in_database(desired.desired_states))
        self.reconciler.describe()
        await in_database(offers.heartbeat, self.row)

    async def until_done(self) -> None:
        """Ticks until everything commanded is carried out and told."""
        await self.tick()
        while self.reconciler._under_way:
            await asyncio.wait(self.reconciler._under_way.values())
        await self.tick()

    async def keep_ticking(self) -> None:
        """Ticks often, until told to stop."""
        while not self.stopping:
            await self.tick()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.02):
                    await self.changed.wait()
            self.changed.clear()

    def stop(self) -> None:
        """Ends the ticking after a whole tick: one cut off may still write, into the next test."""
        self.stopping = True
        self.changed.set()


async def command(name: str, state: Desired) -> int:
    """Commands this state of a model; gives the command's generation."""
    return await sync_to_async(desired.set_desired)(name, state, Actor())


async def state(name: str, version: str) -> tuple[str, str]:
    """How a version stands, and why."""
    found = (await in_database(holdings.read)).status(name, version)
    return found.state, found.reason


async def versions() -> set[tuple[str, str]]:
    """What the catalog offers."""
    return await in_database(offers.versions)
