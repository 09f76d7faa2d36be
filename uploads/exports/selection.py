"""What one download holds, read some images at a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from uploads.models import Image, Prediction

IMAGES_AT_ONCE: Final = 20
"""Of which all that was recognized is in memory."""


@dataclass(frozen=True)
class Row:
    """An image (with its upload) and all its predictions, oldest first."""

    image: Image
    predictions: list[Prediction] = field(default_factory=list)


@dataclass(frozen=True)
class Some:
    """The next of a selection: those that are there, and the ids of those that are not."""

    rows: list[Row]
    missing: list[int]
    texts: list[tuple[str, str]] = field(default_factory=list)
    """Files to be added as they are: names and contents."""


class Selection:
    """A user's images, by their ids and in that order."""

    def __init__(self, user_id: int, image_ids: Sequence[int]) -> None:
        self._user_id = user_id
        self._ids = image_ids
        self._place = 0

    def read(self) -> Some | None:
        """The next of them, by two queries; None: there are no more."""
        ids = self._ids[self._place : self._place + IMAGES_AT_ONCE]
        self._place += len(ids)
        if not ids:
            return None
        found = Image.objects.filter(
            pk__in=ids,
            upload__user_id=self._user_id,
            upload__deleted_at__isnull=True,
            deleted_at__isnull=True,
        )
        images = {image.pk: image for image in found.select_related("upload")}
        made: dict[int, list[Prediction]] = defaultdict(list)
        for one in Prediction.objects.filter(image__in=images).order_by("pk"):
            one.image = images[one.image_id]
            made[one.image_id].append(one)
        rows = [Row(images[pk], made[pk]) for pk in ids if pk in images]
        return Some(rows, [pk for pk in ids if pk not in images])


def in_order(ids: Sequence[int]) -> str:
    """Ids in few words for the audit, as `1-40,52`."""
    return ",".join(
        f"{first}-{last}" if last > first else f"{first}" for first, last in _runs(sorted(set(ids)))
    )


def _runs(ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for pk in ids:
        if last is None or first is None:
            first = pk
        elif pk != last + 1:
            yield first, last
            first = pk
        last = pk
    if first is not None and last is not None:
        yield first, last
