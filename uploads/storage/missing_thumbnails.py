"""Which images wait for a thumbnail, who makes it, and what became of it.

An image's first prediction makes its thumbnail on the way. Where its turn does not come soon,
`thumbnail_due` passes, and a worker takes the image by moving that on, as a lease does. No fence is
needed: two thumbnails of an image are the same. One that cannot be made is due no more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from uploads import events
from uploads.models import Image, Prediction
from uploads.states import State
from uploads.storage import keys, removal, volume

PATIENCE: Final = timedelta(seconds=1)
"""How long an image waits for its prediction to make its thumbnail."""
NEAR: Final = timedelta(seconds=2)
"""What a worker has claimed within this time is about to be decoded."""
LEASE: Final = timedelta(seconds=60)
LATER: Final = timedelta(minutes=10)
"""When one is tried again that the storage or the machine did not let be made."""
_DUE: Final = f"SELECT 1 FROM {Image._meta.db_table} WHERE thumbnail_due <= %s LIMIT 1"  # noqa: S608


@dataclass(frozen=True)
class Task:
    """An image whose thumbnail is to be made."""

    image_id: int
    image_path: str
    is_purged: bool
    """Its file has left the local storage."""
    thumbnail_path: str

    @property
    def page(self) -> int:
        """Which page of its file it is, from 1."""
        return keys.page_of(self.image_path)


@dataclass(frozen=True)
class Thumbnail:
    """One that is written: its key, and what is shown until it is there."""

    path: str
    thumbhash: str


def first_due() -> datetime:
    """When the thumbnail of an image that is stored now is due."""
    return timezone.now() + PATIENCE


def take(limit: int) -> list[Task]:
    """Takes up to so many images whose thumbnails are due, those that wait longest first.

    None while the storage is not the one that their files are in: they would seem to be gone.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [connection.ops.adapt_datetimefield_value(now)])
        if cursor.fetchone() is None or volume.problem():
            return []
    near = Prediction.objects.filter(
        image=OuterRef("pk"), state=State.RUNNING, started_at__gt=now - NEAR
    )
    due = Image.objects.filter(~Exists(near), thumbnail_due__lte=now)
    due = due.order_by("thumbnail_due", "pk").select_related("upload")
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, no_key=True, of=("self",))
        rows = list(due[:limit])
        _due_again(rows, now + LEASE)
    return [
        Task(
            row.pk,
            row.image_path,
            row.purged_at is not None,
            keys.thumbnail_path(row.upload.upload_path, row.pk),
        )
        for row in rows
    ]


def note_made(thumbnails: Mapping[int, Thumbnail]) -> dict[int, int]:
    """Images, by their ids, have these; gives the users' newest seqs.

    What has one already is left as it is, and told nobody.
    """
    bare = Image.objects.filter(pk__in=thumbnails, thumbnail_path="")
    with events.recording() as log:
        images = list(bare.select_related("upload").order_by("pk"))
        gone = removal.lock({image.upload_id for image in images})
        for image in images:
            if image.upload_id in gone:
                # Deleted meanwhile: the picture may have come after the removal.
                removal.order(gone[image.upload_id])
            elif bare.filter(pk=image.pk, deleted_at=None).update(
                thumbnail_path=thumbnails[image.pk].path,
                thumbhash=thumbnails[image.pk].thumbhash,
                thumbnail_due=None,
            ):
                log.add_thumbnail(image, user_id=image.upload.user_id)
            elif bare.filter(pk=image.pk).exists():
                removal.order_image(image)
    return log.seqs


def note_impossible(image_ids: Iterable[int]) -> None:
    """No thumbnail can be made of these: nobody tries again, but a prediction of theirs.

    Unless the storage has gone away meanwhile.
    """
    ids = list(image_ids)
    if ids and volume.problem():
        put_off(ids)
        return
    Image.objects.filter(pk__in=ids).update(thumbnail_due=None)


def put_off(image_ids: Iterable[int]) -> None:
    """These are tried again later, unless they have got theirs or were deleted meanwhile."""
    left = Image.objects.filter(pk__in=image_ids, thumbnail_due__isnull=False)
    left.update(thumbnail_due=timezone.now() + LATER)


def _due_again(rows: Iterable[Image], when: datetime) -> None:
    Image.objects.filter(pk__in=[row.pk for row in rows]).update(thumbnail_due=when)
