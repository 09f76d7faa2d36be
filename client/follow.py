"""Follows predictions to their end: by the websocket, and by REST only where no socket lives."""

import asyncio
from collections.abc import Callable

from client import socket
from client.api import Api
from client.contract import EventMessage, Prediction, ProgressMessage, predictions_of
from client.errors import RefusedError, SignInError
from client.state import Watchlist

_FAILURES_BEFORE_POLLING = 3
_REFUSED_TOKENS = 3


class Follower:
    """Keeps a Watchlist true. `on_change` is called with each prediction that changed."""

    def __init__(self, api: Api, *, on_change: Callable[[Prediction], None]) -> None:
        self.watchlist = Watchlist()
        self._api = api
        self._on_change = on_change
        self._news = asyncio.Event()
        self._stale = asyncio.Event()

    async def run(self) -> None:
        """Follow until canceled. Raises SignInError when the server has signed this client out."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._reload_when_stale())

    def watch(self, predictions: list[Prediction]) -> None:
        """Begin to follow the predictions of an upload just read from the server."""
        if self.watchlist.add(predictions):
            self._stale.set()
        for prediction in predictions:
            self._tell(prediction["id"])

    async def ended(self) -> None:
        """Wait until nothing that is watched is unfinished."""
        while self.watchlist.unfinished():
            self._news.clear()
            await self._news.wait()

    async def reload(self) -> None:
        """Read every unfinished prediction's upload by REST."""
        for upload in sorted({p["upload"] for p in self.watchlist.unfinished().values()}):
            await self._reload_upload(upload)

    async def _reload_upload(self, upload: int) -> None:
        try:
            current = await self._api.upload(upload)
        except RefusedError as error:
            if error.status != 404:
                raise
            for prediction in self.watchlist.drop_upload(upload):
                self._tell(prediction)
            return
        shown = predictions_of(current)
        for key, known in self.watchlist.unfinished().items():
            if known["upload"] != upload:
                continue
            # An image shows its newest prediction, which may be somebody's later experiment.
            if key in shown:
                news = self.watchlist.observe(shown[key])
            else:
                news = await self._reload_prediction(key)
            if news:
                self._tell(key)

    async def _reload_prediction(self, key: int) -> bool:
        try:
            return self.watchlist.observe(await self._api.prediction(key))
        except RefusedError as error:
            if error.status != 404:
                raise
            self.watchlist.drop(key)
            return True

    async def _reload_when_stale(self) -> None:
        while True:
            await self._stale.wait()
            self._stale.clear()
            await self.reload()

    async def _listen(self) -> None:
        connection = socket.ProgressSocket(
            self._api.session, on_message=self._receive, on_gap=self._stale.set
        )
        backoff = self._api.session.transport.backoff
        failures = refused_tokens = 0
        while True:
            token = self._api.session.access
            code = await connection.listen()
            if connection.ready:
                failures = refused_tokens = 0
            failures += 1
            if code == socket.SIGNED_OUT:
                raise SignInError("signed_out", "The server has signed this client out.")
            if code == socket.BAD_TOKEN:
                refused_tokens += 1
                if refused_tokens >= _REFUSED_TOKENS:
                    raise SignInError("token_refused", "The websocket refuses this sign-in.")
                await self._api.session.renew(token)
            elif code == socket.TOO_MANY_SOCKETS or failures >= _FAILURES_BEFORE_POLLING:
                self._stale.set()
            await asyncio.sleep(backoff.delay_s(failures))

    def _receive(self, message: EventMessage | ProgressMessage) -> None:
        for prediction in self.watchlist.apply(message):
            self._tell(prediction)

    def _tell(self, prediction: int) -> None:
        self._on_change(self.watchlist.predictions[prediction])
        self._news.set()
