"""One websocket of a person, on which the results of everything in flight arrive."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.darkroom import Account
from benchmarks.load import Failed

ENDINGS: Final = {"prediction.succeeded", "prediction.failed", "prediction.canceled"}
ACK_EVERY: Final = 32


class ResultsSocket:
    """Listens and tells who waits for a prediction when it has ended."""

    def __init__(self, url: str, account: Account) -> None:
        self._address = url.replace("http", "ws", 1) + "/ws/progress/"
        self._account = account
        self.endings = 0
        self._endings: dict[int, asyncio.Future[str]] = {}
        self._wire: ClientConnection | None = None
        self._listening: asyncio.Task[None] | None = None
        self._token = ""

    async def __aenter__(self) -> "ResultsSocket":
        protocol = Subprotocol("darkroom.v1")
        self._wire = await connect(
            self._address, subprotocols=[protocol], compression=None, max_size=None
        )
        self._token = self._account.token()
        hello = {"type": "hello", "token": self._token, "epoch": None, "after": None}
        await self._wire.send(json.dumps(hello))
        while json.loads(await self._wire.recv())["type"] != "ready":
            pass
        self._listening = asyncio.create_task(self._listen(self._wire))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._wire is not None:
            await self._wire.close()

    async def succeeded(self, predictions: Sequence[int]) -> None:
        """Waits until all of these have ended.

        Raises:
            Failed: one ended without a result.
        """
        try:
            for prediction in predictions:
                if (kind := await self._ending(prediction)) != "prediction.succeeded":
                    raise Failed(f"{kind}: {prediction}")
        finally:
            for prediction in predictions:
                self._endings.pop(prediction, None)

    def _ending(self, prediction: int) -> "asyncio.Future[str]":
        # Either side may be first: the answer to the upload, or the event of its end.
        if (known := self._endings.get(prediction)) is None:
            known = self._endings[prediction] = asyncio.get_running_loop().create_future()
        return known

    async def _listen(self, wire: ClientConnection) -> None:
        async for text in wire:
            message: dict[str, Any] = json.loads(text)
            if message["type"] != "event":
                continue
            if message["kind"] in ENDINGS:
                self.endings += 1
                ending = self._ending(message["prediction"])
                if not ending.done():
                    ending.set_result(message["kind"])
            if message["seq"] % ACK_EVERY == 0:
                await wire.send(json.dumps({"type": "ack", "seq": message["seq"]}))
                await self._renew(wire)

    async def _renew(self, wire: ClientConnection) -> None:
        if (token := self._account.token()) != self._token:
            self._token = token
            await wire.send(json.dumps({"type": "auth", "token": token}))
