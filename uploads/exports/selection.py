"""What one download holds, read some images at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from uploads.models import Image, Prediction

IMAGES_AT_ONCE: Final = 20
PREDICTIONS_AT_ONCE: Final = 100
"""Of so many all that was recognized is in memory."""


@dataclass(frozen=True)
class Row:
    """An image (with its upload) and its predictions, or a part of very many, oldest first."""

    image: Image
    predictions: list[Prediction] = field(default_factory=list)
    part: int = 1


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
        self._some = self._all()

    def read(self) -> Some | None:
        """The next of them, mostly by two queries; None: there are no more."""
        return next(self._some, None)

    def _all(self) -> Iterator[Some]:
        for begin in range(0, len(self._ids), IMAGES_AT_ONCE):
            ids = self._ids[begin : begin + IMAGES_AT_ONCE]
            found = Image.objects.filter(
                pk__in=ids,
                upload__user_id=self._user_id,
                upload__deleted_at__isnull=True,
                deleted_at__isnull=True,
            )
            images = {image.pk: image for image in found.select_related("upload")}
            missing = [pk for pk in ids if pk not in images]
            there = [images[pk] for pk in ids if pk in images]
            rows = _rows(there, PREDICTIONS_AT_ONCE)
            if rows is not None:
                yield Some(rows, missing)
                continue
            yield Some([], missing)
            for image in there:
                for row in self._of(image):
                    yield Some([row], [])

    def _of(self, image: Image) -> Iterator[Row]:
        """An image by itself, in parts if it has many predictions; one without any too."""
        mine = Prediction.objects.filter(image=image).order_by("pk")
        last = 0
        for part in count(1):
            row = _row(image, mine.filter(pk__gt=last)[:PREDICTIONS_AT_ONCE], part)
            if row.predictions or part == 1:
                yield row
            if len(row.predictions) < PREDICTIONS_AT_ONCE:
                return
            last = row.predictions[-1].pk


def _rows(images: Sequence[Image], most: int) -> list[Row] | None:
    """These images with all their predictions; None: they have more than so many."""
    made: dict[int, list[Prediction]] = defaultdict(list)
    by_id = {image.pk: image for image in images}
    found = list(Prediction.objects.filter(image__in=by_id).order_by("pk")[: most + 1])
    if len(found) > most:
        return None
    for one in found:
        one.image = by_id[one.image_id]
        made[one.image_id].append(one)
    return [Row(image, made[image.pk]) for image in images]


def _row(image: Image, predictions: Iterable[Prediction], part: int) -> Row:
    row = Row(image, list(predictions), part)
    for one in row.predictions:
        one.image = image
    return row


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
