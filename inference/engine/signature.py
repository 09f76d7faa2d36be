"""What a network takes and gives, as `model.toml` declares it, held against
what computes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.engine.errors import LoadError
from inference.engine.tensor_config import TensorConfig


@dataclass(frozen=True)
class FoundTensor:
    """One input or output that a network's file, or its server, tells about."""

    name: str
    datatype: str | None
    """In the protocol's words, None where it has none for it."""
    shape: tuple[int, ...]
    """With the batch's dimension; -1 for any size."""


@dataclass(frozen=True)
class Signature:
    """Everything that a network takes and gives."""

    inputs: tuple[TensorConfig, ...]
    outputs: tuple[TensorConfig, ...]
    max_batch_size: int
    """0: its tensors have no dimension for the batch."""
    source: str = "file"
    """What tells how it really is: a file, a server."""

    @property
    def batches(self) -> bool:
        """Whether its tensors have a dimension for the batch."""
        return self.max_batch_size > 0

    def check_names(self, key: str, found: Sequence[str]) -> None:
        """Whether inputs or outputs (`key`) that are given by place are declared in that order.

        Raises:
            LoadError: there are more or fewer, or the same names stand in another order.
        """
        declared = [tensor.name for tensor in self._declared(key)]
        names = ", ".join(found)
        if len(declared) != len(found):
            raise LoadError(f"{key}: the file has {len(found)} ({names}), not {len(declared)}.")
        if declared != list(found) and sorted(declared) == sorted(found):
            raise LoadError(f"{key}: the file has them in the order {names}.")

    def check_tensor(self, key: str, tensor: TensorConfig, found: FoundTensor) -> None:
        """Whether the file's input or output (`key`) is as it is declared.

        Raises:
            LoadError: it is not; the message names the tensor.
        """
        where = f"{key}.{tensor.name}"
        if found.datatype != tensor.datatype:
            kind = found.datatype or "of a datatype that cannot be served"
            raise LoadError(f"{where}: the {self.source}'s is {kind}, not {tensor.datatype}.")
        declared = (-1, *tensor.shape) if self.batches else tensor.shape
        mismatch = LoadError(
            f"{where}: the {self.source}'s has the shape {list(found.shape)}, declared is"
            f" {list(declared)}."
        )
        if len(found.shape) != len(declared):
            raise mismatch
        if self.batches:
            self._check_batch(where, found.shape[0])
        start = 1 if self.batches else 0
        for wanted, size in zip(declared[start:], found.shape[start:], strict=True):
            # An output may well be narrower than it is declared; an input must take what is.
            if size not in {-1, wanted} and (key == "inputs" or wanted != -1):
                raise mismatch

    def _check_batch(self, where: str, size: int) -> None:
        if size != -1 and (size, self.max_batch_size) != (1, 1):
            raise LoadError(
                f"{where}: the {self.source} is made for batches of {size} only, which does not fit"
                f" max_batch_size {self.max_batch_size}."
            )

    def _declared(self, key: str) -> Sequence[TensorConfig]:
        return self.inputs if key == "inputs" else self.outputs
