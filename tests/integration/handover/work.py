"""What a worker does whose machine has a disk of its own."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async

from inference.engine.types import ImageJob, Outcome
from tests.fakes.engine import THUMBHASH, succeed
from tests.integration.archives import end_all
from tests.integration.conftest import predictions
from tests.integration.pipelines import Bench
from uploads.models import Image, Prediction, Upload
from uploads.storage import keys, local

Moves = Callable[[], Path]


def develop(job: ImageJob) -> Outcome:
    """Reads its original and writes a result and a thumbnail, as a model's process does."""
    assert isinstance(job.source, Path)
    assert job.source.read_bytes()
    assert job.results is not None
    assert job.thumbnail is not None
    job.results.mkdir(parents=True)
    (job.results / "output.png").write_bytes(b"the result of attempt %d" % job.attempt)
    job.thumbnail.parent.mkdir(parents=True, exist_ok=True)
    job.thumbnail.write_bytes(b"a thumbnail of attempt %d" % job.attempt)
    outcome = succeed(job)
    object.__setattr__(outcome, "output_file", "output.png")
    object.__setattr__(outcome, "thumbhash", THUMBHASH)
    return outcome


async def until_ready(worker: Bench) -> None:
    """Until the time has come at which a store that was away is asked again, and it answers."""
    async with asyncio.timeout(10):
        while not await worker.pipeline._files.is_ready():  # type: ignore[union-attr]  # noqa: ASYNC110
            await asyncio.sleep(0)


async def until_running(worker: Bench) -> None:
    """Waits until the engine computes something."""
    # What the engine holds is a fact of its own: there is no event to wait for.
    async with asyncio.timeout(10):
        while not worker.engine.running:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def rows(upload: Upload) -> list[Prediction]:
    return await sync_to_async(predictions)(upload)


def originals(upload: Upload) -> list[str]:
    return [image.image_path for image in Image.objects.filter(upload=upload).order_by("pk")]


def end_with_pictures(upload: Upload) -> None:
    """Ends what is queued, each with a result and a thumbnail, handed over as a worker does."""
    from uploads.storage import handover

    end_all(upload)
    for row in predictions(upload):
        thumbnail = keys.thumbnail_path(upload.upload_path, row.image_id)
        local.path_of(thumbnail).parent.mkdir(exist_ok=True)
        local.path_of(thumbnail).write_bytes(b"a thumbnail")
        Image.objects.filter(pk=row.image_id).update(thumbnail_path=thumbnail)
        handover.send([handover.Outgoing(row.output_path, "image/png")])
        handover.send([handover.Outgoing(thumbnail, "image/jpeg", is_derived=True)])


class Away:
    """A call that nobody answers."""

    def __call__(self, *_: Any) -> None:
        from uploads.errors import StorageUnavailable

        raise StorageUnavailable


def marker() -> str:
    from uploads.models import Volume

    return f"{Volume.objects.get().marker} own\n"
