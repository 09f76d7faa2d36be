"""How `model.toml` declares tensors: what a model takes and gives, and what warms it up."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from inference.engine import limits

Datatype = Literal[
    "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64",
    "FP16", "FP32", "FP64", "BYTES",
]  # fmt: skip


class TensorConfig(BaseModel):
    """One input or output of a model that takes tensors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=limits.TENSOR_NAME_LENGTH)
    datatype: Datatype
    shape: tuple[int, ...]
    """-1 for a dimension of any size. Where the model batches, without the batch's dimension."""

    @field_validator("shape")
    @classmethod
    def _is_a_shape(cls, shape: tuple[int, ...]) -> tuple[int, ...]:
        if any(size < 1 and size != -1 for size in shape):
            raise ValueError("a dimension is -1 or at least 1")
        return shape


class WarmUp(BaseModel):
    """What a model computes after loading and before it is ready: zeros of its input shapes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: int = Field(1, ge=1, le=100)
    """How often."""
    batch_size: int = Field(1, ge=1)
    dimension: int = Field(64, ge=1)
    """What stands for a dimension of -1."""
