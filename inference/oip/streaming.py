"""ModelStreamInfer: many requests over one stream, answered as they finish, with progress."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

from inference.engine.types import Progress
from inference.oip.computing import Report
from inference.oip.errors import STOPPING, UNEXPECTED, ProtocolError, Status
from inference.oip.limits import MAX_MESSAGE_CHARACTERS
from inference.oip.messages import ModelInferResponse, ModelStreamInferResponse
from inference.oip.request import flag

logger = logging.getLogger("darkroom.grpc")

MAX_RUNNING: Final = 64
"""Requests of one stream that are computed, or whose answers wait to be sent; what comes on top
waits unread."""
PROGRESS: Final = "progress"
FINAL: Final = "triton_final_response"
ASKS_FOR_FINAL: Final = "triton_enable_empty_final_response"

_Key = tuple[int, int | str]
"""The number of a request, and which of its images has progressed, or FINAL."""

Infer = Callable[[Any, Report], Awaitable[Any]]
Write = Callable[[Any], Awaitable[None]]


class Stream:
    """One stream of requests.

    Each is answered by one message, in the order in which they finish: the id tells which it was. A
    request that fails is answered by an `error_message`, and the stream goes on.

    One with the parameter `progress` = true is told its progress before: messages without outputs,
    with the parameters `stage` (text), `fraction` (of this stage, 0 to 1), `index` (of its images,
    from 0) and `triton_final_response` = false. The newest of each image counts while the client
    reads slowly. With it, or with `triton_enable_empty_final_response` = true, the answer itself
    has `triton_final_response` = true.
    """

    def __init__(self, infer: Infer, write: Write) -> None:
        self._infer = infer
        self._write = write
        self._outbox = _Outbox()
        self._room = asyncio.Semaphore(MAX_RUNNING)
        self._running: set[asyncio.Task[None]] = set()
        self._unanswered: set[int] = set()

    async def run(self, requests: AsyncIterator[Any], draining: asyncio.Event) -> None:
        """Returns when the client has no more requests and every answer is sent.

        Raises:
            ProtocolError: What ran was answered before. UNAVAILABLE: `draining` is or was set.
            INVALID_ARGUMENT: what came was no request.
        """
        if draining.is_set():
            raise ProtocolError(Status.UNAVAILABLE, STOPPING)
        reader = asyncio.create_task(self._read(requests))
        writer = asyncio.create_task(self._send())
        stop = asyncio.create_task(draining.wait())
        try:
            await asyncio.wait([reader, writer, stop], return_when=asyncio.FIRST_COMPLETED)
            stopped = not reader.done()
            reader.cancel()
            await asyncio.wait([reader])
            while self._running and not writer.done():
                await asyncio.wait([*self._running, writer], return_when=asyncio.FIRST_COMPLETED)
            self._outbox.close()
            await writer
        finally:
            tasks = [reader, writer, stop, *self._running]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if stopped:
            raise ProtocolError(Status.UNAVAILABLE, STOPPING)
        reader.result()

    async def _read(self, requests: AsyncIterator[Any]) -> None:
        number = 0
        async for request in requests:
            await self._room.acquire()
            task = asyncio.create_task(self._answer(number, request))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            number += 1

    async def _answer(self, number: int, request: Any) -> None:
        self._unanswered.add(number)
        try:
            answer = await self._answered(number, request)
        except ProtocolError as error:
            answer = _error(request, error.message)
        except Exception:
            logger.exception("a request of a stream failed")
            answer = _error(request, UNEXPECTED.message)
        # What is reported late has no place behind the answer.
        self._unanswered.discard(number)
        self._outbox.put((number, FINAL), answer)

    async def _answered(self, number: int, request: Any) -> Any:
        tells_progress = flag(request, PROGRESS)
        tells_final = tells_progress or flag(request, ASKS_FOR_FINAL)

        def report(index: int, step: Progress) -> None:
            if tells_progress and number in self._unanswered:
                self._outbox.put((number, index), _progress(request, index, step))

        answer = await self._infer(request, report)
        if tells_final:
            answer.parameters[FINAL].bool_param = True
        return ModelStreamInferResponse(infer_response=answer)

    async def _send(self) -> None:
        while (taken := await self._outbox.take()) is not None:
            (_, kind), message = taken
            await self._write(message)
            if kind == FINAL:
                self._room.release()


class _Outbox:
    """What waits to be sent, oldest first; of one key only the newest."""

    def __init__(self) -> None:
        self._waiting: dict[_Key, Any] = {}
        self._news = asyncio.Event()
        self._closed = False

    def put(self, key: _Key, message: Any) -> None:
        """Have a message sent, in the place of one with this key that waits."""
        self._waiting[key] = message
        self._news.set()

    def close(self) -> None:
        """Nothing more will be put."""
        self._closed = True
        self._news.set()

    async def take(self) -> tuple[_Key, Any] | None:
        """The oldest message with its key, once there is one; None: there will be none."""
        while not self._waiting:
            if self._closed:
                return None
            self._news.clear()
            await self._news.wait()
        key = next(iter(self._waiting))
        return key, self._waiting.pop(key)


def _progress(request: Any, index: int, step: Progress) -> Any:
    told = ModelInferResponse(model_name=request.model_name, id=request.id)
    told.parameters["stage"].string_param = step.stage
    told.parameters["fraction"].double_param = step.fraction
    told.parameters["index"].int64_param = index
    told.parameters[FINAL].bool_param = False
    return ModelStreamInferResponse(infer_response=told)


def _error(request: Any, text: str) -> Any:
    failed = ModelInferResponse(model_name=request.model_name, id=request.id)
    failed.parameters[FINAL].bool_param = True
    text = text[:MAX_MESSAGE_CHARACTERS]
    return ModelStreamInferResponse(error_message=text, infer_response=failed)
