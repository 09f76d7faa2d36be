"""A data plane over an engine without processes, and what to ask it."""

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.engine.arrays import to_tensor
from inference.engine.config import ModelConfig
from inference.engine.errors import ModelNotFound
from inference.engine.model_version import ModelVersion
from inference.engine.statistics import Statistics
from inference.engine.status import State, VersionStatus
from inference.engine.types import (
    Computed,
    Failed,
    FailureKind,
    ImageJob,
    Job,
    Outcome,
    Progress,
    Succeeded,
    Tensor,
    TensorJob,
    Timing,
)
from inference.oip.access import Caller
from inference.oip.contents import strings
from inference.oip.data_plane import Call, DataPlane
from inference.oip.errors import ProtocolError
from inference.oip.messages import ModelInferRequest

TIMING = Timing(wait_ns=1, decode_ns=2, compute_ns=600, encode_ns=3, batch_size=6)
PROVENANCE = {"model_sha256": "0" * 64, "device": "cpu"}
PERSON = Call(Caller(user_id=7, may_manage=False), "grpc")
MANAGER = Call(Caller(user_id=8, may_manage=True), "grpc")
ONES = to_tensor(np.ones((2, 4), np.float32), "FP32")
BOTH_FACES: dict[str, Any] = {
    "inputs": [{"name": "image", "datatype": "FP32", "shape": [3, 8, 8]}],
    "outputs": [{"name": "scores", "datatype": "FP32", "shape": [5]}],
    "preprocessing": {"width": 8, "height": 8},
    "interpretation": {"kind": "labels"},
    "output_kind": "labels",
}
"""What makes a model one of tensors and of images."""

Script = Callable[[Job], Outcome]


def answered(job: Job) -> Outcome:
    """The first input as every output; an image is answered by its size."""
    if isinstance(job, TensorJob):
        first = next(iter(job.inputs.values()))
        return Computed(job, dict.fromkeys(job.outputs, first), TIMING, PROVENANCE)
    assert isinstance(job.source, bytes)
    return Succeeded(
        job=job,
        output={"kind": "raw", "bytes": len(job.source), "params": dict(job.params)},
        output_file=None,
        output_bytes=job.source[::-1],
        timing=TIMING,
        provenance=PROVENANCE,
    )


def failed(code: str, kind: FailureKind = FailureKind.TRANSIENT, *, shared: bool = False) -> Script:
    """Every job fails so."""
    return lambda job: Failed(job, code, f"It ended by {code}.", kind, shared=shared)


class FakeEngine:
    """Some models; each job ends by `script`, or waits while `hold` is set."""

    def __init__(self, *configs: ModelConfig, script: Script = answered) -> None:
        self.script = script
        self.statistics = Statistics()
        self.jobs: list[Job] = []
        self.running = 0
        self.most_running = 0
        self.canceled: list[Job] = []
        self.reports: dict[int, Callable[[Progress], None]] = {}
        self.released = asyncio.Event()
        self.released.set()
        self.states: dict[str, State] = {}
        self.reasons: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._ids = itertools.count(-1, -1)
        self._versions = {config.name: version_of(config) for config in configs}

    def new_id(self) -> int:
        """A new one."""
        return next(self._ids)

    def resolve(self, name: str, version_or_label: str = "") -> ModelVersion:
        """Version 1, which is `stable`."""
        if name not in self._versions or version_or_label not in {"", "1", "stable"}:
            raise ModelNotFound(f"There is no model {name} version {version_or_label}.")
        return self._versions[name]

    def index(self) -> list[VersionStatus]:
        """Every version, READY unless `states` says otherwise."""
        return [
            VersionStatus(
                name,
                "1",
                self.states.get(name, State.READY),
                self.reasons.get(name, ""),
                memory_bytes=4096,
            )
            for name in self._versions
        ]

    async def predict(self, job: Job, report: Callable[[Progress], None]) -> Outcome:
        """As scripted, once released."""
        self.jobs.append(job)
        self.reports[job.id] = report
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self._changed.set()
        try:
            await asyncio.sleep(0)
            await self.released.wait()
            return self.script(job)
        except asyncio.CancelledError:
            self.canceled.append(job)
            self._changed.set()
            raise
        finally:
            self.running -= 1

    async def runs(self, count: int) -> None:
        """Returns when so many jobs run."""
        while self.running < count:
            self._changed.clear()
            await self._changed.wait()

    async def calls_off(self, count: int) -> None:
        """Returns when so many jobs were canceled."""
        while len(self.canceled) < count:
            self._changed.clear()
            await self._changed.wait()

    @property
    def images(self) -> list[ImageJob]:
        """The jobs that are of images."""
        return [job for job in self.jobs if isinstance(job, ImageJob)]


class Commanded:
    """Notes what was commanded."""

    def __init__(self) -> None:
        self.commands: list[tuple[str, str, int]] = []

    async def load(self, name: str, user_id: int) -> None:
        """Notes it."""
        self.commands.append(("load", name, user_id))

    async def unload(self, name: str, user_id: int) -> None:
        """Notes it."""
        self.commands.append(("unload", name, user_id))


class Counted:
    """Notes what was used."""

    def __init__(self) -> None:
        self.used: list[tuple[Any, ...]] = []

    def count(
        self,
        user_id: int,
        model: str,
        version: str,
        protocol: str,
        *,
        items: int,
        failed: bool,
        compute_ns: int,
    ) -> None:
        """Notes it."""
        self.used.append((user_id, model, version, protocol, items, failed, compute_ns))


def version_of(config: ModelConfig, folder: Path = Path("/nowhere")) -> ModelVersion:
    """Version 1 of a model that needs no files."""
    return ModelVersion(config, "1", folder / config.name, {})


def config(name: str = "adder", **values: Any) -> ModelConfig:
    """A model of tensors: `a` and `b`, FP32 [4], in batches of at most 8, give `sum`."""
    tensors = {
        "inputs": [
            {"name": "a", "datatype": "FP32", "shape": [4]},
            {"name": "b", "datatype": "FP32", "shape": [4]},
        ],
        "outputs": [{"name": "sum", "datatype": "FP32", "shape": [4]}],
        "max_batch_size": 8,
    }
    return ModelConfig.model_validate({"name": name} | tensors | values)


def image_config(name: str = "reader", **values: Any) -> ModelConfig:
    """A model of images."""
    return ModelConfig.model_validate({"name": name, "output_kind": "labels"} | values)


def data_plane(engine: FakeEngine) -> tuple[DataPlane, Commanded, Counted]:
    """A data plane, and what it commands and counts."""
    control, meter = Commanded(), Counted()
    return DataPlane(engine, control, meter), control, meter


def asking(model: str, *tensors: tuple[str, Tensor], **fields: Any) -> Any:
    """A ModelInferRequest with raw contents."""
    request = ModelInferRequest(model_name=model, **fields)
    for name, tensor in tensors:
        request.inputs.add(name=name, datatype=tensor.datatype, shape=tensor.shape)
        request.raw_input_contents.append(tensor.data)
    return request


def files(*contents: bytes) -> Tensor:
    """So many images, or the params of so many."""
    return strings(contents, (len(contents),))


async def infer(engine: FakeEngine, request: Any) -> Any:
    """What a person is answered."""
    return await data_plane(engine)[0].infer(request, PERSON)


async def refusal(engine: FakeEngine, request: Any) -> ProtocolError:
    """Why a person is refused."""
    with pytest.raises(ProtocolError) as raised:
        await infer(engine, request)
    return raised.value
