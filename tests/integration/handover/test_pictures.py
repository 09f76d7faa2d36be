"""Thumbnails that are made on a disk of its own are handed over like results."""

from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from consumers.database import in_database
from consumers.worker.thumbnails import MissingThumbnails
from inference.engine.thumbnailer import Unmade
from tests.fakes.engine import THUMBHASH
from tests.fakes.object_store import FakeObjectStore
from tests.integration.conftest import Uploads
from tests.integration.handover.work import Moves, rows
from tests.integration.pipelines import Bench
from uploads.models import Image, User
from uploads.storage import keys

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("handover")]


async def test_a_picture_of_an_earlier_attempt_stays_and_does_for_the_next(
    ada: User, upload: Uploads, store: FakeObjectStore, worker: Bench, tmp_path: Path
) -> None:
    made = await sync_to_async(upload)(ada)
    (row,) = await rows(made)
    thumbnail = keys.thumbnail_path(made.upload_path, row.image_id)
    earlier = tmp_path / "earlier"
    earlier.write_bytes(b"an earlier thumbnail")
    store.put(thumbnail, earlier, "0" * 64, "image/jpeg")
    await worker.work()
    (row,) = await rows(made)
    assert row.state == "succeeded"
    assert row.image.thumbnail_path == thumbnail


async def test_a_thumbnail_of_what_waits_is_handed_over_before_its_row_names_it(
    ada: User, upload: Uploads, store: FakeObjectStore, another_machine: Moves, worker: Bench
) -> None:
    stored = await sync_to_async(upload)(ada)
    await sync_to_async(another_machine)()
    read: list[bytes] = []

    class Maker:
        async def make(
            self, source: Path, page: int, thumbnail: Path, display: Path
        ) -> str | Unmade:
            read.append(source.read_bytes())  # noqa: ASYNC240  # a fake
            thumbnail.parent.mkdir(parents=True, exist_ok=True)
            thumbnail.write_bytes(b"a thumbnail")  # noqa: ASYNC240  # a fake
            return THUMBHASH

        async def rest(self) -> None:
            """Has no process."""

        async def close(self) -> None:
            """Has no process."""

    assert worker.pipeline._files
    missing = MissingThumbnails(Maker(), worker.pipeline._files)

    async def image() -> Image:
        await in_database(Image.objects.update, thumbnail_due=timezone.now())
        await missing.make_due()
        return await in_database(Image.objects.get)

    store.is_away = True
    assert (await image()).thumbnail_path == ""
    store.is_away = False
    key = (await image()).thumbnail_path
    assert key == keys.thumbnail_path(stored.upload_path, (await in_database(Image.objects.get)).pk)
    assert store.objects[key].content == b"a thumbnail"
    assert read
