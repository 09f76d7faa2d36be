"""A child in this process, over a network simple enough to know its answers."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from imagefile.formats import FORMATS
from inference.engine import wire
from inference.engine.child.answers import Answers
from inference.engine.child.execution import Execution
from inference.engine.child.image_adapter import ImageAdapter
from inference.engine.child.interpret import Interpreter
from inference.engine.child.loaded_model import LoadedModel
from inference.engine.child.network import Network
from inference.engine.child.outbox import Outbox
from inference.engine.image_config import Interpretation, Preprocessing
from inference.engine.model import Array
from inference.engine.signature import Signature
from inference.engine.tensor_config import TensorConfig
from inference.engine.to_child import ImageItem, Item, TensorItem
from inference.engine.types import DecodeLimits

LIMITS = DecodeLimits(tuple(FORMATS), max_pixels=1_000_000, max_side=5_000)
Infer = Callable[[Mapping[str, Array]], Any]


class Brightness:
    """A network of pixels (n, h, w, 1): their mean (n, 1) and their negative (n, h, w, 1)."""

    def __init__(self, infer: Infer | None = None) -> None:
        self.calls: list[tuple[int, ...]] = []
        self._infer = infer

    def infer(self, tensors: Mapping[str, Array]) -> Mapping[str, Array]:
        pixels = tensors["pixels"]
        self.calls.append(pixels.shape)
        if self._infer:
            return self._infer(tensors)  # type: ignore[no-any-return]
        return {"mean": pixels.mean(axis=(1, 2), dtype=np.float32), "negative": 255 - pixels}


class _Stream(io.BytesIO):
    """Keeps what was written apart."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def write(self, data: Any) -> int:
        self.written.append(bytes(data))
        return super().write(data)


class _Notes:
    """Notes what is begun with among what is said, by which its order is known."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def next_batch(self) -> None:
        """There is one batch."""

    def begin(self, phase: str, serials: Sequence[int]) -> None:
        self._outbox.hold({"type": "begun", "phase": phase, "serials": list(serials)})


class Child:
    """An execution whose answers are read back from the wire."""

    def __init__(
        self,
        model: Any,
        *,
        kind: str = "labels",
        max_batch_size: int = 8,
        needed_scale: float = 1.0,
    ) -> None:
        self._stream = _Stream()
        self.canceled: set[int] = set()
        signature = Signature(
            (TensorConfig(name="pixels", datatype="UINT8", shape=(-1, -1, 1)),),
            (
                TensorConfig(name="mean", datatype="FP32", shape=(1,)),
                TensorConfig(name="negative", datatype="UINT8", shape=(-1, -1, 1)),
            ),
            max_batch_size,
        )
        how = {
            "labels": Interpretation(kind="labels", output="mean"),
            "image": Interpretation(kind="image", output="negative", layout="NHWC", scale=1),
            "raw": Interpretation(kind="raw"),
        }[kind]
        adapter = ImageAdapter(
            Preprocessing(fit="none", color="GRAY", scale=1, layout="NHWC"),
            Interpreter(how, signature.outputs, []),
            signature,
        )
        loaded = LoadedModel(
            kind, lambda _: needed_scale, "cpu", network=Network(model, signature), adapter=adapter
        )
        self._outbox = Outbox(self._stream)
        phases: Any = _Notes(self._outbox)
        answers = Answers(self._outbox, phases, self.canceled)
        self._execution = Execution(loaded, LIMITS, answers)

    @property
    def written(self) -> list[bytes]:
        """What was written, write by write."""
        return self._stream.written

    def said(self) -> list[Any]:
        """Every message so far, but for the ends of batches."""
        self._stream.seek(0)
        return [message for message in self._messages() if message["type"] != "batch_done"]

    def answers(self, *items: Item) -> dict[int, Any]:
        """The last message about each job."""
        start = self._stream.tell()
        self._execution.run(items)
        self._outbox.send({"type": "batch_done"})
        self._stream.seek(start)
        return {
            message["serial"]: message
            for message in self._messages()
            if message["type"] not in {"begun", "batch_done"}
        }

    def _messages(self) -> Iterator[Any]:
        while True:
            try:
                yield wire.read(self._stream)
            except EOFError:
                return


def tensors(
    serial: int, values: Sequence[int], *, size: tuple[int, int] = (1, 1), wanted: str = "mean"
) -> TensorItem:
    """So many images of one pixel value each."""
    pixels = np.array([np.full((*size, 1), value) for value in values], np.uint8)
    return tensor_item(serial, "UINT8", pixels.shape, pixels.tobytes(), wanted)


def tensor_item(
    serial: int, datatype: str, shape: Sequence[int], data: bytes, wanted: str = "mean"
) -> TensorItem:
    given = {"name": "pixels", "datatype": datatype, "shape": list(shape), "data": data}
    return {
        "type": "tensors",
        "serial": serial,
        "inputs": [given],  # type: ignore[list-item]
        "outputs": wanted.split(),
    }


def png(value: int, size: tuple[int, int] = (1, 1)) -> bytes:
    memory = io.BytesIO()
    Image.new("L", size, value).save(memory, "PNG")
    return memory.getvalue()


def image(serial: int, source: bytes | str, results: Path | None = None) -> ImageItem:
    return {
        "type": "image",
        "serial": serial,
        "source": source,
        "params": {},
        "images": {},
        "page": 1,
        "image_pages": {},
        "image_type": "",
        "results": str(results) if results else None,
        "thumbnail": None,
        "display": None,
    }


def values(answer: Any, name: str = "mean") -> list[float]:
    assert answer["type"] == "computed", answer
    tensor = next(tensor for tensor in answer["outputs"] if tensor["name"] == name)
    dtype = {"FP32": "<f4", "UINT8": "u1"}[tensor["datatype"]]
    return np.frombuffer(tensor["data"], dtype).tolist()  # type: ignore[no-any-return]


def score(answer: Any) -> float:
    assert answer["type"] == "succeeded", answer
    return float(answer["output"]["labels"][0]["score"])
