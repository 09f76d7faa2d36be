"""Reads checkpoints of PyTorch as it wrote them before 1.6, without PyTorch and without their code.

The format is several pickles, then the raw bytes of each storage: `torch.serialization`,
`_legacy_save`.
"""

import io
import pickle
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

MAGIC: Final = 0x1950A86A20F9469CFC6C
_DTYPES: Final = {"FloatStorage": "<f4", "LongStorage": "<i8"}


@dataclass(frozen=True)
class _Storage:
    key: str
    dtype: str


@dataclass(frozen=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_checkpoint(content: bytes) -> Mapping[str, npt.NDArray[Any]]:
    """The arrays of a state dict, by their names, in its order.

    Raises:
        ValueError: it is of another format, or holds something else.
    """
    file = io.BytesIO(content)
    try:
        if _load(file) != MAGIC:
            raise ValueError("not a checkpoint of PyTorch's legacy format")
        _load(file), _load(file)  # the format's version, and what wrote it
        tensors = _load(file)
        dtypes = {one.storage.key: one.storage.dtype for one in tensors.values()}
        storages = {key: _numbers(file, dtypes[key]) for key in _load(file)}
    except (pickle.UnpicklingError, EOFError) as error:
        raise ValueError(f"not a checkpoint of PyTorch's legacy format: {error}") from error
    return {name: _array(tensor, storages) for name, tensor in tensors.items()}


class _Unpickler(pickle.Unpickler):
    """Knows tensors in a dict and nothing else: nothing in the file is run."""

    def find_class(self, module: str, name: str) -> Any:
        """What the file may name."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *_: _Tensor(
                storage, offset, shape, strides
            )
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        raise pickle.UnpicklingError(f"it names {module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:
        """A storage, whose bytes come later."""
        _, dtype, key, *_ = pid
        return _Storage(key, dtype)


def _load(file: BinaryIO) -> Any:
    return _Unpickler(file).load()


def _numbers(file: BinaryIO, dtype: str) -> npt.NDArray[Any]:
    """A storage: how many numbers there are, and these."""
    count = int.from_bytes(file.read(8), "little")
    return np.frombuffer(file.read(count * np.dtype(dtype).itemsize), dtype)


def _array(tensor: _Tensor, storages: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[Any]:
    numbers = storages[tensor.storage.key][tensor.offset :]
    strides = tuple(stride * numbers.itemsize for stride in tensor.strides)
    return np.lib.stride_tricks.as_strided(numbers, tensor.shape, strides).copy()
