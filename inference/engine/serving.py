"""One model of the repository: what is served of it, and how that changes while it is served."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable
from typing import Final

from inference.engine.errors import LoadFailed, ModelNotFound, ModelUnavailable
from inference.engine.lane import Lane
from inference.engine.model_folder import InvalidModel, Model, ModelVersion
from inference.engine.status import State, VersionStatus

UNLOADED: Final = "unloaded"


class Serving:
    """The lanes of a model's versions. Loads and unloads take turns, in the order of the calls.

    A load makes new lanes and puts them in the place of the old ones, which finish what they hold.
    """

    def __init__(self, name: str, make_lane: Callable[[ModelVersion], Lane]) -> None:
        self._name = name
        self._make_lane = make_lane
        self._model: Model | None = None
        self._lanes: dict[str, Lane] = {}
        """What takes requests, by the version's number."""
        self._all_lanes: set[Lane] = set()
        """These, and those that are being loaded or finish what they hold."""
        self._state = State.UNAVAILABLE
        """Of the versions without a lane."""
        self._reason = ""
        self._turn = asyncio.Lock()
        self._is_stopped = False
        self._beside: set[asyncio.Task[None]] = set()
        """Lanes that are closing, and those that are loaded beforehand."""
        self._preload: asyncio.Task[None] | None = None

    def serve(self, model: Model) -> None:
        """Take requests for this model. Children are started when the first ones come, or in the
        background where the model wants to be preloaded."""
        self._put(model, {number: self._new_lane(model, number) for number in model.versions})
        if model.config.instances.preload:
            self._preload = self._in_background(self._load_beforehand(self._lanes.values()))

    def refuse(self, problem: InvalidModel) -> None:
        """Take no requests: its folder is not valid."""
        self._reason = str(problem)

    def lane(self, version: str) -> Lane:
        """Where requests for this version go: a number or a label; empty: the highest number.

        Raises:
            ModelNotFound: there is no such version.
            ModelUnavailable: nothing of the model takes requests.
        """
        if not self._lanes or self._model is None:
            raise ModelUnavailable(self._why_not())
        number = version or self._model.default_version
        number = self._model.config.labels.get(number, number)
        if number not in self._lanes:
            raise ModelNotFound(f"There is no model {self._name} version {version}.")
        return self._lanes[number]

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
                lanes = await self._load_new(model)
            except (InvalidModel, LoadFailed, OSError) as error:
                self._reason = str(error)
                raise LoadFailed(self._reason) from error
            finally:
                self._state = State.UNAVAILABLE
            self._put(model, lanes)
            return model

    async def unload(self) -> None:
        """Take no more requests, finish those that are here, and end every child."""
        async with self._turn:
            self._state = State.UNLOADING
            if self._model:
                self._reason = UNLOADED
            self._close(self._lanes.values())
            self._lanes = {}
            try:
                if self._beside:
                    await asyncio.wait(self._beside)
            finally:
                self._state = State.UNAVAILABLE

    async def stop(self, grace_seconds: float) -> None:
        """Let running batches finish within the grace, give the rest back, and end every child."""
        self._is_stopped = True
        await asyncio.gather(*(lane.stop(grace_seconds) for lane in self._all_lanes))
        if self._beside:
            await asyncio.wait(self._beside)

    def _put(self, model: Model, lanes: dict[str, Lane]) -> None:
        self._close(self._lanes.values())
        self._model, self._lanes, self._reason, self._preload = model, lanes, "", None

    def _close(self, lanes: Iterable[Lane]) -> None:
        for lane in lanes:
            self._in_background(self._finish(lane))

    async def _finish(self, lane: Lane) -> None:
        await lane.close()
        self._all_lanes.discard(lane)

    async def _load_new(self, model: Model) -> dict[str, Lane]:
        lanes = {number: self._new_lane(model, number) for number in model.versions}
        try:
            await self._load_lanes(model, lanes.values())
        except BaseException:
            await asyncio.gather(*(lane.stop(0) for lane in lanes.values()))
            self._all_lanes.difference_update(lanes.values())
            raise
        return lanes

    async def _load_lanes(self, model: Model, lanes: Iterable[Lane]) -> None:
        instances = model.config.instances
        for lane in lanes:
            try:
                await lane.load(instances.count if instances.preload else 1)
            except LoadFailed as failure:
                raise LoadFailed(f"version {lane.version.number}: {failure.reason}") from failure

    async def _load_beforehand(self, lanes: Iterable[Lane]) -> None:
        for lane in tuple(lanes):
            with contextlib.suppress(LoadFailed):  # its lane has noted it
                await lane.load(lane.version.config.instances.count)

    def _new_lane(self, model: Model, number: str) -> Lane:
        lane = self._make_lane(model.versions[number])
        self._all_lanes.add(lane)
        return lane

    def _in_background(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        return task

    def _check_running(self) -> None:
        if self._is_stopped:
            raise LoadFailed("The engine stops.")

    def _status(self, version: ModelVersion) -> VersionStatus:
        lane = self._lanes.get(version.number)
        state, reason = self._state, self._told_reason()
        if lane:
            state, reason = self._state_of(lane)
        return VersionStatus(
            model=self._name,
            version=version.number,
            state=state,
            reason=reason,
            sha256=version.sha256,
            labels=version.labels,
            instances=lane.instances if lane else 0,
            memory_bytes=lane.memory_bytes if lane else 0,
        )

    def _state_of(self, lane: Lane) -> tuple[State, str]:
        if lane.is_down:
            return State.UNAVAILABLE, lane.trouble
        if self._preload and not self._preload.done() and not lane.instances:
            return State.LOADING, ""
        return State.READY, lane.trouble or self._reason

    def _told_reason(self) -> str:
        return self._reason if self._state is State.UNAVAILABLE else ""

    def _why_not(self) -> str:
        if self._state is State.LOADING:
            return f"The model {self._name} is being loaded."
        if self._reason == UNLOADED:
            return f"The model {self._name} is unloaded."
        return f"The model {self._name} cannot be served."
