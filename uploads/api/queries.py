"""Owner-scoped reads: every query here begins with whose data it is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from uploads import representation
from uploads.api import runs
from uploads.intake.reception import Reception
from uploads.looking_up import containing
from uploads.models import Image, Prediction, Upload, User
from uploads.queue import places
from uploads.states import ACTIVE


def uploads_of(user: User) -> QuerySet[Upload]:
    """A user's uploads that are not deleted."""
    return Upload.objects.filter(user=user, deleted_at__isnull=True)


def images_of(user: User) -> QuerySet[Image]:
    """A user's images that are not deleted."""
    return Image.objects.filter(
        upload__user=user, upload__deleted_at__isnull=True, deleted_at__isnull=True
    )


def predictions_of(user: User) -> QuerySet[Prediction]:
    """A user's predictions that are not deleted, each with its image."""
    return Prediction.objects.filter(
        user=user, image__upload__deleted_at__isnull=True, image__deleted_at__isnull=True
    ).select_related("image")


def counts_of(user: User) -> dict[str, int]:
    """How much a user has that is not deleted."""
    return {
        "uploads": uploads_of(user).count(),
        "images": images_of(user).count(),
        "predictions": predictions_of(user).count(),
    }


def in_state(uploads: QuerySet[Upload], state: str) -> QuerySet[Upload]:
    """Those uploads that have a prediction in this state."""
    return uploads.filter(
        Exists(Prediction.objects.filter(image__upload=OuterRef("pk"), state=state))
    )


def seen_by(images: QuerySet[Image], model: str) -> QuerySet[Image]:
    """Those of these images that this model was asked about."""
    return images.filter(Exists(Prediction.objects.filter(image=OuterRef("pk"), model=model)))


def now_in_state(images: QuerySet[Image], state: str) -> QuerySet[Image]:
    """Those of these images whose newest prediction is in this state."""
    newest = Prediction.objects.filter(image=OuterRef("pk")).order_by("-pk").values("state")[:1]
    return images.alias(state=Subquery(newest)).filter(state=state)


def with_text(images: QuerySet[Image], text: str) -> QuerySet[Image]:
    """Those of these images that have this in their name or in text that was read on them."""
    read = Prediction.objects.filter(containing("output__text", text), image=OuterRef("pk"))
    return images.filter(containing("image_name", text) | Exists(read))


def labelled(images: QuerySet[Image], label: str) -> QuerySet[Image]:
    """Those of these images for which some model holds this label for the likeliest."""
    likeliest = {"output__kind": "labels", "output__labels__0__label": label}
    return images.filter(Exists(Prediction.objects.filter(image=OuterRef("pk"), **likeliest)))


def unfinished_among(upload_ids: Iterable[int]) -> set[int]:
    """Those of these uploads of which anything is still queued or running."""
    rows = Prediction.objects.filter(image__upload__in=list(upload_ids), state__in=list(ACTIVE))
    return set(rows.values_list("image__upload", flat=True).distinct())


def upload_views(uploads: Iterable[Upload]) -> list[dict[str, Any]]:
    """Uploads as clients see them, in a fixed number of queries: of each image one prediction."""
    uploads = list(uploads)
    images: dict[int, list[Image]] = defaultdict(list)
    kept = Image.objects.filter(upload__in=uploads, deleted_at__isnull=True)
    for image in kept.order_by("upload", "position", "page"):
        images[image.upload_id].append(image)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Prediction.objects.filter(image__in=kept).order_by()
    for upload, state, count in rows.values_list("image__upload", "state").annotate(Count("pk")):
        counts[upload][state] = count
    first = runs.first_of(kept)
    found = places.places(first.values())
    return [
        representation.upload_view(one, images[one.pk], first, counts[one.pk], found)
        for one in uploads
    ]


def listed_views(
    images: Sequence[Image], newest: Mapping[int, runs.Newest]
) -> list[dict[str, Any]]:
    """Images (each with its upload) as a list shows them; `newest` by image id."""
    shown = [newest[image.pk] for image in images if image.pk in newest]
    rows = Prediction.objects.in_bulk([pk for one in shown for pk in one.ids])
    found = places.places(rows.values())
    views = []
    for image in images:
        own = newest.get(image.pk) or runs.Newest()
        # One that was deleted meanwhile is not there any more.
        its = [rows[pk] for pk in own.ids if pk in rows]
        view = representation.listed_image_view(image, its, found)
        views.append({**view, "runs_count": own.count})
    return views


def received_view(received: Reception) -> dict[str, Any]:
    """An upload as its client sees it in the answer, made of what was just enqueued, if anything.

    Of another process's doing it shows what there was a moment ago.
    """
    upload, enqueued = received.upload, received.predictions
    if not enqueued:
        return upload_views([upload])[0]
    found = places.places(enqueued, received.held)
    by_image = {one.image_id: one for one in enqueued}
    counts = Counter(str(one.state) for one in enqueued)
    images = [one.image for one in enqueued]
    return representation.upload_view(upload, images, by_image, counts, found)


def prediction_views(rows: Iterable[Prediction]) -> list[representation.PredictionView]:
    """Predictions (each with its image) as clients see them."""
    rows = list(rows)
    found = places.places(rows)
    return [representation.prediction_view(row, row.image.upload_id, found) for row in rows]
