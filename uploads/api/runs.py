"""Which predictions of many images an answer holds, found without reading what they recognized."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from django.db.models import Count, F, Min, QuerySet, Window
from django.db.models.functions import RowNumber

from uploads.models import Image, Prediction

RUNS_SHOWN: Final = 10
"""Of each image that is listed; the others are under its `predictions`."""
PREDICTIONS_A_PAGE: Final = 1000
"""A page of images or uploads ends where it would hold more: each may have a long text."""


@dataclass
class Newest:
    """The newest predictions of an image, oldest first, and how many it has in all."""

    ids: list[int] = field(default_factory=list)
    count: int = 0


def first_of(images: QuerySet[Image]) -> dict[int, Prediction]:
    """The oldest prediction of each of these images, by image id: the one its upload asked for."""
    rows = Prediction.objects.filter(image__in=images).order_by()
    first = rows.values("image").annotate(first=Min("pk")).values("first")
    return {one.image_id: one for one in Prediction.objects.filter(pk__in=first)}


def newest_of(images: Iterable[Image]) -> dict[int, Newest]:
    """The newest `RUNS_SHOWN` of each of these images, by image id."""
    # By columns that indexes have: a window over whole rows would carry all the outputs along.
    of_image = Window(RowNumber(), partition_by="image_id", order_by=F("pk").desc())
    rows = Prediction.objects.filter(image__in=[image.pk for image in images]).order_by()
    ranked = rows.annotate(
        rank=of_image, in_all=Window(Count("pk"), partition_by="image_id")
    ).filter(rank__lte=RUNS_SHOWN)
    found: dict[int, Newest] = defaultdict(Newest)
    for image, pk, in_all in ranked.values_list("image_id", "pk", "in_all"):
        found[image].ids.append(pk)
        found[image].count = in_all
    for one in found.values():
        one.ids.sort()
    return dict(found)


def fitting(sizes: Iterable[int]) -> int:
    """How many of a page's entries, of so many predictions each, one answer holds; one at least."""
    return max(1, sum(1 for size in accumulate(sizes) if size <= PREDICTIONS_A_PAGE))
