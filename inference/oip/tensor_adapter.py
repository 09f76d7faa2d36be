"""Tensors in, tensors out: what a model declares as its inputs and outputs."""

from collections.abc import Mapping, Sequence
from typing import Any

from inference.engine.config import ModelConfig
from inference.engine.model_version import ModelVersion
from inference.engine.tensor_config import TensorConfig
from inference.engine.types import Computed, Tensor, TensorJob
from inference.oip.adapter import Answer, NewId, Output
from inference.oip.contents import shown
from inference.oip.errors import invalid
from inference.oip.request import queue_timeout, wanted_outputs


class TensorAdapter:
    """One request of tensors; it becomes one job."""

    def __init__(self, version: ModelVersion, request: Any, tensors: Mapping[str, Tensor]) -> None:
        """Checks the request against the model's configuration.

        Raises:
            ProtocolError: INVALID_ARGUMENT: it names what does not fit, and what would.
        """
        config = version.config
        _check_names(config, tensors)
        for declared in config.inputs:
            _check(declared, tensors[declared.name], config)
        self.items = _batch_size(config, tensors)
        self._version = version
        self._inputs = {declared.name: tensors[declared.name] for declared in config.inputs}
        self._wanted = wanted_outputs(request, [output.name for output in config.outputs])
        self._timeout = queue_timeout(request)

    def jobs(self, new_id: NewId, protocol: str) -> Sequence[TensorJob]:
        """The one job."""
        job = TensorJob(
            id=new_id(),
            attempt=1,
            model=self._version.config.name,
            version=self._version.number,
            protocol=protocol,
            queue_timeout=self._timeout,
            inputs=self._inputs,
            outputs=tuple(output.name for output in self._wanted),
            items=self.items,
        )
        return [job]

    def place(self, number: int) -> str:
        """There is but one."""
        return ""

    def outputs(self, answers: Sequence[Answer]) -> list[Output]:
        """The tensors that were wanted, or their classes.

        Raises:
            ProtocolError: INVALID_ARGUMENT: classes were wanted of what has none.
        """
        (answer,) = answers
        assert isinstance(answer, Computed)  # noqa: S101  # for the type checker
        outputs = []
        for wanted in self._wanted:
            tensor = answer.outputs[wanted.name]
            if wanted.classes is not None:
                # With numpy, which no other answer needs.
                from inference.oip.classification import classified  # noqa: PLC0415

                tensor = classified(self._version, wanted.name, tensor, wanted.classes)
            outputs.append(Output(wanted.name, tensor))
        return outputs


def _check_names(config: ModelConfig, tensors: Mapping[str, Tensor]) -> None:
    names = [declared.name for declared in config.inputs]
    takes = f"the model takes {', '.join(names)}"
    for name in tensors:
        if name not in names:
            raise invalid(f"There is no input {shown(name)}: {takes}.")
    for name in names:
        if name not in tensors:
            raise invalid(f"Input '{name}' is missing: {takes}.")


def _check(declared: TensorConfig, tensor: Tensor, config: ModelConfig) -> None:
    if tensor.datatype != declared.datatype:
        raise invalid(f"Input '{declared.name}' is {tensor.datatype}, not {declared.datatype}.")
    wanted = ((-1,) if config.batches else ()) + declared.shape
    fits = len(tensor.shape) == len(wanted) and all(
        size >= 1 and expected in {-1, size}
        for size, expected in zip(tensor.shape, wanted, strict=True)
    )
    if not fits:
        batch = f", the first for a batch of 1 to {config.max_batch_size}" if config.batches else ""
        raise invalid(
            f"Input '{declared.name}' has the shape {list(tensor.shape)}, "
            f"where the model takes {list(wanted)}{batch}."
        )


def _batch_size(config: ModelConfig, tensors: Mapping[str, Tensor]) -> int:
    if not config.batches:
        return 1
    sizes = {tensors[declared.name].shape[0] for declared in config.inputs}
    if len(sizes) > 1:
        raise invalid("The inputs have batches of different sizes: the first dimension is one.")
    (size,) = sizes
    if size > config.max_batch_size:
        raise invalid(
            f"The batch has {size} items, where the model takes at most {config.max_batch_size}."
        )
    return size
