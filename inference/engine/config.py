"""A model's `model.toml`, validated."""

import os
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

import jsonschema
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from inference.engine import limits
from inference.engine.card import Card, Task
from inference.engine.image_config import Interpretation, Preprocessing
from inference.engine.remote_config import RemoteConfig
from inference.engine.tensor_config import TensorConfig, WarmUp
from strictjson.schema import dangling_reference, misfits, validator

Version = Annotated[
    str, BeforeValidator(str), Field(pattern=r"^[1-9][0-9]*$", max_length=limits.VERSION_LENGTH)
]
Label = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$", max_length=limits.LABEL_LENGTH)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Backend = Literal["python", "onnx", "torchscript", "torch-export", "remote"]
OutputKind = Literal["text", "image", "labels", "raw", "tensors"]

MAX_REFUSAL: Final = 300
"""Characters of a refusal, which may quote what it refuses."""
PLATFORMS: Final[Mapping[Backend, str]] = {
    "python": "python",
    "onnx": "onnxruntime_onnx",
    "torchscript": "pytorch_libtorch",
    "torch-export": "pytorch_export",
    "remote": "remote",
}
MODEL_FILES: Final[Mapping[Backend, str]] = {
    "onnx": "model.onnx",
    "torchscript": "model.pt",
    "torch-export": "model.pt2",
    "python": "model.py",
}
"""The file in a version's folder that holds the network; a `model.py` may lie in the model's. A
model that another server computes has none."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BatchingConfig(_Strict):
    """How requests wait for each other, and how many may."""

    max_queue_delay_ms: float = Field(0.0, ge=0)
    """How long the first of a batch waits for others."""
    max_queue_size: int = Field(256, ge=1)
    """How many requests may wait; what comes on top is refused."""
    timeout_ms: int | None = Field(None, ge=1)
    """How long a request may wait for its batch to start. None: without an end."""


class InstancesConfig(_Strict):
    """The child processes of one version of a model."""

    count: int = Field(1, ge=1)
    """How many may run beside each other."""
    extra: int | None = Field(None, ge=0, le=16)
    """How many more may help out while some are long at one step and others wait. None: two, and
    none where the model computes on a GPU."""
    threads: int | None = Field(None, ge=1)
    """Cores for each. None: this machine's, shared between the instances."""
    idle_seconds: float = Field(300.0, ge=0)
    """How long one may lie idle before it is ended. 0: it stays."""
    memory_limit_mb: int = Field(8192, ge=64)
    """How much memory (resident, in MiB) one may use before it is ended."""
    device: str = Field("auto", pattern=r"^(auto|cpu|cuda(:[0-9]+)?)$")
    """Where to compute; auto is the first GPU that the backend can use, else the processor."""
    preload: bool = False
    """Whether one is started with the worker, not by the first request."""

    @property
    def threads_each(self) -> int:
        """How many cores one instance uses."""
        return self.threads or max(1, (os.cpu_count() or 1) // self.count)


class VersionPolicy(_Strict):
    """Which versions in the folder are served: one of the three."""

    latest: int | None = Field(None, ge=1)
    """So many with the highest numbers."""
    all: bool | None = None
    specific: tuple[Version, ...] | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if sum(choice is not None for choice in (self.latest, self.all, self.specific)) > 1:
            raise ValueError("takes one of latest, all and specific")
        if self.all is False:
            raise ValueError("all can only be true")
        return self


class Language(_Strict):
    """A language whose text the model can read."""

    code: str = Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)
    """As BCP 47 has it: en, zh, pt-BR, …"""
    note: str = Field("", max_length=100)
    """What restricts it, in a few words: printed only, …"""


class ModelConfig(_Strict):
    """Everything that a model declares about itself."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=limits.MODEL_NAME_LENGTH)
    """The name of the model's folder."""
    title: str = Field("", max_length=limits.TITLE_LENGTH)
    """What people call it. Empty: they are shown its name."""
    description: str = ""
    """What it does, in a sentence for people."""
    task: Task | None = None
    card: Card = Card()
    languages: tuple[Language, ...] = ()
    """Those that it really reads; people choose among them. Empty: the model reads none."""
    backend: Backend = "python"
    requires: tuple[str, ...] = ()
    """Python packages that must be installed, by the names that they are imported by, beside what
    the backend needs."""
    platform: str = Field("", max_length=limits.PLATFORM_LENGTH)
    """What computes, in the words of the field; by default what the backend is called there."""
    output_kind: OutputKind = "tensors"
    """What a person is shown. `tensors`: nothing, the model takes tensors only."""
    max_batch_size: int = Field(1, ge=0, le=1024)
    """0: the tensors have no dimension for the batch, and requests are computed one by one."""
    inputs: tuple[TensorConfig, ...] = ()
    outputs: tuple[TensorConfig, ...] = ()
    batching: BatchingConfig = BatchingConfig()
    instances: InstancesConfig = InstancesConfig()
    remote: RemoteConfig | None = None
    """The server that computes it, where the backend is `remote`."""
    version_policy: VersionPolicy = VersionPolicy(all=True)
    labels: dict[Label, Version] = Field(default_factory=dict)
    """Names that mean a version: stable, canary, …"""
    warm_up: WarmUp | None = None
    preprocessing: Preprocessing | None = None
    """How an image becomes the input; with it the model takes images too, without code."""
    interpretation: Interpretation | None = None
    """How the output becomes what a person is shown."""
    connects_to: tuple[Port, ...] = Field((), max_length=limits.PORTS)
    """TCP ports, on any machine, that its process may connect to. Empty: it has no network."""
    load_timeout_seconds: float = Field(120.0, gt=0)
    timeout_seconds: float = Field(120.0, gt=0)
    """How long the model may compute a batch, and how long an image may take to be read, decoded or
    encoded. As while it loads, waiting for a core does not count."""
    max_side: int | None = Field(None, ge=1)
    """The longest side that the model makes use of, in pixels: larger JPEGs are decoded smaller."""
    params: dict[str, Any] = Field(default_factory=lambda: {"type": "object", "maxProperties": 0})
    """The JSON Schema of its parameters; by default there are none."""
    choices: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Parameters that are a choice among files of the version's folder: their patterns. Without
    such a file the version is not offered."""

    @property
    def takes_tensors(self) -> bool:
        """Whether requests of tensors make sense to it."""
        return bool(self.inputs)

    @property
    def takes_images(self) -> bool:
        """Whether images make sense to it."""
        return not self.inputs or self.preprocessing is not None

    @property
    def batches(self) -> bool:
        """Whether its tensors have a dimension for the batch."""
        return self.max_batch_size > 0

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, values: Any) -> Any:
        if isinstance(values, dict):
            values = dict(values)
            values.setdefault("platform", PLATFORMS.get(values.get("backend", "python"), ""))
            if isinstance(values.get("remote"), dict):
                values["remote"] = {"model": values.get("name", ""), **values["remote"]}
        return values

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for key, tensors in (("inputs", self.inputs), ("outputs", self.outputs)):
            names = [tensor.name for tensor in tensors]
            if len(set(names)) < len(names):
                raise ValueError(f"{key}: a name stands there twice")
        if bool(self.inputs) != bool(self.outputs):
            raise ValueError("inputs and outputs are declared together or not at all")
        self._check_remote()
        if self.backend not in {"python", "remote"} and not self.inputs:
            raise ValueError(f"inputs: the backend {self.backend} needs them declared")
        if (self.preprocessing is None) != (self.interpretation is None):
            raise ValueError("preprocessing and interpretation are declared together or not at all")
        if self.takes_images == (self.output_kind == "tensors"):
            raise ValueError(
                "output_kind: text, image, labels or raw for a model of images, tensors for others"
            )
        self._check_image_adapter()
        return self

    def _check_remote(self) -> None:
        if (self.backend == "remote") != (self.remote is not None):
            raise ValueError("remote: goes with the backend remote")
        if self.remote is None:
            return
        if not self.inputs and self.preprocessing is None:
            raise ValueError("inputs: without preprocessing a remote model declares them")
        if self.warm_up is not None:
            raise ValueError("warm_up: the server warms its models up itself")
        if self.remote.timeout_seconds >= self.timeout_seconds:
            raise ValueError("remote.timeout_seconds: must be below timeout_seconds")

    def _check_image_adapter(self) -> None:
        if self.preprocessing is None or self.interpretation is None:
            return
        if self.inputs:  # else the server tells when it is asked
            self.preprocessing.check(self.inputs)
            self.interpretation.check(self.outputs)
        if self.interpretation.kind != self.output_kind:
            raise ValueError(f"output_kind: the interpretation is {self.interpretation.kind}")

    @field_validator("params")
    @classmethod
    def _is_a_schema(cls, schema: dict[str, Any]) -> dict[str, Any]:
        try:
            # With the formats: a pattern that is no regular expression is found here.
            jsonschema.Draft202012Validator.check_schema(
                schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
            )
            if dangling := dangling_reference(schema):
                raise ValueError(f"there is no schema at {dangling}")
            # What refers to itself before it comes to a value never ends.
            validator(schema).is_valid({})
        except jsonschema.SchemaError as error:
            raise ValueError(f"not a JSON Schema: {error.message}") from None
        except RecursionError:
            raise ValueError("the schema refers to itself without end") from None
        return schema

    def refusal(self, params: Mapping[str, Any]) -> str | None:
        """Why these parameters do not fit the model, in one sentence; None: they do.

        Raises:
            Uncheckable: the schema cannot be applied to them.
        """
        worst = jsonschema.exceptions.best_match(misfits(self.params, dict(params)))
        if worst is None:
            return None
        where = ".".join(str(part) for part in worst.absolute_path) or "params"
        told = f"{where}: {worst.message}."
        return told if len(told) <= MAX_REFUSAL else f"{told[: MAX_REFUSAL - 1]}…"
