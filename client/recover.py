"""What an earlier run left behind: accepted uploads to follow on, and what to send once more."""

import asyncio
from pathlib import Path

from client.api import Api
from client.contract import NOT_ASKED, Prediction, Upload, predictions_of
from client.errors import ClientError, RefusedError
from client.files import measure
from client.resume import Batch, Book, Item


async def recover(api: Api, book: Book, folder: Path) -> list[tuple[Item, Prediction]]:
    """The images without a result in `folder` that the server has, as they stand there.

    Uploads that the server doesn't know any more, and batches never accepted whose files have
    changed since, are forgotten, so that what is still wanted of them is planned anew.
    """
    recovered: list[tuple[Item, Prediction]] = []
    for batch in list(book.batches):
        wanted = [item for item in batch.items if not _is_finished(item, folder)]
        if not wanted:
            continue
        if batch.upload is None:
            if not await asyncio.to_thread(_unchanged, batch):
                book.forget(batch)
        elif upload := await _find_upload(api, batch):
            for item in wanted:
                if prediction := await _prediction_of(api, item, upload):
                    recovered.append((item, prediction))
                else:
                    item.error = NOT_ASKED
        else:
            book.forget(batch)
    return recovered


def _is_finished(item: Item, folder: Path) -> bool:
    if item.state == "succeeded" and (folder / f"{item.result}.json").exists():
        return True
    item.state = item.error = None
    return False


async def _find_upload(api: Api, batch: Batch) -> Upload | None:
    try:
        upload = await api.upload(batch.upload or 0)
    except RefusedError as error:
        if error.status != 404:
            raise
        return None
    # Numbers come again where a server was set up afresh; contents don't.
    hashes = {image["sha256"] for image in upload["images"]}
    return upload if all(item.sha256 in hashes for item in batch.items) else None


async def _prediction_of(api: Api, item: Item, upload: Upload) -> Prediction | None:
    """The item's own prediction: the image may show a newer one, made for another model."""
    if item.prediction is None:
        return None
    return predictions_of(upload).get(item.prediction) or await api.prediction(item.prediction)


def _unchanged(batch: Batch) -> bool:
    try:
        return all(measure(Path(item.path)).sha256 == item.sha256 for item in batch.items)
    except (ClientError, OSError):
        return False
