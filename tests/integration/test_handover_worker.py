"""A worker with a disk of its own fetches, holds and hands over; a store away is nobody's fault."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from consumers.database import in_database
from consumers.worker import handover as worker_handover
from consumers.worker.handover import HandedOverFiles
from consumers.worker.thumbnails import MissingThumbnails
from inference.engine.thumbnailer import Made
from inference.engine.types import ImageJob, Outcome
from tests.fakes.engine import succeed
from tests.fakes.object_store import FakeObjectStore
from tests.integration.conftest import Uploads, predictions
from tests.integration.pipelines import Bench
from uploads import services
from uploads.events import A_WORKER
from uploads.models import Image, Prediction, Upload, User
from uploads.storage import cache_trimming, keys, local

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("handover")]

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
    object.__setattr__(outcome, "thumbnail_written", True)
    return outcome


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_PAUSE_SECONDS", "LONGEST_PAUSE_SECONDS", "ASK_AGAIN_SECONDS"):
        monkeypatch.setattr(worker_handover, name, 0.01)


@pytest.fixture
async def stopping() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def worker(bench: Callable[..., Any], stopping: asyncio.Event) -> Bench:
    made: Bench = await bench(files=HandedOverFiles(stopping), script=develop)
    return made


async def until_ready(worker: Bench) -> None:
    """Until the time has come at which a store that was away is asked again, and it answers."""
    async with asyncio.timeout(10):
        while not await worker.pipeline._files.is_ready():  # type: ignore[union-attr]  # noqa: ASYNC110
            await asyncio.sleep(0)


async def until_running(worker: Bench) -> None:
    """Waits until the engine computes something."""
    # What the engine holds is a fact of its own: there is no event to wait for.
    while not worker.engine.running:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def rows(upload: Upload) -> list[Prediction]:
    return await sync_to_async(predictions)(upload)


async def test_results_and_pictures_are_in_the_store_before_the_ending_is_written(
    ada: User, upload: Uploads, store: FakeObjectStore, another_machine: Moves, worker: Bench
) -> None:
    made = await sync_to_async(upload)(ada, count=2)
    disk = another_machine()
    seen: list[bool] = []
    finish = worker.pipeline._writer._record

    async def record(endings: list[Any]) -> None:
        seen.extend(one.output_path in store.files for one in endings)
        await finish(endings)

    worker.pipeline._writer._record = record  # type: ignore[method-assign]
    await worker.work()
    assert seen == [True, True]
    for row in await rows(made):
        assert (row.state, row.attempt) == ("succeeded", 1)
        assert store.files[row.output_path] == b"the result of attempt 1"
        assert store.files[row.image.thumbnail_path] == b"a thumbnail of attempt 1"
        assert f"/results/{row.pk}/1/" in row.output_path
        assert (disk / row.image.image_path).is_file()


async def test_a_store_that_is_away_while_a_worker_fetches_is_nobodys_fault(
    ada: User, upload: Uploads, store: FakeObjectStore, another_machine: Moves, worker: Bench
) -> None:
    made = await sync_to_async(upload)(ada)
    another_machine()
    store.is_away = True
    assert await worker.pipeline.claim_round() == 1
    await worker.pipeline.settle()
    (row,) = await rows(made)
    assert (row.state, row.failures, row.lease_losses) == ("queued", 0, 0)
    await sync_to_async(Prediction.objects.update)(run_after=None)
    assert await worker.pipeline.claim_round() == 0
    store.is_away = False
    await until_ready(worker)
    await worker.work()
    (row,) = await rows(made)
    assert (row.state, row.failures, row.attempt) == ("succeeded", 0, 2)


async def test_a_result_waits_for_a_store_that_is_away_and_is_not_computed_again(
    ada: User,
    upload: Uploads,
    store: FakeObjectStore,
    another_machine: Moves,
    worker: Bench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = await sync_to_async(upload)(ada)
    another_machine()
    tries: list[str] = []
    put = store.put

    def away_at_first(key: str, *rest: Any) -> None:
        store.is_away = len(tries) < 9
        tries.append(key)
        put(key, *rest)

    monkeypatch.setattr(store, "put", away_at_first)
    await worker.work()
    (row,) = await rows(made)
    assert (row.state, row.attempt, len(worker.engine.jobs)) == ("succeeded", 1, 1)
    assert store.files[row.output_path] == b"the result of attempt 1"


async def test_a_result_that_cannot_be_handed_over_is_computed_again_without_a_failure(
    ada: User,
    upload: Uploads,
    store: FakeObjectStore,
    another_machine: Moves,
    worker: Bench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = await sync_to_async(upload)(ada)
    monkeypatch.setattr(worker_handover, "DELIVER_SECONDS", 0.0)
    another_machine()
    with pytest.MonkeyPatch.context() as away:
        away.setattr(store, "put", _Away())
        await worker.pipeline.claim_round()
        await worker.pipeline.settle()
    (row,) = await rows(made)
    assert (row.state, row.failures, row.output_path) == ("queued", 0, "")
    await sync_to_async(Prediction.objects.update)(run_after=None)
    await until_ready(worker)
    await worker.work()
    (row,) = await rows(made)
    assert (row.state, row.attempt) == ("succeeded", 2)
    assert store.files[row.output_path] == b"the result of attempt 2"


async def test_a_worker_that_stops_gives_back_what_it_cannot_hand_over(
    ada: User,
    upload: Uploads,
    store: FakeObjectStore,
    worker: Bench,
    stopping: asyncio.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = await sync_to_async(upload)(ada)
    monkeypatch.setattr(store, "put", _Away())
    await worker.pipeline.claim_round()
    stopping.set()
    await worker.pipeline.settle()
    (row,) = await rows(made)
    assert (row.state, row.failures, row.lease_losses) == ("queued", 0, 0)


async def test_a_damaged_file_is_fetched_again(
    ada: User, upload: Uploads, another_machine: Moves, worker: Bench
) -> None:
    made = await sync_to_async(upload)(ada)
    disk = another_machine()
    (row,) = await rows(made)
    original = disk / row.image.image_path
    original.parent.mkdir(parents=True)
    original.write_bytes(b"half a photo")
    (disk / ".darkroom-volume").write_text(await sync_to_async(_marker)())
    await worker.work()
    assert local.sha256_of(original) == row.image.sha256
    assert [one.state for one in await rows(made)] == ["succeeded"]


async def test_what_a_running_attempt_reads_is_not_removed_from_the_cache(
    ada: User,
    upload: Uploads,
    another_machine: Moves,
    settings: Any,
    bench: Callable[..., Any],
    stopping: asyncio.Event,
) -> None:
    made = await sync_to_async(upload)(ada)
    settings.MEDIA_CACHE_BYTES = 1
    disk = another_machine()
    worker = await bench(files=HandedOverFiles(stopping), script=develop, hold=True)
    await worker.pipeline.claim_round()
    await until_running(worker)
    await sync_to_async(cache_trimming.keep)()
    (row,) = await rows(made)
    assert (disk / row.image.image_path).is_file()
    worker.engine.release()
    await worker.pipeline.settle()
    assert [one.state for one in await rows(made)] == ["succeeded"]
    await sync_to_async(cache_trimming.keep)()
    assert not (disk / row.image.image_path).exists()


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


async def test_what_was_deleted_meanwhile_is_computed_in_vain_and_leaves_nothing_named(
    ada: User, upload: Uploads, store: FakeObjectStore, worker: Bench
) -> None:
    made = await sync_to_async(upload)(ada)
    worker.engine._hold = True
    await worker.pipeline.claim_round()
    await until_running(worker)
    await sync_to_async(services.delete)(made, A_WORKER)
    worker.engine.script = succeed
    worker.engine.release()
    await worker.pipeline.settle()
    assert await sync_to_async(Image.objects.exclude(thumbnail_path="").exists)() is False


class _Away:
    """A call that nobody answers."""

    def __call__(self, *_: Any) -> None:
        from uploads.errors import StorageUnavailable

        raise StorageUnavailable


def _marker() -> str:
    from uploads.models import Volume

    return f"{Volume.objects.get().marker} own\n"


async def test_a_thumbnail_of_what_waits_is_handed_over_before_its_row_names_it(
    ada: User, upload: Uploads, store: FakeObjectStore, another_machine: Moves, worker: Bench
) -> None:
    stored = await sync_to_async(upload)(ada)
    await sync_to_async(another_machine)()
    read: list[bytes] = []

    class Maker:
        async def make(self, source: Path, page: int, thumbnail: Path, display: Path) -> Made:
            read.append(source.read_bytes())  # noqa: ASYNC240  # a fake
            thumbnail.parent.mkdir(parents=True, exist_ok=True)
            thumbnail.write_bytes(b"a thumbnail")  # noqa: ASYNC240  # a fake
            return Made.YES

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
