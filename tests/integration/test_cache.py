"""A machine's cache is kept within its size, and never loses what cannot be had again."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.object_store import FakeObjectStore
from tests.integration.archives import end_all, paths, purge
from tests.integration.conftest import Uploads
from tests.integration.rest import stored, written
from uploads.models import Image, Upload, User
from uploads.storage import cache, cache_trimming, keys, local

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("handover")]

Moves = Callable[[], Path]


def held(upload: Upload) -> list[cache.Pin | None]:
    images = Image.objects.filter(upload=upload).order_by("pk")
    return [cache.hold(image.image_path, image.sha256) for image in images]


def used(path: Path, seconds_ago: float) -> None:
    now = time.time()
    os.utime(path, (now - seconds_ago, now - seconds_ago))


def test_what_was_not_used_for_longest_goes_first(
    ada: User, upload: Uploads, settings: Any
) -> None:
    made = upload(ada, count=6)
    for number, path in enumerate(paths(made)):
        used(path, 100 + number)
    for image in Image.objects.filter(upload=made).order_by("pk")[3:]:
        pin = cache.hold(image.image_path, image.sha256)
        assert pin is not None
        pin.release()
    settings.MEDIA_CACHE_BYTES = round(cache_trimming.size() * 4.5 / 6)
    cache_trimming.trim()
    left = [path.exists() for path in paths(made)]
    assert left == [True, False, False, True, True, True]
    assert cache_trimming.size() <= settings.MEDIA_CACHE_BYTES


def test_a_cache_within_its_size_is_left_alone(ada: User, upload: Uploads) -> None:
    made = upload(ada, count=3)
    cache_trimming.trim()
    assert all(path.exists() for path in paths(made))


def test_what_the_store_does_not_have_is_never_removed(
    ada: User, upload: Uploads, settings: Any, media: Path
) -> None:
    made = upload(ada, count=2)
    Image.objects.filter(upload=made).update(archived_at=None)
    for path in paths(made):
        used(path, 10 * cache_trimming.UNNAMED_SECONDS)
    settings.MEDIA_CACHE_BYTES = 1
    settings.RETENTION_HOURS = 0.001
    cache_trimming.trim()
    assert all(path.exists() for path in paths(made))


def test_a_result_on_its_way_is_kept_and_one_that_nobody_named_goes_in_time(
    ada: User, upload: Uploads, settings: Any
) -> None:
    made = upload(ada)
    key = written(f"{keys.results_path(made.upload_path, 1, 1)}/output.png", b"a result")
    settings.MEDIA_CACHE_BYTES = 1
    cache_trimming.trim()
    assert local.path_of(key).exists()
    used(local.path_of(key), 2 * cache_trimming.UNNAMED_SECONDS)
    cache_trimming.trim()
    assert not local.path_of(key).exists()


def test_copies_older_than_they_are_kept_go_from_every_machine(
    ada: User, upload: Uploads, settings: Any, another_machine: Moves, store: FakeObjectStore
) -> None:
    made = upload(ada)
    end_all(made)
    for path in paths(made):
        used(path, 2 * 3600)
    settings.RETENTION_HOURS = 1
    assert purge("--dry-run").startswith("This machine's cache: 2 files")
    assert purge().startswith("This machine's cache: 2 files")
    assert not any(path.exists() for path in paths(made))
    assert Image.objects.get(upload=made).image_path in store.files


def test_a_file_that_changed_on_the_disk_is_looked_at_again(
    ada: User, upload: Uploads, caplog: pytest.LogCaptureFixture
) -> None:
    made = upload(ada)
    image = Image.objects.get(upload=made)
    for damage in (b"half", b""):
        for pin in held(made):
            assert pin is not None
            pin.release()
        paths(made)[0].write_bytes(damage)
    (pin,) = held(made)
    assert pin is not None
    pin.release()
    assert local.sha256_of(paths(made)[0]) == image.sha256
    assert caplog.text.count("file damaged in the cache") == 2


def test_what_the_store_has_lost_too_is_told_and_not_asked_for_for_ever(
    ada: User, upload: Uploads, store: FakeObjectStore, another_machine: Moves
) -> None:
    made = upload(ada, count=2)
    first, second = Image.objects.filter(upload=made).order_by("pk")
    store.delete(first.image_path)
    store.spoil(second.image_path)
    disk = another_machine()
    assert held(made) == [None, None]
    assert stored(disk) == []
