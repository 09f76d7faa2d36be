"""A model's `model.toml`, validated."""

import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import jsonschema
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

Version = Annotated[str, BeforeValidator(str), Field(pattern=r"^[1-9][0-9]*$")]
Label = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InstancesConfig(_Strict):
    """The child processes of one version of a model."""

    count: int = Field(1, ge=1)
    """How many may run beside each other."""
    threads: int | None = Field(None, ge=1)
    """Cores for each. None: this machine's, shared between the instances."""
    idle_seconds: float = Field(300.0, gt=0)
    """How long one may lie idle before it is ended."""
    memory_limit_mb: int = Field(8192, ge=64)
    """How much memory (resident, in MiB) one may use before it is ended."""
    device: Literal["cpu", "cuda"] = "cpu"

    @property
    def threads_each(self) -> int:
        """How many cores one instance uses."""
        return self.threads or max(1, (os.cpu_count() or 1) // self.count)


class ModelConfig(_Strict):
    """Everything that a model declares about itself."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=100)
    """The name of the model's folder."""
    description: str = ""
    backend: Literal["python"] = "python"
    platform: str = Field("python", max_length=50)
    """What computes, in the words of the field."""
    output_kind: Literal["text", "image", "labels"]
    max_batch_size: int = Field(1, ge=1, le=1024)
    max_queue_delay_ms: int = Field(0, ge=0)
    """How long the first of a batch waits for others."""
    instances: InstancesConfig = InstancesConfig()
    load_timeout_seconds: float = Field(120.0, gt=0)
    timeout_seconds: float = Field(120.0, gt=0)
    """How long a batch may take, from its start to its last result."""
    max_side: int | None = Field(None, ge=1)
    """The longest side that the model makes use of, in pixels: larger JPEGs are decoded smaller."""
    labels: dict[Label, Version] = Field(default_factory=dict)
    """Names that mean a version: stable, canary, …"""
    params: dict[str, Any] = Field(default_factory=lambda: {"type": "object", "maxProperties": 0})
    """The JSON Schema of its parameters; by default there are none."""

    @field_validator("params")
    @classmethod
    def _is_a_schema(cls, schema: dict[str, Any]) -> dict[str, Any]:
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            raise ValueError(f"not a JSON Schema: {error.message}") from None
        return schema

    def refusal(self, params: Mapping[str, Any]) -> str | None:
        """Why these parameters do not fit the model, in one sentence; None: they do."""
        errors = jsonschema.Draft202012Validator(self.params).iter_errors(dict(params))
        worst = jsonschema.exceptions.best_match(errors)
        if worst is None:
            return None
        where = ".".join(str(part) for part in worst.absolute_path) or "params"
        return f"{where}: {worst.message}."
