"""Brings this worker's engine to the desired state of its models, and reports what it has."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, Protocol

from consumers.database import ANY_ERROR, in_database
from consumers.worker import catalog_entries
from inference.engine import errors
from inference.engine.repository import Repository
from inference.engine.status import VersionStatus
from uploads.catalog import desired, offers
from uploads.catalog.desired import DesiredState, ObservedState
from uploads.models import Worker

logger = logging.getLogger("darkroom.reconcile")

PUBLISH_SECONDS: Final = 30.0
"""What the catalog says of this worker's models is repeated so often: it could be forgotten."""
RETRY_SECONDS: Final = 1.0


class Lifecycle(Protocol):
    """The part of the engine that loads and unloads."""

    @property
    def repository(self) -> Repository:
        """What was read last."""

    async def load(self, name: str) -> None:
        """Reads a model's folder anew and serves it."""

    async def unload(self, name: str) -> None:
        """Lets go of a model."""

    def index(self) -> Sequence[VersionStatus]:
        """Every version of every model."""


class Reconciler:
    """One worker's way to the desired state: one command after the other for each model.

    `changed` is called when a command comes and when it is done: other versions may be claimed for.
    """

    def __init__(self, engine: Lifecycle, worker: Worker, changed: Callable[[], None]) -> None:
        self._engine = engine
        self._worker = worker
        self._changed = changed
        self._desired: Mapping[str, DesiredState] = {}
        self._observed: dict[str, ObservedState] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._published_at = 0.0
        self._publishing = asyncio.Lock()
        self._offered: set[tuple[str, str]] = set()

    async def read_desired(self) -> None:
        """Reads the desired state, before the engine reads its folders.

        Raises:
            DatabaseError, InterfaceError: the database is away; to be called again.
        """
        self._desired = await in_database(desired.desired_states)

    async def begin(self) -> None:
        """Lets go of what shall not be loaded, and publishes the rest; before any work is taken.

        The engine has read every folder since `read_desired`, so that every load desired then is
        done. What was commanded meanwhile is carried out afterwards.

        Raises:
            DatabaseError, InterfaceError: the database is away; to be called again.
        """
        for name, target in self._desired.items():
            if not target.loaded:
                with contextlib.suppress(errors.ModelNotFound):
                    await self._engine.unload(name)
            self._observed[name] = ObservedState(target.generation)
        await self._publish()
        self.describe()

    def apply(self, desired_states: Mapping[str, DesiredState]) -> None:
        """Begins to carry out what has been commanded since; never waits for it."""
        self._desired = desired_states
        new = [
            name for name in desired_states if name not in self._under_way and self._is_behind(name)
        ]
        for name in new:
            self._under_way[name] = asyncio.create_task(self._follow(name))
            self._under_way[name].add_done_callback(partial(self._forget, name))
        if new:
            self._changed()

    async def publish_again(self) -> None:
        """Repeats now and then what the catalog shall say of this worker's models."""
        if time.monotonic() >= self._published_at + PUBLISH_SECONDS:
            await self._publish()

    def versions(self) -> list[tuple[str, str]]:
        """The models and versions that may be claimed for."""
        return [
            (one.model, one.version)
            for one in self._engine.index()
            if one.version and self._desired_of(one.model).loaded
        ]

    def describe(self) -> None:
        """Notes in the worker's row what it has and how far it has followed commands."""
        held = catalog_entries.holdings(self._engine.index())
        self._worker.versions = [one.as_dict() for one in held]
        self._worker.observed = {name: one.as_dict() for name, one in self._observed.items()}

    async def stop(self) -> None:
        """Carries out nothing more."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, name: str) -> None:
        while self._is_behind(name):
            target = self._desired_of(name)
            observed = await self._carry_out(name, target)
            await self._publish_until_ok()
            # Only now: who waits for this finds the catalog as it shall be.
            self._observed[name] = observed
            self.describe()
            self._changed()

    async def _carry_out(self, name: str, target: DesiredState) -> ObservedState:
        what = {"model": name, "generation": target.generation, "loaded": target.loaded}
        try:
            await (self._engine.load(name) if target.loaded else self._engine.unload(name))
        except errors.ModelNotFound as error:
            return ObservedState(target.generation, "model_not_found", error.message)
        except errors.LoadFailed as error:
            logger.warning("load failed", extra={**what, "reason": error.reason})
            return ObservedState(target.generation, "load_failed", error.reason)
        except Exception:
            # A defect of ours; who waits for this command must not wait for ever.
            logger.exception("command failed", extra=what)
            reason = "Something went wrong in the worker."
            return ObservedState(target.generation, "load_failed", reason)
        logger.info("command carried out", extra=what)
        return ObservedState(target.generation)

    def _forget(self, name: str, _ended: asyncio.Task[None]) -> None:
        del self._under_way[name]

    def _is_behind(self, name: str) -> bool:
        return (
            self._observed.get(name, ObservedState(0)).generation
            < self._desired_of(name).generation
        )

    def _desired_of(self, name: str) -> DesiredState:
        return self._desired.get(name, DesiredState(loaded=True, generation=0))

    async def _publish(self) -> None:
        # One after the other: an older picture must not be written over a newer one.
        async with self._publishing:
            entries = catalog_entries.offers(self._engine.repository)
            offered = {(entry.name, one.version) for entry in entries for one in entry.versions}
            await in_database(
                offers.publish,
                entries,
                catalog_entries.invalid(self._engine.repository),
                # Again each time: another worker may have let go of it only since.
                dropped=self._offered - offered,
                worker=self._worker.pk,
            )
            self._offered |= offered
            self._published_at = time.monotonic()

    async def _publish_until_ok(self) -> None:
        while True:
            try:
                return await self._publish()
            except ANY_ERROR:
                logger.exception("database unavailable, trying again")
                await asyncio.sleep(RETRY_SECONDS)
