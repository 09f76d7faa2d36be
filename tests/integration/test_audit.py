"""`manage.py audit` sees what is wrong, each wrong by its name, and nothing where nothing is."""

import io
import os
import time
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from tests.integration.attempts import claim, finish, success
from tests.integration.conftest import Uploads, predictions
from tests.tampering import changeable_events
from uploads import append_only, services
from uploads.events import A_WORKER
from uploads.models import Event, EventStream, FileRemoval, Image, Prediction, Upload, User

pytestmark = pytest.mark.django_db(transaction=True)


NOBODY = 10**9
"""The id of no user: a small one may be the id of the user who lives in the test."""


def audited(*options: str) -> str:
    out = io.StringIO()
    call_command("audit", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def lived(ada: User, upload: Uploads) -> None:
    """A history with everything in it: succeeded, canceled, retried, deleted, queued."""
    first = upload(ada, count=3)
    done, canceled, _ = claim()
    finish(success(done))
    services.cancel(Prediction.objects.get(pk=canceled.id), A_WORKER)
    gone = upload(ada, params={"iterations": 2})
    services.delete(gone, A_WORKER)
    queued = upload(ada)
    services.cancel(predictions(queued)[0], A_WORKER)
    services.retry(predictions(queued)[0], A_WORKER)
    assert len(predictions(first)) == 3


@pytest.mark.usefixtures("lived")
def test_a_sound_history_has_no_violation() -> None:
    assert audited() == "0 violations, 0 orphans\n"


def lose_an_original(media: Path) -> None:
    (media / Image.objects.exclude(image_path="")[0].image_path).unlink()


def change_an_original(media: Path) -> None:
    (media / Image.objects.exclude(image_path="")[0].image_path).write_bytes(b"other")


def lose_an_event(media: Path) -> None:
    with append_only.removal():
        Event.objects.filter(seq=3).delete()


def move_a_counter(media: Path) -> None:
    EventStream.objects.update(last_seq=F("last_seq") + 1)


def end_without_an_event(media: Path) -> None:
    row = Prediction.objects.filter(state="queued")[0]
    Prediction.objects.filter(pk=row.pk).update(state="canceled", finished_at=timezone.now())


def forget_a_lease(media: Path) -> None:
    Prediction.objects.filter(state="running").update(lease_until=timezone.now() - timedelta(1))


def keep_deleted_files(media: Path) -> None:
    removal = FileRemoval.objects.get()
    (media / removal.prefix / "images").mkdir(parents=True)
    removal.delete()


def remember_parameters(media: Path) -> None:
    event = Event.objects.filter(upload_id=Upload.objects.get(deleted_at__isnull=False).pk)[1]
    event.facts["params"] = {"iterations": 2}
    with changeable_events():
        event.save()


def remember_a_name(media: Path) -> None:
    Image.objects.filter(upload__deleted_at__isnull=False).update(image_name="secret.png")


def mistake_a_result(media: Path) -> None:
    Prediction.objects.filter(state="succeeded").update(output_path="1/upload1/results/1/7/a.png")


def lose_a_prediction(media: Path) -> None:
    Prediction.objects.filter(state="queued").delete()


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize(
    ("harm", "name"),
    [
        (lose_an_original, "every original is stored as it came"),
        (change_an_original, "every original is stored as it came"),
        (lose_an_event, "every user s events are numbered without a gap"),
        (move_a_counter, "every user s events are numbered without a gap"),
        (end_without_an_event, "every ending was told once"),
        (forget_a_lease, "no lease has run out long ago"),
        (keep_deleted_files, "what was deleted is gone"),
        (remember_parameters, "what was deleted left no parameters"),
        (remember_a_name, "what was deleted left no parameters"),
        (mistake_a_result, "every result is the one of its attempt"),
        (lose_a_prediction, "every upload has its images and they their predictions"),
    ],
)
def test_each_harm_is_seen_and_named(
    harm: Callable[[Path], None], name: str, media: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    harm(media)
    with pytest.raises(CommandError):
        call_command("audit")
    assert f"violation: {name}: " in capsys.readouterr().out


@pytest.mark.usefixtures("lived")
def test_what_crashes_left_behind_is_named_and_removed_and_nothing_else(media: Path) -> None:
    before = {path for path in media.rglob("*") if path.is_file()}
    left = [media / ".incoming" / "tmpabc", media / str(NOBODY) / "upload99" / "images" / "0-a.png"]
    young = media / ".incoming" / "young"
    for path in (*left, young):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left")
    for path in left:
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    assert "2 orphans (--fix removes them)" in audited()
    assert "2 orphans (removed)" in audited("--fix")
    assert {path for path in media.rglob("*") if path.is_file()} == before | {young}
    assert not (media / str(NOBODY)).exists()


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("name", [".gitkeep", ".gitignore"])
def test_what_the_repository_keeps_in_the_folder_is_no_orphan(media: Path, name: str) -> None:
    kept = media / name
    kept.touch()
    os.utime(kept, (time.time() - 7200, time.time() - 7200))
    assert audited("--fix") == "0 violations, 0 orphans (removed)\n"
    assert kept.exists()


@pytest.mark.usefixtures("lived")
def test_what_was_deleted_before_is_put_right_by_the_migration(media: Path) -> None:
    remember_parameters(media)
    kept = Event.objects.filter(upload_id=Upload.objects.filter(deleted_at=None)[0].pk)
    before = list(kept.values_list("facts", flat=True))
    migration = import_module("uploads.migrations.0008_forget_params")
    with changeable_events():
        migration.forget(apps, None)
    assert audited() == "0 violations, 0 orphans\n"
    assert list(kept.values_list("facts", flat=True)) == before
