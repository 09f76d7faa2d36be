"""Sends files in batches; what can't be sent is set aside, and its neighbors go on."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from client import files
from client.api import Api
from client.contract import NOT_ASKED, Fault, Image, Limits, Prediction
from client.display import Display
from client.errors import ClientError, RefusedError
from client.resume import Batch, Book, Item
from client.summary import Row


class Sender:
    """Plans and sends the batches of one book. `skipped` holds what was never accepted."""

    def __init__(self, api: Api, book: Book, display: Display) -> None:
        self.skipped: list[Row] = []
        self.is_stopped = False
        """Whether the server takes no more bytes of this user."""
        self._api = api
        self._book = book
        self._display = display

    async def plan(self, found: Sequence[Path]) -> None:
        """Add to the book, as batches within the server's limits, the files it doesn't hold.

        Raises ClientError when this user may have nothing queued.
        """
        limits = await self._limits()
        for batch in self._book.unsent():
            if len(batch.items) > limits["max_images_per_upload"]:
                self._book.forget(batch)
        known = {(item.path, item.sha256) for item in self._book.items() if item.page == 1}
        sources = [
            source
            for path in found
            if (source := await self._measure(path, limits))
            and (str(path.resolve()), source.sha256) not in known
        ]
        self._book.plan(files.split(sources, limits))

    async def send(self, batch: Batch) -> list[tuple[Item, Prediction]]:
        """Send a batch; its images with their predictions. Empty when every file was refused.

        Raises ClientError for what is wrong with the request as a whole.
        """
        while batch.items:
            try:
                return await self._send_once(batch)
            except RefusedError as error:
                if error.is_out_of_bytes:
                    self._postpone(Fault(code=error.code, message=str(error)))
                    return []
                refused = _refused_files(batch, error.details)
                if not refused:
                    if error.status == HTTPStatus.BAD_REQUEST:
                        # The next command asks for something else, in the same folder.
                        self._book.forget_unsent()
                    raise
            except OSError as error:
                fault = _unreadable(error)
                refused = [(i, fault) for i in batch.items if not os.access(i.path, os.R_OK)]
                if not refused:
                    raise
            self._withdraw(batch, refused)
        return []

    async def _limits(self) -> Limits:
        limits = await self._api.limits()
        queued = await self._api.queued_limit()
        if queued == 0:
            raise ClientError("quota_exceeded", "Your quota lets you have nothing queued.")
        if queued is not None:
            # A larger upload would wait for ever.
            limits["max_images_per_upload"] = min(limits["max_images_per_upload"], queued)
        return limits

    def _postpone(self, fault: Fault) -> None:
        """Leave all that is not sent yet in the book, for the same command at a better time."""
        self._display.note(f"{fault['message']} The same command goes on once there is room.")
        self.is_stopped = True
        for batch in self._book.unsent():
            for item in batch.items:
                item.error = fault
                self._display.drop(item.size)

    async def _send_once(self, batch: Batch) -> list[tuple[Item, Prediction]]:
        upload = await self._api.create_upload(
            [(item.name, Path(item.path)) for item in batch.items],
            self._book.order.fields(),
            key=batch.key,
            on_bytes=self._display.sent,
        )
        accepted = [(self._item_of(batch, image), image) for image in upload["images"]]
        asked: list[tuple[Item, Prediction]] = []
        for item, image in accepted:
            item.sha256 = image["sha256"]
            if prediction := image["prediction"]:
                item.prediction = prediction["id"]
                asked.append((item, prediction))
            else:
                item.error = NOT_ASKED
        batch.upload = upload["id"]
        refused = _refused_files(batch, upload.get("rejected", []))
        for item, _ in refused:
            # They were sent, and are not counted among what is to be sent any more.
            self._display.sent(-item.size)
        self._withdraw(batch, refused)
        self._book.save()
        return asked

    def _item_of(self, batch: Batch, image: Image) -> Item:
        """What was sent as this image, or another page of it."""
        item, page = batch.items[image["position"]], image.get("page", 1)
        if page == 1:
            return item
        self._display.add(1)
        return self._book.add_page(batch, item, page)

    def _withdraw(self, batch: Batch, refused: Sequence[tuple[Item, Fault]]) -> None:
        for item, fault in refused:
            self._skip(item.path, fault)
            self._display.drop(item.size)
        if refused:
            self._book.withdraw(batch, [item for item, _ in refused])

    async def _measure(self, path: Path, limits: Limits) -> files.Source | None:
        try:
            return await asyncio.to_thread(
                files.measure, path, most_bytes=limits["max_image_bytes"]
            )
        except ClientError as error:
            self._skip(str(path), Fault(code=error.code, message=str(error)))
        except OSError as error:
            self._skip(str(path), _unreadable(error))
        return None

    def _skip(self, path: str, fault: Fault) -> None:
        row = Row(files.printable(path), None, fault)
        self._display.note(f"{row.path}: {fault['message']}")
        self.skipped.append(row)


def _unreadable(error: OSError) -> Fault:
    return Fault(code="unreadable_file", message=f"The file can't be read: {error.strerror}.")


def _refused_files(batch: Batch, entries: Sequence[Mapping[str, Any]]) -> list[tuple[Item, Fault]]:
    """The images that a refusal or a partial upload names by their position, with the reasons."""
    return [
        (batch.items[entry["position"]], Fault(code=entry["code"], message=entry["message"]))
        for entry in entries
        if isinstance(entry.get("position"), int) and entry["position"] < len(batch.items)
    ]
