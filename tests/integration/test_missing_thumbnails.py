"""Every image soon has a thumbnail, also where no prediction makes it."""

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone

from consumers.worker.files import SharedFiles
from consumers.worker.thumbnails import MissingThumbnails
from inference.engine.thumbnailer import Unmade
from tests.fakes.archive import FakeFetches
from tests.fakes.engine import THUMBHASH
from tests.fakes.thumbnailer import FakeThumbnailer
from tests.integration.archives import kinds, purge
from tests.integration.attempts import claim, crash, finish, success
from tests.integration.conftest import Uploads
from uploads import replay, representation, services
from uploads.errors import StorageUnavailable
from uploads.events import A_WORKER
from uploads.models import Event, FileRemoval, Image, Prediction, Upload, User
from uploads.storage import keys, local, missing_thumbnails, removal, volume

pytestmark = pytest.mark.django_db(transaction=True)


def make_due(maker: FakeThumbnailer, archive: FakeFetches | None = None) -> None:
    files = SharedFiles(archive or FakeFetches())
    async_to_sync(MissingThumbnails(maker, files).make_due)()


def wait_in_vain() -> None:
    """Every image waits longer than it has patience."""
    Image.objects.filter(thumbnail_due__isnull=False).update(thumbnail_due=timezone.now())


def is_running_since(seconds: float) -> None:
    """What runs was claimed so long ago."""
    Prediction.objects.filter(state="running").update(
        started_at=timezone.now() - timedelta(seconds=seconds)
    )


def test_what_waits_gets_its_thumbnail_from_somebody_else(ada: User, upload: Uploads) -> None:
    stored = upload(ada, count=11)
    wait_in_vain()
    maker = FakeThumbnailer()
    make_due(maker)
    assert len(maker.sources) == 11
    for image in stored.images.all():
        assert image.thumbnail_path == keys.thumbnail_path(stored.upload_path, image.pk)
        assert local.path_of(image.thumbnail_path).is_file()
    told = Event.objects.filter(kind="image.thumbnailed", user_id=ada.pk).order_by("seq")
    assert [event.image_id for event in told] == [one.pk for one in stored.images.order_by("pk")]
    assert all(event.seq for event in told)
    make_due(maker)
    assert len(maker.sources) == 11


def test_nothing_is_decoded_twice_while_the_queue_is_short(ada: User, upload: Uploads) -> None:
    upload(ada)
    maker = FakeThumbnailer()
    make_due(maker)
    (taken,) = claim()
    wait_in_vain()
    make_due(maker)
    path = keys.thumbnail_path(taken.upload_path, taken.image_id)
    assert finish(dataclasses.replace(success(taken), thumbnail_path=path)) == []
    wait_in_vain()
    make_due(maker)
    assert maker.sources == []
    assert Image.objects.get().thumbnail_due is None


def test_what_is_claimed_and_not_decoded_for_long_does_not_wait_for_that(
    ada: User, upload: Uploads
) -> None:
    upload(ada)
    assert claim()
    wait_in_vain()
    is_running_since(10)
    maker = FakeThumbnailer()
    make_due(maker)
    assert Image.objects.get().thumbnail_path


@pytest.mark.parametrize("what", ["canceled", "failed", "model is gone", "no prediction"])
def test_it_does_not_matter_what_becomes_of_the_prediction(
    ada: User, upload: Uploads, what: str
) -> None:
    upload(ada)
    match what:
        case "canceled":
            services.cancel(Prediction.objects.get(), A_WORKER)
        case "failed":
            (taken,) = claim()
            finish(crash(taken))
        case "model is gone":
            Prediction.objects.update(model="nobody-serves-it")
        case _:
            Prediction.objects.all().delete()
    wait_in_vain()
    make_due(FakeThumbnailer())
    assert Image.objects.get().thumbnail_path


def test_its_hash_is_told_by_lists_and_events_and_goes_when_the_image_is_deleted(
    ada: User, upload: Uploads
) -> None:
    upload(ada)
    wait_in_vain()
    make_due(FakeThumbnailer())

    def told() -> list[str | None]:
        messages = replay.read(ada.pk, after=0, limit=100)
        return [one["data"]["thumbhash"] for one in messages if one["kind"] == "image.thumbnailed"]

    image = Image.objects.get()
    assert representation.image_view(image, None, {})["thumbhash"] == THUMBHASH
    assert told() == [THUMBHASH]
    # Events can't be changed any more.
    assert THUMBHASH not in str(list(Event.objects.values_list("facts", flat=True)))
    services.delete_image(image, A_WORKER)
    image.refresh_from_db()
    assert (image.thumbhash, told()) == ("", [None])


def test_a_broken_image_is_tried_once(ada: User, upload: Uploads) -> None:
    stored = upload(ada)
    wait_in_vain()
    maker = FakeThumbnailer(Unmade.NEVER)
    make_due(maker)
    assert Image.objects.get().thumbnail_due is None
    assert Image.objects.get().thumbnail_path == ""
    wait_in_vain()
    make_due(maker)
    assert len(maker.sources) == 1
    assert "image.thumbnailed" not in kinds(stored)


def test_a_storage_that_is_not_mounted_makes_no_image_a_broken_one(
    ada: User, upload: Uploads, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volume, "TRUSTED_SECONDS", 0.0)
    upload(ada)
    wait_in_vain()
    marker, aside = media / volume.MARKER, media.parent / "aside"
    marker.rename(aside)
    maker = FakeThumbnailer(Unmade.NEVER)
    make_due(maker)
    assert maker.sources == []
    aside.rename(marker)
    (task,) = missing_thumbnails.take(1)
    marker.rename(aside)
    missing_thumbnails.note_impossible([task.image_id])
    aside.rename(marker)
    wait_in_vain()
    make_due(FakeThumbnailer())
    assert Image.objects.get().thumbnail_path


def test_what_the_storage_does_not_let_be_made_is_made_later(ada: User, upload: Uploads) -> None:
    upload(ada)
    wait_in_vain()
    maker = FakeThumbnailer(Unmade.NOT_NOW)
    make_due(maker)
    due = Image.objects.get().thumbnail_due
    assert due is not None
    assert due > timezone.now() + timedelta(minutes=1)
    wait_in_vain()
    make_due(FakeThumbnailer())
    assert Image.objects.get().thumbnail_path


def test_two_workers_take_different_images_and_a_dead_one_keeps_none(
    ada: User, upload: Uploads
) -> None:
    upload(ada, count=3)
    wait_in_vain()
    first = missing_thumbnails.take(2)
    second = missing_thumbnails.take(2)
    assert [len(first), len(second)] == [2, 1]
    assert not {one.image_id for one in first} & {one.image_id for one in second}
    assert missing_thumbnails.take(2) == []
    wait_in_vain()
    assert len(missing_thumbnails.take(9)) == 3


def test_a_deleted_upload_keeps_no_thumbnail_that_comes_after_it(
    ada: User, upload: Uploads
) -> None:
    stored = upload(ada)
    wait_in_vain()
    (task,) = missing_thumbnails.take(1)
    services.delete(Upload.objects.get(), A_WORKER)
    FileRemoval.objects.all().delete()
    late = local.path_of(task.thumbnail_path)
    late.parent.mkdir(parents=True)
    late.write_bytes(b"late")
    made = missing_thumbnails.Thumbnail(task.thumbnail_path, THUMBHASH)
    assert missing_thumbnails.note_made({task.image_id: made}) == {}
    missing_thumbnails.put_off([task.image_id])
    removal.remove_files()
    assert not late.exists()
    image = Image.objects.get()
    assert (image.thumbnail_path, image.thumbnail_due) == ("", None)
    assert "image.thumbnailed" not in kinds(stored)


def test_a_thumbnail_of_a_purged_image_that_was_lost_is_made_from_the_archive(
    archived: Upload, upload: Uploads
) -> None:
    purge()
    image = archived.images.order_by("pk")[0]
    missing_thumbnails.note_impossible([one.pk for one in archived.images.all()])
    Image.objects.filter(pk=image.pk).update(thumbnail_due=timezone.now())
    archive = FakeFetches()
    make_due(FakeThumbnailer(), archive)
    assert archive.originals == [({image.pk: image.image_path}, True)]

    async def away(_: Any) -> None:
        raise StorageUnavailable("The archive does not answer.")

    Image.objects.filter(pk=image.pk).update(thumbnail_path="", thumbnail_due=timezone.now())
    make_due(FakeThumbnailer(), FakeFetches(away))
    assert Image.objects.get(pk=image.pk).thumbnail_path == ""


def test_a_look_for_what_is_due_reads_no_more_than_its_index(ada: User, upload: Uploads) -> None:
    upload(ada)
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    moment = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off")
        cursor.execute(f"{explain} {missing_thumbnails._DUE}", [moment])
        plan = str(cursor.fetchall())
        if connection.vendor == "postgresql":
            cursor.execute("RESET enable_seqscan")
    assert "image_thumbnail_due" in plan
