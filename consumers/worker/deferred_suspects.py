"""Suspects that wait for a process to begin in: an instance is loaded for them."""

import asyncio
from collections.abc import Callable, Collection
from typing import Protocol

from consumers.worker.claiming import HasRoom, VersionKey


class StartsInstances(HasRoom, Protocol):
    """The part of the engine that loads instances."""

    async def start_instance(self, model: str, version: str) -> None:
        """Has an instance loaded, if none is and it can be."""


class DeferredSuspects:
    """Versions of which a suspect is next, which could not begin at the last look.

    `has_room` is called when an instance was loaded for one.
    """

    def __init__(self, engine: StartsInstances, has_room: Callable[[], None]) -> None:
        self._engine = engine
        self._has_room = has_room
        self._versions: Collection[VersionKey] = ()
        self._starts: dict[VersionKey, asyncio.Task[None]] = {}
        """Instances that are loaded for these."""

    def __bool__(self) -> bool:
        """Whether there was any at the last look."""
        return bool(self._versions)

    def learn(self, versions: Collection[VersionKey]) -> None:
        """These were deferred at a look: has an instance of each loaded, where there is none."""
        self._versions = versions
        for version in versions:
            if version not in self._starts and not self._engine.loaded(*version):
                self._starts[version] = asyncio.create_task(self._start_instance(version))

    async def _start_instance(self, version: VersionKey) -> None:
        try:
            await self._engine.start_instance(*version)
        finally:
            del self._starts[version]
        if self._engine.loaded(*version):
            self._has_room()
