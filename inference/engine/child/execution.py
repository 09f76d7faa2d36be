"""Computing one batch in the child process: decode, predict, encode, answer."""

import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.engine.arrays import to_numpy
from inference.engine.child.answers import Answers
from inference.engine.child.decode import ScaleNeeded, decode, read
from inference.engine.child.decoded import Decoded
from inference.engine.child.loaded_model import LoadedModel
from inference.engine.child.named_images import NamedImages, read_named_images
from inference.engine.child.outbox import Reporter
from inference.engine.child.remote import OF_THE_WHOLE_CALL
from inference.engine.child.thumbnail import needed_scale, write_display, write_thumbnail
from inference.engine.errors import InvalidInput, ModelFailed
from inference.engine.messages import ChildTiming
from inference.engine.model import Array, Note, Request
from inference.engine.to_child import ImageItem, Item, TensorItem
from inference.engine.types import DecodeLimits, Tensor

STAGE = "infer"
"""What the computing of a network is called, which tells no stages of its own."""

Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class _Image:
    """A job that is an image, decoded."""

    item: ImageItem
    request: Request | None
    """What an author's model is asked; None: a network computes it."""
    reporter: Reporter
    notes: Sequence[Note]
    inputs: Arrays
    """What a network takes for it; empty for an author's model of images."""
    decode_ns: int


@dataclass(frozen=True)
class _Tensors:
    """A job that is tensors."""

    item: TensorItem
    inputs: Arrays
    decode_ns: int


_Work = _Image | _Tensors
_Result = Any
"""An output for an image, arrays by name from a network, an exception: an author may give it."""


class Execution:
    """Answers every job of a batch: a bad one never fails its mates."""

    def __init__(self, model: LoadedModel, limits: DecodeLimits, answers: Answers) -> None:
        self._model = model
        self._limits = limits
        self._answers = answers
        self._datatypes = (
            {tensor.name: tensor.datatype for tensor in model.network.signature.outputs}
            if model.network
            else {}
        )

    def run(self, items: Sequence[Item]) -> None:
        """Compute these jobs, together where they fit together, and answer each of them."""
        buckets: dict[Hashable, list[_Work]] = {}
        if tensors := [item["serial"] for item in items if item["type"] == "tensors"]:
            self._answers.begin("decode", *tensors)
        for item in items:
            work = self._prepared(item)
            if work:
                buckets.setdefault(self._bucket(work), []).append(work)
        for bucket in buckets.values():
            self._compute(bucket)

    def _prepared(self, item: Item) -> _Work | None:
        """The job, ready to be computed; None: it is answered."""
        serial = item["serial"]
        if self._answers.gives_up(serial):
            return None
        try:
            return self._image(item) if item["type"] == "image" else self._tensors(item)
        except Exception as error:
            self._answers.fail(serial, error)
            return None

    def _image(self, item: ImageItem) -> _Image:
        if not self._model.takes_images:
            raise InvalidInput("The model takes tensors, not images.")
        started = time.monotonic_ns()
        source = self._source(item)
        self._answers.begin("decode", item["serial"])
        decoded = decode(source, self._limits, self._scale_needed(item), item["page"])
        named = read_named_images(item, self._limits, self._answers)
        reporter = Reporter(self._answers.outbox, item["serial"], self._answers.canceled)
        inputs = self._model.adapter.inputs(decoded.picture) if self._model.adapter else {}
        thumbnail = item["thumbnail"]
        if thumbnail is not None:
            self._answers.begin("store", item["serial"])
            if item["display"] is not None and not decoded.in_browsers:
                write_display(decoded.picture, Path(item["display"]))
            thumbhash = write_thumbnail(decoded.picture, Path(thumbnail), decoded.transparent)
            self._answers.picture(item["serial"], thumbhash)
        return _Image(
            item=item,
            request=_request(item, decoded, named, reporter) if self._model.author else None,
            reporter=reporter,
            notes=(*decoded.notes, *named.notes),
            inputs=inputs,
            decode_ns=time.monotonic_ns() - started,
        )

    def _source(self, item: ImageItem) -> bytes:
        source = item["source"]
        if isinstance(source, bytes):
            return source
        self._answers.begin("read", item["serial"])
        return read(Path(source))

    def _scale_needed(self, item: ImageItem) -> ScaleNeeded:
        if item["thumbnail"] is None:
            return self._model.scale_needed
        # The thumbnail is made from the same pixels.
        return lambda size: max(self._model.scale_needed(size), needed_scale(size))

    def _tensors(self, item: TensorItem) -> _Tensors:
        if self._model.network is None:
            raise InvalidInput("The model takes images, not tensors.")
        started = time.monotonic_ns()
        inputs = {
            tensor["name"]: to_numpy(
                Tensor(tensor["datatype"], tuple(tensor["shape"]), tensor["data"])
            )
            for tensor in item["inputs"]
        }
        return _Tensors(item, inputs, time.monotonic_ns() - started)

    def _bucket(self, work: _Work) -> Hashable:
        return self._model.network.bucket(work.inputs) if self._model.network else None

    def _compute(self, bucket: Sequence[_Work]) -> None:
        works = [work for work in bucket if not self._answers.gives_up(work.item["serial"])]
        if not works:
            return
        self._begin_stage(works)
        self._answers.begin("compute", *(work.item["serial"] for work in works))
        # It may take long, and whatever thumbnails there are can be shown meanwhile.
        self._answers.outbox.send_held()
        started = time.monotonic_ns()
        results: Sequence[_Result]
        try:
            results = self._results(works)
        except Exception as error:
            if len(works) > 1 and not isinstance(error, OF_THE_WHOLE_CALL):
                # Whose doing it was shows when each is tried alone.
                for work in works:
                    self._compute([work])
                return
            results = [error] * len(works)
        timing: ChildTiming = {
            "decode_ns": 0,
            "compute_ns": time.monotonic_ns() - started,
            "encode_ns": 0,
            "batch_size": sum(self._items(work) for work in works),
        }
        for work, result in zip(works, results, strict=True):
            self._answer(work, result, {**timing, "decode_ns": work.decode_ns})

    def _begin_stage(self, works: Sequence[_Work]) -> None:
        """Has images be told of a network, which tells no stages of its own."""
        for work in works:
            if self._model.network and isinstance(work, _Image):
                work.reporter.begin(STAGE)

    def _items(self, work: _Work) -> int:
        return self._model.network.items(work.inputs) if self._model.network else 1

    def _results(self, works: Sequence[_Work]) -> Sequence[_Result]:
        if self._model.network:
            return self._model.network.compute([work.inputs for work in works])
        images = [work.request for work in works if isinstance(work, _Image) and work.request]
        outputs = self._model.author.predict(images) if self._model.author else []
        if len(outputs) != len(images):
            raise ModelFailed("The model gave another number of outputs than of images.")
        return outputs

    def _answer(self, work: _Work, result: _Result, timing: ChildTiming) -> None:
        serial = work.item["serial"]
        if self._answers.gives_up(serial):
            return
        if isinstance(result, Exception):
            self._answers.fail(serial, result, timing)
            return
        try:
            if isinstance(work, _Image):
                self._answers.begin("encode", serial)
                adapter, kind = self._model.adapter, self._model.output_kind
                if self._model.author or kind == "image":
                    # What is native, or an author's, may end this process.
                    self._answers.outbox.send_held()
                output = (
                    adapter.output(result) if adapter and isinstance(result, Mapping) else result
                )
                self._answers.show(work.item, output, kind, timing, notes=work.notes)
            else:
                self._answers.return_tensors(work.item, result, self._datatypes, timing)
        except Exception as error:  # an author's output may hold anything
            self._answers.fail(serial, error, timing)


def _request(item: ImageItem, decoded: Decoded, named: NamedImages, reporter: Reporter) -> Request:
    return Request(
        image=decoded.pixels,
        width=decoded.width,
        height=decoded.height,
        scale=decoded.scale,
        params=item["params"],
        image_type=item["image_type"],
        on_report=reporter,
        images=named.pixels,
        rgba=decoded.rgba,
    )
