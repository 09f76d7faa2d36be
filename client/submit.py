"""A submission from files to results: recover, plan, send, follow, write."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from pathlib import Path

from client.api import Api
from client.contract import Fault, Prediction
from client.display import Display
from client.errors import ClientError, RefusedError
from client.files import printable
from client.find import Found, LeftOut
from client.follow import Follower
from client.recover import recover
from client.results import write_result
from client.resume import Book, Item
from client.send import Sender
from client.state import has_ended
from client.summary import Row, Summary

_FETCHES_AT_ONCE = 4
_CANCEL_WITHIN_S = 10.0
_SAVE_EVERY_S = 1.0


class Submission:
    """Carries the images of one book through the server."""

    def __init__(self, api: Api, book: Book, folder: Path, display: Display) -> None:
        self._api = api
        self._book = book
        self._folder = folder
        self._display = display
        self._sender = Sender(api, book, display)
        self._follower = Follower(api, on_change=self._changed)
        self._tasks = asyncio.TaskGroup()
        self._fetches = asyncio.Semaphore(_FETCHES_AT_ONCE)
        self._items: dict[int, Item] = {}
        self._saved_at = 0.0
        self._left_out: list[LeftOut] = []

    async def run(self, found: Found) -> None:
        """Submit files and wait for their results, going on from what the book remembers.

        Raises ClientError when the command can't go on, OSError when results can't be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._left_out = found.left_out
        try:
            recovered = await recover(self._api, self._book, self._folder)
            await self._sender.plan(found.images)
            self._show_expected()
            async with self._tasks as tasks:
                following = tasks.create_task(self._follower.run())
                self._follow(recovered)
                for batch in self._book.unsent():
                    if not self._sender.is_stopped:
                        self._follow(await self._sender.send(batch))
                await self._follower.ended()
                following.cancel()
        finally:
            self._book.save()

    async def cancel_unfinished(self) -> None:
        """Ask the server to cancel what has not ended, as far as it answers in time."""
        with contextlib.suppress(ClientError, TimeoutError):
            async with asyncio.timeout(_CANCEL_WITHIN_S):
                for prediction in self._follower.watchlist.unfinished():
                    with contextlib.suppress(RefusedError):
                        await self._api.cancel(prediction)

    def summary(self) -> Summary:
        """How every image stands."""
        rows = [
            Row(
                path=printable(item.path),
                state=item.state,
                error=item.error,
                upload=batch.upload,
                prediction=item.prediction,
                result=printable(item.result),
            )
            for batch in self._book.batches
            for item in batch.items
        ]
        return Summary(rows + self._sender.skipped, self._left_out)

    def _show_expected(self) -> None:
        items = list(self._book.items())
        done = sum(item.state == "succeeded" for item in items)
        if done:
            self._display.note(f"{done} of {len(items)} images are finished already.")
        self._display.expect(images=len(items), finished=done)
        self._display.expect_bytes(
            sum(item.size for batch in self._book.unsent() for item in batch.items)
        )

    def _follow(self, images: Sequence[tuple[Item, Prediction]]) -> None:
        self._items.update((prediction["id"], item) for item, prediction in images)
        self._follower.watch([prediction for _, prediction in images])

    def _changed(self, prediction: Prediction) -> None:
        item = self._items[prediction["id"]]
        progress = self._follower.watchlist.progress.get(prediction["id"])
        self._display.show(item.name, prediction, progress)
        if prediction["state"] == "succeeded":
            self._tasks.create_task(self._fetch(item, prediction))
        elif has_ended(prediction):
            state = prediction["state"]
            fault = Fault(code=state, message=f"The prediction was {state}.")
            self._end(item, prediction, prediction["error"] or fault)

    async def _fetch(self, item: Item, prediction: Prediction) -> None:
        fault: Fault | None = None
        try:
            async with self._fetches:
                await write_result(self._api, self._folder, item.result, prediction)
        except RefusedError as error:
            fault = Fault(code=error.code, message=str(error))
        self._end(item, prediction, fault)

    def _end(self, item: Item, prediction: Prediction, fault: Fault | None) -> None:
        item.state, item.error = prediction["state"], fault
        if fault is not None and item.state == "succeeded":
            item.state = "failed"
        # A mark that is lost costs one more look; writing all down each time would cost more.
        if time.monotonic() - self._saved_at > _SAVE_EVERY_S:
            self._saved_at = time.monotonic()
            self._book.save()
