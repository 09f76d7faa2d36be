"""Checks of every invariant over rows and files: what must be true whenever anybody looks.

Constraints of the database already forbid many violations; what one row cannot know of
others, and what rows cannot know of files, is looked up here.
"""

import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from uploads import append_only
from uploads.errors import StorageUnavailable
from uploads.event_kinds import ENDING, Kind
from uploads.models import ArchiveTask, Event, EventStream, FileRemoval, Image, Prediction, Upload
from uploads.states import TERMINAL, State
from uploads.storage import archive_marker, handover, keys, local, object_store
from uploads.storage.object_store import Facts
from uploads.storage.volume import MARKER

_KEPT: Final = frozenset({".gitkeep", ".gitignore"})
"""What a repository keeps in the storage's folder, so that there is one."""

ORPHAN_AGE_SECONDS: Final = 3600.0
"""A file younger than this may belong to a transaction that has not committed yet."""


@dataclass(frozen=True)
class Violation:
    """Something that must never be so."""

    invariant: str
    what: str


def violations() -> Iterator[Violation]:
    """Everything that is wrong now."""
    for check in _CHECKS:
        for what in check():
            yield Violation(check.__name__.replace("_", " "), what)


def orphans(age_seconds: float = ORPHAN_AGE_SECONDS) -> Iterator[Path]:
    """Files that no row names: what crashes leave behind. Nothing is lost by removing them."""
    root = Path(settings.MEDIA_ROOT)
    named = _named_files()
    born_before = time.time() - age_seconds
    for path in sorted(root.rglob("*")):
        key = str(path.relative_to(root))
        if path.is_file() and key not in named and path.stat().st_mtime < born_before:
            yield path


def archived_orphans(age_seconds: float = ORPHAN_AGE_SECONDS) -> Iterator[str]:
    """Keys of files in the archive that no row names; none where there is no archive of ours.

    Raises:
        StorageUnavailable: it does not answer.
    """
    if not object_store.is_configured() or archive_marker.problem():
        return
    born_before = timezone.now() - timedelta(seconds=age_seconds)
    found = list(object_store.store().stored())
    named = _named_files()
    for one in found:
        if one.key not in named and one.modified_at < born_before:
            yield one.key


def no_lease_has_run_out_long_ago() -> Iterator[str]:
    """Any live worker takes back what a dead one held within a few seconds."""
    since = timezone.now() - timedelta(seconds=settings.LEASE_SECONDS + 60)
    for row in Prediction.objects.filter(state=State.RUNNING, lease_until__lt=since):
        yield f"prediction {row.pk} is running since {row.started_at} on a lease long over"


def every_user_s_events_are_numbered_without_a_gap() -> Iterator[str]:
    """From the oldest that retention keeps to the counter."""
    counted = (
        Event.objects.filter(seq__isnull=False)
        .values("user_id")
        .annotate(n=Count("pk"), first=Min("seq"), last=Max("seq"))
        .order_by("user_id")
    )
    streams = dict(EventStream.objects.values_list("user_id", "last_seq"))
    for row in counted:
        if row["n"] != row["last"] - row["first"] + 1:
            span = f"from {row['first']} to {row['last']}"
            yield f"user {row['user_id']} has {row['n']} events {span}"
        if streams.get(row["user_id"]) != row["last"]:
            yield f"user {row['user_id']} has events to {row['last']}, the counter says otherwise"


def every_ending_was_told_once() -> Iterator[str]:
    """A prediction that has ended has its ending as its last event; one that has not has none."""
    last: dict[int, tuple[str, int | None]] = {}
    kinds = Event.objects.filter(prediction_id__isnull=False, seq__isnull=False).order_by("pk")
    kinds = kinds.exclude(kind=Kind.PREDICTION_CORRECTED)
    for pk, kind, attempt in kinds.values_list("prediction_id", "kind", "attempt").iterator():
        last[pk or 0] = (kind, attempt)
    rows = Prediction.objects.values_list("pk", "state", "attempt")
    for pk, state, attempt in rows.iterator():
        told = last.get(pk)
        if told is None:
            continue
        ending = ENDING.get(State(state)) if state in TERMINAL else None
        if (ending is not None) != (told[0] in set(ENDING.values())) or (
            ending is not None and told[0] != ending
        ):
            yield f"prediction {pk} is {state}, but its last event is {told[0]}"
        elif state == State.SUCCEEDED and told[1] != attempt:
            yield f"prediction {pk} succeeded at attempt {attempt}, its event says {told[1]}"


def every_original_is_stored_as_it_came() -> Iterator[str]:
    """Bytes and hash of every image whose upload is not deleted and not purged."""
    kept = Image.objects.filter(upload__deleted_at__isnull=True, purged_at__isnull=True)
    if handover.is_by_store():
        kept = kept.filter(archived_at=None)  # the others are in the archive, and here at times
    for image in kept.iterator():
        path = local.path_of(image.image_path)
        if not path.is_file():
            yield f"image {image.pk} has no file {image.image_path}"
        elif local.sha256_of(path) != image.sha256:
            yield f"image {image.pk} has other bytes in {image.image_path} than it came with"


def what_the_archive_should_hold_is_there() -> Iterator[str]:
    """Whatever is said to be archived lies in the archive, as it came."""
    if not object_store.is_configured():
        return
    store = object_store.store()
    try:
        if problem := archive_marker.problem():
            yield problem
            return
        archived = Image.objects.filter(upload__deleted_at__isnull=True, archived_at__isnull=False)
        rows = list(archived.values_list("pk", "image_path", "size", "sha256"))
        sizes = {one.key: one.size for one in store.stored()}
        if handover.is_by_store():
            yield from _results_that_were_not_handed_over(sizes)
        # Of what seems to be missing each is asked for: it may have been deleted meanwhile.
        for pk, path, size, sha256 in rows:
            key = keys.document_key(path)
            if sizes.get(key) == size or not archived.filter(pk=pk).exists():
                continue
            if store.look(key) != Facts(size, sha256):
                yield f"image {pk} is archived, but {key} is not there as it came"
    except StorageUnavailable as error:
        yield error.message


def _results_that_were_not_handed_over(stored: Container[str]) -> Iterator[str]:
    """Results that rows name, and that the object store was to have before they did."""
    results = Prediction.objects.filter(image__upload__deleted_at__isnull=True)
    results = results.filter(image__archived_at__isnull=False).exclude(output_path="")
    waiting = set(ArchiveTask.objects.values_list("key", flat=True))
    for pk, attempt, path in results.values_list("pk", "attempt", "output_path").iterator():
        if f"/results/{pk}/{attempt}/" not in path:
            yield f"prediction {pk} of attempt {attempt} has the result {path}"
        elif path not in stored and path not in waiting and results.filter(pk=pk).exists():
            yield f"prediction {pk} has no file {path} in the archive"


def every_result_is_the_one_of_its_attempt() -> Iterator[str]:
    """A result file is there, and in the folder of the attempt that succeeded."""
    # Those of archived images may be there alone, also when the original was brought back.
    kept = Prediction.objects.filter(image__archived_at=None, image__purged_at=None)
    kept = kept.exclude(output_path="")
    for row in kept.iterator():
        if f"/results/{row.pk}/{row.attempt}/" not in row.output_path:
            yield f"prediction {row.pk} of attempt {row.attempt} has the result {row.output_path}"
        elif not local.path_of(row.output_path).is_file():
            yield f"prediction {row.pk} has no file {row.output_path}"


def every_upload_has_its_images_and_they_their_predictions() -> Iterator[str]:
    """An upload is stored whole or not at all."""
    for upload in Upload.objects.annotate(n=Count("images")).filter(n=0):
        yield f"upload {upload.pk} has no image"
    for image in Image.objects.annotate(n=Count("predictions")).filter(n=0):
        yield f"image {image.pk} has no prediction"


def what_was_deleted_is_gone() -> Iterator[str]:
    """The files of a deleted upload are gone, or noted for removal."""
    noted = set(FileRemoval.objects.values_list("prefix", flat=True))
    for upload in Upload.objects.filter(deleted_at__isnull=False).iterator():
        if upload.upload_path not in noted and local.path_of(upload.upload_path).exists():
            yield f"upload {upload.pk} is deleted, but {upload.upload_path} is there"


def what_was_deleted_left_no_parameters() -> Iterator[str]:
    """Nor names: what their users wrote is in no row and in no event of deleted uploads."""
    deleted = Upload.objects.filter(deleted_at__isnull=False)
    rows = deleted.exclude(params={}) | deleted.exclude(images__image_name="")
    for pk in rows.values_list("pk", flat=True).distinct():
        yield f"upload {pk} is deleted, but its parameters or names are there"
    alone = Image.objects.filter(deleted_at__isnull=False)
    for pk in alone.exclude(image_name="").values_list("pk", flat=True):
        yield f"image {pk} is deleted, but its name is there"
    predictions = Prediction.objects.filter(
        Q(image__upload__in=deleted) | Q(image__in=alone)
    ).exclude(params={})
    for pk in predictions.values_list("pk", flat=True):
        yield f"prediction {pk} is of a deleted upload, but has its parameters"
    told = Event.objects.filter(upload_id__in=deleted.values("pk"), facts__has_key="params")
    for event in told.iterator():
        if event.facts["params"]:
            yield f"event {event.pk} tells the parameters of the deleted upload {event.upload_id}"


def no_event_can_be_changed() -> Iterator[str]:
    """The database refuses to change or delete one."""
    if not append_only.is_protected():
        yield "the database lets events be changed: `manage.py migrate` protects them again"


_CHECKS: Final[tuple[Callable[[], Iterator[str]], ...]] = (
    no_lease_has_run_out_long_ago,
    every_user_s_events_are_numbered_without_a_gap,
    every_ending_was_told_once,
    every_original_is_stored_as_it_came,
    what_the_archive_should_hold_is_there,
    every_result_is_the_one_of_its_attempt,
    every_upload_has_its_images_and_they_their_predictions,
    what_was_deleted_is_gone,
    what_was_deleted_left_no_parameters,
    no_event_can_be_changed,
)


def _named_files() -> set[str]:
    """The keys that rows name."""
    named = {MARKER, *_KEPT}
    for field in ("image_path", "thumbnail_path"):
        named |= set(Image.objects.exclude(**{field: ""}).values_list(field, flat=True))
    named |= {keys.display_path(key) for key in named if key.endswith(".jpg")}
    named |= set(Prediction.objects.exclude(output_path="").values_list("output_path", flat=True))
    return named
