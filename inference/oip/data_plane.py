"""The protocol's calls on its messages, whatever they came through."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from inference.engine.errors import JobFailure
from inference.engine.model_version import ModelVersion
from inference.engine.status import State
from inference.oip import image_adapter, metadata, repository, statistics
from inference.oip.access import Caller, Control, Meter
from inference.oip.adapter import Adapter, Answer
from inference.oip.admission import Admission
from inference.oip.answering import response_of, share_ns, size_of
from inference.oip.computing import Engine, Report, compute
from inference.oip.contents import tensors_of
from inference.oip.errors import STOPPING, ProtocolError, Status, of_failure
from inference.oip.image_adapter import ImageAdapter
from inference.oip.limits import LARGE_BYTES
from inference.oip.messages import message
from inference.oip.tensor_adapter import TensorAdapter
from tracing import spans

T = TypeVar("T")

ServerLiveResponse: Final = message("ServerLiveResponse")
ServerReadyResponse: Final = message("ServerReadyResponse")
ModelReadyResponse: Final = message("ModelReadyResponse")
ModelConfigResponse: Final = message("ModelConfigResponse")
ModelStatisticsResponse: Final = message("ModelStatisticsResponse")
RepositoryModelLoadResponse: Final = message("RepositoryModelLoadResponse")
RepositoryModelUnloadResponse: Final = message("RepositoryModelUnloadResponse")


@dataclass(frozen=True)
class Call:
    """Who calls, and by which protocol: `rest` or `grpc`."""

    caller: Caller
    protocol: str
    """`grpc` or `rest`."""


class DataPlane:
    """Answers the protocol's requests from one engine.

    Every call takes and gives the protocol's messages. What cannot be answered is a ProtocolError;
    what a call's docstring names comes on top of NOT_FOUND and UNAVAILABLE for a model or version
    that is not there, or not served.
    """

    def __init__(self, engine: Engine, control: Control, meter: Meter) -> None:
        self._engine = engine
        self._control = control
        self._meter = meter
        self._admission = Admission()
        self.answers = Admission(of="answers")
        """What answers may hold from when they are written until they are sent."""
        self._draining = False
        self._is_resting = False

    def drain(self) -> None:
        """From now on it says that it is not ready, and takes no more work."""
        self._draining = True

    def rest(self, *, is_resting: bool) -> None:
        """Whether it says that it is not ready while it answers whoever asks all the same."""
        self._is_resting = is_resting

    @property
    def _is_ready(self) -> bool:
        return not (self._draining or self._is_resting)

    # Of the server.

    def server_live(self, request: Any) -> Any:
        """Whether it answers."""
        return ServerLiveResponse(live=True)

    def server_ready(self, request: Any) -> Any:
        """Whether requests are to be sent here."""
        return ServerReadyResponse(ready=self._is_ready)

    def server_metadata(self, request: Any) -> Any:
        """Its name, version and extensions."""
        return metadata.of_server()

    # Of a model.

    def model_ready(self, request: Any) -> Any:
        """Whether requests for this version are to be sent here; false where there is none."""
        try:
            version = self._resolve(request.name, request.version)
        except ProtocolError:
            return ModelReadyResponse(ready=False)
        states = {
            status.state
            for status in self._engine.index()
            if (status.model, status.version) == (version.config.name, version.number)
        }
        return ModelReadyResponse(ready=State.READY in states and self._is_ready)

    def model_metadata(self, request: Any) -> Any:
        """Names, datatypes and shapes of what a model takes and gives."""
        version = self._resolve(request.name, request.version)
        numbers = [
            status.version
            for status in self._engine.index()
            if status.model == version.config.name and status.version
        ]
        return metadata.of_model(version, numbers)

    def model_config(self, request: Any) -> Any:
        """How a model is configured."""
        version = self._resolve(request.name, request.version)
        return ModelConfigResponse(config=metadata.config_of(version))

    def model_statistics(self, request: Any) -> Any:
        """What was computed so far: of a version, of all versions of a model, or of all models."""
        answer = ModelStatisticsResponse()
        number = request.version
        if number:
            number = self._resolve(request.name, number).number
        for status in self._engine.index():
            if request.name not in {"", status.model} or number not in {"", status.version}:
                continue
            if status.version:
                counts = self._engine.statistics.of(status.model, status.version)
                answer.model_stats.append(statistics.of_version(status, counts))
        if request.name and not answer.model_stats:
            # Raises what is the matter with it.
            self._resolve(request.name, "")
        return answer

    # Of the repository.

    async def repository_index(self, request: Any, call: Call) -> Any:
        """How each version of each model stands; `ready`: only those that are."""
        return repository.index(request, self._engine.index(), call.caller)

    async def load(self, request: Any, call: Call) -> Any:
        """Has a model's folder read anew and served; returns when it is.

        Raises:
            ProtocolError: PERMISSION_DENIED. INVALID_ARGUMENT: the request brings a configuration
                or files. Or why it could not be loaded.
        """
        self._check_open()
        repository.check_may_manage(request, call.caller)
        repository.check_brings_nothing(request)
        await self._control.load(request.model_name, call.caller.user_id)
        return RepositoryModelLoadResponse()

    async def unload(self, request: Any, call: Call) -> Any:
        """Has a model finish what is in flight and let go of it; returns when it has.

        Raises:
            ProtocolError: PERMISSION_DENIED, or why it is not done.
        """
        self._check_open()
        repository.check_may_manage(request, call.caller)
        await self._control.unload(request.model_name, call.caller.user_id)
        return RepositoryModelUnloadResponse()

    # Inference.

    async def infer(self, request: Any, call: Call, report: Report = lambda *_: None) -> Any:
        """The ModelInferResponse; canceling the caller calls the jobs off.

        Raises:
            ProtocolError: INVALID_ARGUMENT: the request does not fit the model, or an image cannot
                be decoded. RESOURCE_EXHAUSTED: too many wait, or hold too much memory.
                DEADLINE_EXCEEDED: it waited or computed too long. INTERNAL: the model failed.
        """
        taken_at = time.monotonic()
        self._check_open()
        size = request.ByteSize()
        with self._admission.admitted(size):
            version = self._resolve(request.model_name, request.model_version)
            adapter = await _beside(size, _adapter, version, request)
            jobs = adapter.jobs(self._engine.new_id, call.protocol)
            spans.note(
                {
                    "darkroom.model": version.config.name,
                    "darkroom.model.version": version.number,
                    "darkroom.items": adapter.items,
                }
            )
            try:
                answers = await compute(
                    self._engine, version.config, jobs, adapter.place, report, taken_at=taken_at
                )
            except ProtocolError:
                self._count(version, adapter, call, None)
                raise
            self._count(version, adapter, call, answers)
            return await _beside(size_of(answers), response_of, version, request, adapter, answers)

    def _check_open(self) -> None:
        if self._draining:
            raise ProtocolError(Status.UNAVAILABLE, STOPPING)

    def _resolve(self, name: str, version: str) -> ModelVersion:
        try:
            return self._engine.resolve(name, version)
        except JobFailure as failure:
            raise of_failure(failure) from None

    def _count(
        self, version: ModelVersion, adapter: Adapter, call: Call, answers: Sequence[Answer] | None
    ) -> None:
        """Notes a request that was computed, or failed: `answers` is None then."""
        self._meter.count(
            call.caller.user_id,
            version.config.name,
            version.number,
            call.protocol,
            items=adapter.items,
            failed=answers is None,
            compute_ns=sum(share_ns(answer) for answer in answers or ()),
        )


def _adapter(version: ModelVersion, request: Any) -> Adapter:
    tensors = tensors_of(request)
    is_of_images = image_adapter.is_meant(version.config, tensors)
    return (ImageAdapter if is_of_images else TensorAdapter)(version, request, tensors)


async def _beside(size: int, call: Callable[..., T], *args: Any) -> T:
    """Runs what reads or writes so many bytes: in a thread where they are many."""
    if size > LARGE_BYTES:
        return await asyncio.to_thread(call, *args)
    return call(*args)
