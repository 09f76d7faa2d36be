"""Models that other servers compute: what the engine needs of whoever talks to them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from pydantic import ValidationError

from inference.engine.config import ModelConfig
from inference.engine.errors import LoadError, LoadFailed, ModelUnavailable
from inference.engine.messages import NamedTensor
from inference.engine.remote_config import RemoteConfig
from inference.engine.signature import FoundTensor, Signature
from inference.engine.tensor_config import TensorConfig

_NOT_HERE: Final = "Models of other servers are not computed here."

Infer = Callable[[Sequence[NamedTensor]], Awaitable[list[NamedTensor]]]
"""Asks the server of one model; raises as `Remote.infer` does."""


@dataclass(frozen=True)
class RemoteModel:
    """What a server says of one of its models."""

    inputs: tuple[FoundTensor, ...]
    outputs: tuple[FoundTensor, ...]
    max_batch_size: int | None = None
    """None: the server does not say."""


class Remote(Protocol):
    """Asks servers. To be used on the engine's event loop."""

    async def describe(self, config: RemoteConfig) -> RemoteModel:
        """What the server says of its model, which is ready.

        Raises:
            LoadFailed: it cannot be used now; the reason is for operators.
        """

    async def infer(
        self, config: RemoteConfig, outputs: Sequence[TensorConfig], inputs: Sequence[NamedTensor]
    ) -> list[NamedTensor]:
        """These outputs of the server's model for these inputs, in one request.

        They are of the declared names and datatypes, and their data fits their shapes.

        Raises:
            ModelUnavailable: the server is not to be used now, which is nobody's fault.
            TimedOut, ModelFailed: it is, and its model did not come to an answer for these inputs.
            ModelCrashed: it is not, and one of these inputs may be why.
        """


class NoRemote:
    """Knows no server."""

    async def describe(self, config: RemoteConfig) -> RemoteModel:
        """Fails."""
        raise LoadFailed(_NOT_HERE)

    async def infer(
        self, config: RemoteConfig, outputs: Sequence[TensorConfig], inputs: Sequence[NamedTensor]
    ) -> list[NamedTensor]:
        """Fails likewise."""
        raise ModelUnavailable(_NOT_HERE)


async def settled(config: ModelConfig, remote: Remote) -> ModelConfig:
    """The configuration with the inputs and outputs that the server's model has.

    What is declared is held against what the server says; what is not, is taken from it.

    Raises:
        LoadFailed: they do not fit, or the server cannot be used now.
    """
    if config.remote is None:
        return config
    found = await remote.describe(config.remote)
    try:
        return _settled(config, found)
    except (LoadError, ValueError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise LoadFailed(reason) from error


def _settled(config: ModelConfig, found: RemoteModel) -> ModelConfig:
    most = found.max_batch_size
    if most is not None and most < config.max_batch_size:
        raise LoadError(f"max_batch_size: the server takes {most}, not {config.max_batch_size}.")
    if not config.inputs:
        inputs = _taken("inputs", config, found.inputs)
        outputs = _taken("outputs", config, found.outputs)
        if config.preprocessing and config.interpretation:
            config.preprocessing.check(inputs)
            config.interpretation.check(outputs)
        return config.model_copy(update={"inputs": inputs, "outputs": outputs})
    signature = Signature(config.inputs, config.outputs, config.max_batch_size, "server")
    for key, declared, there in (
        ("inputs", config.inputs, found.inputs),
        ("outputs", config.outputs, found.outputs),
    ):
        by_name = {tensor.name: tensor for tensor in there}
        for tensor in declared:
            if tensor.name not in by_name:
                names = ", ".join(by_name)
                raise LoadError(f"{key}.{tensor.name}: the server has none; it has {names}.")
            signature.check_tensor(key, tensor, by_name[tensor.name])
    missing = {tensor.name for tensor in found.inputs} - {tensor.name for tensor in config.inputs}
    if missing:
        raise LoadError(f"inputs: the server also needs {', '.join(sorted(missing))}.")
    return config


def _taken(key: str, config: ModelConfig, found: Sequence[FoundTensor]) -> tuple[TensorConfig, ...]:
    """What the server says, as `model.toml` would."""
    tensors = []
    for tensor in found:
        shape = tensor.shape
        if config.batches:
            if not shape or shape[0] not in {-1, config.max_batch_size}:
                raise LoadError(
                    f"max_batch_size: {key}.{tensor.name} of the server has the shape"
                    f" {list(shape)}, which has no dimension for a batch: declare 0."
                )
            shape = shape[1:]
        if tensor.datatype is None:
            raise LoadError(f"{key}.{tensor.name}: is of a datatype that cannot be served.")
        values = {"name": tensor.name, "datatype": tensor.datatype, "shape": shape}
        tensors.append(TensorConfig.model_validate(values))
    return tuple(tensors)
