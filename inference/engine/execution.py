"""Computing one batch in the child process: decode, predict, encode, answer."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inference.engine.decode import decode
from inference.engine.encode import encode
from inference.engine.errors import JobFailure, ModelFailed, OutOfMemory, ParamsRefused
from inference.engine.messages import BatchItem, ChildTiming, Done, Undone
from inference.engine.model import (
    ImageModel,
    InvalidParams,
    JobCanceled,
    Output,
    Request,
)
from inference.engine.outbox import Outbox, Reporter
from inference.engine.thumbnail import write_thumbnail
from inference.engine.types import DecodeLimits

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Prepared:
    item: BatchItem
    request: Request
    thumbnail_written: bool
    decode_ms: int


class Execution:
    """Answers every job of a batch through the outbox: a bad one never fails its mates.

    `canceled` is filled by another thread with the serials of the jobs to give up.
    """

    def __init__(
        self,
        model: ImageModel,
        *,
        output_kind: str,
        limits: DecodeLimits,
        max_side: int | None,
        outbox: Outbox,
        canceled: set[int],
    ) -> None:
        self._model = model
        self._output_kind = output_kind
        self._limits = limits
        self._max_side = max_side
        self._outbox = outbox
        self._canceled = canceled

    def run(self, items: Sequence[BatchItem]) -> None:
        """Compute these jobs together and answer each of them."""
        self._compute([ready for item in items if (ready := self._prepare(item))])

    def _prepare(self, item: BatchItem) -> _Prepared | None:
        serial = item["serial"]
        if serial in self._canceled:
            self._call_off(serial)
            return None
        self._outbox.send({"type": "touched", "serial": serial})
        started = time.monotonic()
        try:
            decoded = decode(Path(item["source"]), self._limits, self._max_side)
        except JobFailure as failure:
            self._fail(serial, failure, None)
            return None
        thumbnail = item["thumbnail"]
        request = Request(
            image=decoded.pixels,
            width=decoded.width,
            height=decoded.height,
            scale=decoded.scale,
            params=item["params"],
            image_type=item["image_type"],
            on_report=Reporter(self._outbox, serial, self._canceled),
        )
        return _Prepared(
            item=item,
            request=request,
            thumbnail_written=thumbnail is not None
            and write_thumbnail(decoded.pixels, Path(thumbnail)),
            decode_ms=_milliseconds_since(started),
        )

    def _compute(self, batch: Sequence[_Prepared]) -> None:
        if not batch:
            return
        started = time.monotonic()
        outputs: Sequence[Output | Exception]
        try:
            outputs = self._predict([prepared.request for prepared in batch])
        except Exception as error:
            if len(batch) > 1:
                # Whose doing it was shows when each is tried alone.
                for prepared in batch:
                    self._compute([prepared])
                return
            outputs = [error]
        timing = ChildTiming(
            decode_ms=0,
            compute_ms=_milliseconds_since(started),
            encode_ms=0,
            batch_size=len(batch),
        )
        for prepared, output in zip(batch, outputs, strict=True):
            timing["decode_ms"] = prepared.decode_ms
            self._answer(prepared, output, timing)

    def _predict(self, requests: Sequence[Request]) -> Sequence[Output | Exception]:
        outputs = self._model.predict(requests)
        if len(outputs) != len(requests):
            raise ModelFailed("The model gave another number of outputs than of images.")
        return outputs

    def _answer(self, prepared: _Prepared, output: Output | Exception, timing: ChildTiming) -> None:
        serial = prepared.item["serial"]
        if serial in self._canceled or isinstance(output, JobCanceled):
            self._call_off(serial)
            return
        if isinstance(output, Exception):
            self._fail(serial, _failure(output), timing)
            return
        started = time.monotonic()
        try:
            encoded, file = encode(output, self._output_kind, Path(prepared.item["results"]))
            answer: Done = {
                "type": "succeeded",
                "serial": serial,
                "output": encoded,
                "output_file": file,
                "thumbnail_written": prepared.thumbnail_written,
                "timing": {**timing, "encode_ms": _milliseconds_since(started)},
            }
            self._outbox.send(answer)
        except Exception as error:  # an author's output may hold anything
            self._fail(serial, _failure(error), timing)

    def _call_off(self, serial: int) -> None:
        self._outbox.send({"type": "canceled", "serial": serial})

    def _fail(self, serial: int, failure: JobFailure, timing: ChildTiming | None) -> None:
        answer: Undone = {
            "type": "failed",
            "serial": serial,
            "code": failure.code,
            "message": failure.message[:1000],
            "kind": failure.kind.value,
            "timing": timing,
        }
        self._outbox.send(answer)


def _failure(error: Exception) -> JobFailure:
    match error:
        case JobFailure():
            return error
        case InvalidParams():
            return ParamsRefused(str(error))
        case MemoryError():
            return OutOfMemory()
        case _:
            logger.error("The model raised an exception.", exc_info=error)
            return ModelFailed()


def _milliseconds_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
