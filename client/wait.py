"""Waits for an upload that is on the server already."""

import asyncio

from client.api import Api
from client.contract import Prediction, predictions_of
from client.display import Display
from client.follow import Follower
from client.state import has_ended
from client.summary import Row, Summary


async def wait_for_upload(
    api: Api, upload_id: int, display: Display, *, timeout_s: float | None
) -> Summary:
    """How the images of an upload ended, or stand after `timeout_s` seconds."""
    upload = await api.upload(upload_id)
    predictions = predictions_of(upload)
    by_image = {image["id"]: image["name"] for image in upload["images"]}
    names = {key: by_image[prediction["image"]] for key, prediction in predictions.items()}

    def show(prediction: Prediction) -> None:
        progress = follower.watchlist.progress.get(prediction["id"])
        display.show(names[prediction["id"]], prediction, progress)

    follower = Follower(api, on_change=show)
    display.expect(images=len(names), finished=0)
    follower.watch(list(predictions.values()))
    try:
        async with asyncio.timeout(timeout_s), asyncio.TaskGroup() as tasks:
            following = tasks.create_task(follower.run())
            await follower.ended()
            following.cancel()
    except TimeoutError:
        display.note("The time is up; the server goes on.")
    return Summary([_row(names[key], p) for key, p in follower.watchlist.predictions.items()])


def _row(name: str, prediction: Prediction) -> Row:
    state = prediction["state"] if has_ended(prediction) else None
    return Row(name, state, prediction["error"], prediction["upload"], prediction["id"])
