"""One model of the repository: what is served of it, and how that changes while it is served."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable
from typing import Final

from inference.engine.errors import LoadFailed, ModelNotFound, ModelUnavailable
from inference.engine.installed import missing_requirement
from inference.engine.model_folder import InvalidModel, Model
from inference.engine.model_version import ModelVersion
from inference.engine.status import State, VersionStatus
from inference.engine.version_scheduler import VersionScheduler

UNLOADED: Final = "unloaded"


class ServedModel:
    """A scheduler for each version of a model. Loads and unloads take turns, in the order of calls.

    A load makes new schedulers in the place of the old ones, which finish what they hold.
    """

    def __init__(
        self, name: str, make_scheduler: Callable[[ModelVersion], VersionScheduler]
    ) -> None:
        self._name = name
        self._make_scheduler = make_scheduler
        self._model: Model | None = None
        self._schedulers: dict[str, VersionScheduler] = {}
        """What takes requests, by the version's number."""
        self._missing: dict[str, str] = {}
        """Why versions have no scheduler, by their numbers: something is not installed."""
        self._all_schedulers: set[VersionScheduler] = set()
        """These, and those that are being loaded or finish what they hold."""
        self._state = State.UNAVAILABLE
        """Of the versions without a scheduler."""
        self._reason = ""
        self._turn = asyncio.Lock()
        self._is_stopped = False
        self._beside: set[asyncio.Task[None]] = set()
        """Schedulers that are closing, and those that are loaded early."""
        self._early: frozenset[VersionScheduler] = frozenset()
        """Those that are loaded before a request comes."""
        self._preload: asyncio.Task[None] | None = None

    def serve(self, model: Model) -> None:
        """Take requests for this model. Children are started when the first ones come, or in the
        background where the model wants to be preloaded."""
        self._put(model, self._new_schedulers(model))
        self._load_early(
            one for one in self._schedulers.values() if one.version.config.instances.preload
        )

    def preload(self) -> None:
        """Start the default version's instances in the background, as if its model wanted it so.

        Nothing of an unloaded or invalid model is started.
        """
        default = self._schedulers.get(self._model.default_version) if self._model else None
        if default and default not in self._early:
            self._load_early([*self._early, default])

    def refuse(self, problem: InvalidModel) -> None:
        """Take no requests: its folder is not valid."""
        self._reason = str(problem)

    def scheduler(self, version: str) -> VersionScheduler:
        """Where requests for this version go: a number or a label; empty: the highest number.

        Raises:
            ModelNotFound: there is no such version.
            ModelUnavailable: nothing of the model takes requests.
        """
        if not self._schedulers or self._model is None:
            raise ModelUnavailable(self._why_not())
        number = version or self._model.default_version
        number = self._model.config.labels.get(number, number)
        if number in self._missing:
            raise ModelUnavailable
        if number not in self._schedulers:
            raise ModelNotFound(f"There is no model {self._name} version {version}.")
        return self._schedulers[number]

    def statuses(self) -> list[VersionStatus]:
        """How each version stands."""
        if self._model is None:
            return [VersionStatus(self._name, "", self._state, self._told_reason())]
        return [self._status(version) for version in self._model.versions.values()]

    async def load(self, read: Callable[[], Model]) -> Model:
        """Read the model anew, start an instance of each version, and serve these from then on.

        `read` is called in a thread. With `preload`, every instance is started.

        Raises:
            LoadFailed: a version cannot be served; what was served before still is.
        """
        async with self._turn:
            self._state = State.LOADING
            try:
                self._check_running()
                model = await asyncio.to_thread(read)
                self._check_running()
                schedulers = await self._load_new(model)
            except (InvalidModel, LoadFailed, OSError) as error:
                self._reason = str(error)
                raise LoadFailed(self._reason) from error
            finally:
                self._state = State.UNAVAILABLE
            self._put(model, schedulers)
            return model

    async def unload(self) -> None:
        """Take no more requests, finish those that are here, and end every child."""
        async with self._turn:
            self._state = State.UNLOADING
            if self._model:
                self._reason = UNLOADED
            self._close(self._schedulers.values())
            self._schedulers = {}
            try:
                if self._beside:
                    await asyncio.wait(self._beside)
            finally:
                self._state = State.UNAVAILABLE

    async def stop(self, grace_seconds: float) -> None:
        """Let running batches finish within the grace, give the rest back, and end every child."""
        self._is_stopped = True
        await asyncio.gather(*(scheduler.stop(grace_seconds) for scheduler in self._all_schedulers))
        if self._beside:
            await asyncio.wait(self._beside)

    def _put(self, model: Model, schedulers: dict[str, VersionScheduler]) -> None:
        self._close(self._schedulers.values())
        self._model, self._schedulers, self._reason = model, schedulers, ""
        self._early, self._preload = frozenset(), None

    def _close(self, schedulers: Iterable[VersionScheduler]) -> None:
        for scheduler in schedulers:
            self._in_background(self._finish(scheduler))

    async def _finish(self, scheduler: VersionScheduler) -> None:
        await scheduler.close()
        self._all_schedulers.discard(scheduler)

    async def _load_new(self, model: Model) -> dict[str, VersionScheduler]:
        schedulers = self._new_schedulers(model)
        if not schedulers:
            raise LoadFailed(self._missing[model.default_version])
        try:
            await self._load_schedulers(schedulers.values())
        except BaseException:
            await asyncio.gather(*(scheduler.stop(0) for scheduler in schedulers.values()))
            self._all_schedulers.difference_update(schedulers.values())
            raise
        return schedulers

    async def _load_schedulers(self, schedulers: Iterable[VersionScheduler]) -> None:
        for scheduler in schedulers:
            instances = scheduler.version.config.instances
            try:
                await scheduler.load(instances.count if instances.preload else 1)
            except LoadFailed as failure:
                raise LoadFailed(
                    f"version {scheduler.version.number}: {failure.reason}"
                ) from failure

    def _load_early(self, schedulers: Iterable[VersionScheduler]) -> None:
        self._early = frozenset(schedulers)
        if self._early:
            self._preload = self._in_background(self._load_all(self._early))

    async def _load_all(self, schedulers: Iterable[VersionScheduler]) -> None:
        for scheduler in schedulers:
            with contextlib.suppress(LoadFailed):  # its scheduler has noted it
                await scheduler.load(scheduler.version.config.instances.count)

    def _new_schedulers(self, model: Model) -> dict[str, VersionScheduler]:
        """One for each version, but for those that need what is not installed."""
        missing = {
            number: missing_requirement(version.config)
            for number, version in model.versions.items()
        }
        self._missing = {number: reason for number, reason in missing.items() if reason}
        schedulers = {
            number: self._make_scheduler(version)
            for number, version in model.versions.items()
            if number not in self._missing
        }
        self._all_schedulers.update(schedulers.values())
        return schedulers

    def _in_background(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        return task

    def _check_running(self) -> None:
        if self._is_stopped:
            raise LoadFailed("The engine stops.")

    def _status(self, version: ModelVersion) -> VersionStatus:
        scheduler = self._schedulers.get(version.number)
        state, reason = self._state, self._told_reason()
        if scheduler:
            state, reason = self._state_of(scheduler)
        elif version.number in self._missing:
            state, reason = State.UNAVAILABLE, self._missing[version.number]
        return VersionStatus(
            model=self._name,
            version=version.number,
            state=state,
            reason=reason,
            sha256=version.sha256,
            labels=version.labels,
            instances=scheduler.instances if scheduler else 0,
            memory_bytes=scheduler.memory_bytes if scheduler else 0,
        )

    def _state_of(self, scheduler: VersionScheduler) -> tuple[State, str]:
        if scheduler.is_down:
            return State.UNAVAILABLE, scheduler.trouble
        is_early = scheduler in self._early and self._preload and not self._preload.done()
        if is_early and not scheduler.instances:
            return State.LOADING, ""
        return State.READY, scheduler.trouble or self._reason

    def _told_reason(self) -> str:
        return self._reason if self._state is State.UNAVAILABLE else ""

    def _why_not(self) -> str:
        if self._state is State.LOADING:
            return f"The model {self._name} is being loaded."
        if self._reason == UNLOADED:
            return f"The model {self._name} is unloaded."
        return f"The model {self._name} cannot be served."
