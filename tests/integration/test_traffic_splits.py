"""Two versions share what asks for a label or for none; naming a version is never shared out."""

from dataclasses import replace
from typing import Any

import pytest
from rest_framework.test import APIClient

from consumers.worker import housekeeping
from tests.integration.conftest import Uploads, predictions
from tests.integration.offered import entry, live_worker
from tests.integration.rest import uploaded
from uploads import services
from uploads.catalog import offers, splits
from uploads.catalog.holdings import Holding
from uploads.catalog.offers import VersionEntry
from uploads.catalog.splits import SplitRefused, Wish
from uploads.events import A_WORKER, Actor
from uploads.models import Event, Model, Prediction, TrafficSplit, Upload, User
from uploads.queue import pauses

pytestmark = pytest.mark.django_db(transaction=True)

BOSS = Actor(id=7, address="192.0.2.7", reason="A new version.")
DEFAULT = Wish("ocr", "", "1", "2", 100, 10, 50)
STABLE = replace(DEFAULT, label="stable")


def versions(stored: Upload) -> list[str]:
    return [row.model_version for row in predictions(stored)]


def share(upload: Uploads, user: User, count: int = 60, **asked: Any) -> set[tuple[int, str]]:
    """Which upload got which version."""
    stored = [upload(user, **asked) for _ in range(count)]
    return {(one.pk, one.model_version) for one in stored}


def test_uploads_are_shared_out_by_a_number_that_anybody_can_work_out(
    ada: User, upload: Uploads
) -> None:
    split = splits.start(replace(DEFAULT, percent=30), BOSS)
    got = share(upload, ada)
    assert got == {(pk, "2" if splits.bucket(split.pk, pk) < 30 else "1") for pk, _ in got}
    assert {version for _, version in got} == {"1", "2"}
    assert set(Prediction.objects.values_list("traffic_split", flat=True)) == {split.pk}


def test_the_parts_are_of_about_the_same_size_and_differ_from_split_to_split() -> None:
    parts = [splits.bucket(1, upload) for upload in range(20_000)]
    assert {parts.count(part) > 100 for part in range(100)} == {True}
    assert parts != [splits.bucket(2, upload) for upload in range(20_000)]
    assert splits.bucket(1, 1) == int("253d950f", 16) % 100


def test_a_larger_share_moves_nobody_back(ada: User, upload: Uploads) -> None:
    split = splits.start(replace(DEFAULT, percent=20), BOSS)
    stored = [upload(ada) for _ in range(40)]
    splits.change(split.pk, 60, BOSS)
    for one in stored:
        again = services.predict_again(predictions(one)[0].image, "ocr", None, {}, A_WORKER)
        assert again.model_version >= one.model_version


def test_all_photos_of_an_upload_get_one_version_also_later(ada: User, upload: Uploads) -> None:
    splits.start(replace(DEFAULT, percent=50), BOSS)
    for _ in range(10):
        stored = upload(ada, count=3)
        image = predictions(stored)[0].image
        services.predict_again(image, "ocr", None, {}, A_WORKER)
        assert len(set(versions(stored))) == 1


@pytest.mark.parametrize("named", ["1", "2", "stable"])
def test_who_names_a_version_or_another_label_is_not_shared_out(
    ada: User, upload: Uploads, named: str
) -> None:
    splits.start(DEFAULT, BOSS)
    (row,) = predictions(upload(ada, model_version=named))
    assert (row.model_version, row.traffic_split) == ("2" if named == "2" else "1", None)


def test_a_label_is_shared_out_and_nothing_else(ada: User, upload: Uploads) -> None:
    splits.start(STABLE, BOSS)
    assert versions(upload(ada, model_version="stable")) == ["2"]
    assert versions(upload(ada, model_version="1")) == ["1"]
    splits.change(TrafficSplit.objects.get().pk, 0, BOSS)
    assert versions(upload(ada, model_version="stable")) == ["1"]
    assert versions(upload(ada)) == ["2"]


def test_the_api_shows_the_version_and_nothing_more(as_ada: APIClient) -> None:
    before = uploaded(as_ada)
    splits.start(DEFAULT, BOSS)
    after = uploaded(as_ada)
    told = after["images"][0]["prediction"]
    assert told["model_version"] == "2"
    assert told.keys() == before["images"][0]["prediction"].keys()
    assert as_ada.get("/api/models/ocr/").json()["default_version"] == "1"


def test_a_split_that_has_ended_keeps_its_meaning_until_it_is_removed(
    ada: User, upload: Uploads
) -> None:
    split = splits.start(replace(DEFAULT, percent=50), BOSS)
    splits.take_back(split.pk, BOSS)
    assert {version for _, version in share(upload, ada, 8)} == {"1"}
    splits.finish(split.pk, BOSS)
    assert {version for _, version in share(upload, ada, 8)} == {"2"}
    splits.take_back(split.pk, BOSS)
    splits.remove(split.pk, BOSS)
    assert versions(upload(ada)) == ["2"]


def test_until_the_new_version_is_there_all_get_the_old_one(ada: User, upload: Uploads) -> None:
    splits.start(replace(DEFAULT, from_version="2", to_version="3"), BOSS)
    assert versions(upload(ada)) == ["2"]
    newer = replace(entry("ocr"), versions=[VersionEntry("3", "c" * 64)])
    offers.publish([newer])
    assert versions(upload(ada)) == ["3"]


def test_what_waits_for_a_new_version_that_is_gone_waits_for_the_old_one(
    ada: User, upload: Uploads
) -> None:
    splits.start(STABLE, BOSS)
    stored = upload(ada, model_version="stable")
    assert versions(stored) == ["2"]
    offers.publish([], dropped=[("ocr", "2")])
    housekeeping.watch_splits()
    housekeeping.fail_orphans("host:1:aa")
    assert [(row.model_version, row.state) for row in predictions(stored)] == [("1", "queued")]
    assert versions(upload(ada, model_version="stable")) == ["1"]


def test_what_waits_for_a_new_version_that_cannot_start_waits_for_the_old_one(
    ada: User, upload: Uploads
) -> None:
    splits.start(DEFAULT, BOSS)
    stored = upload(ada)
    live_worker(Holding("ocr", "1", "READY"), Holding("ocr", "2", "UNAVAILABLE", "It is broken."))
    housekeeping.watch_splits()
    assert versions(stored) == ["1"]
    assert versions(upload(ada)) == ["1"]


def test_where_the_old_version_is_gone_the_new_one_gets_all(ada: User, upload: Uploads) -> None:
    splits.start(replace(STABLE, percent=0), BOSS)
    offers.publish([], dropped=[("ocr", "1")])
    assert versions(upload(ada, model_version="stable")) == ["2"]


def test_a_model_that_comes_back_is_split_as_before(ada: User, upload: Uploads) -> None:
    splits.take_back(splits.start(DEFAULT, BOSS).pk, BOSS)
    Model.objects.all().delete()
    housekeeping.watch_splits()
    offers.publish([entry("ocr")])
    assert versions(upload(ada)) == ["1"]


def test_parameters_that_the_new_version_does_not_take_are_for_the_old_one(
    ada: User, upload: Uploads
) -> None:
    other = {"type": "object", "properties": {}, "additionalProperties": False}
    own = [VersionEntry("1", "a" * 64, ["stable"]), VersionEntry("2", "b" * 64, [], other)]
    offers.publish([replace(entry("ocr"), versions=own)])
    splits.start(DEFAULT, BOSS)
    assert versions(upload(ada, params={"iterations": 2})) == ["1"]
    assert versions(upload(ada)) == ["2"]


def test_what_is_taken_back_goes_over_with_all_that_waits(ada: User, upload: Uploads) -> None:
    split = splits.start(STABLE, BOSS)
    shared, named = upload(ada, model_version="stable"), upload(ada, model_version="2")
    pauses.pause("ocr", BOSS)
    splits.take_back(split.pk, BOSS)
    seqs = housekeeping.watch_splits()
    assert (versions(shared), versions(named)) == (["1"], ["2"])
    assert list(seqs) == [ada.pk]
    told = Event.objects.filter(kind="prediction.queued").latest("seq")
    assert (told.model_version, told.seq) == ("1", seqs[ada.pk])
    assert housekeeping.watch_splits() == {}


def test_what_failed_by_a_version_that_was_taken_back_is_tried_again_by_the_old_one(
    ada: User, upload: Uploads
) -> None:
    split = splits.start(DEFAULT, BOSS)
    (row,) = predictions(upload(ada))
    services.cancel(row, A_WORKER)
    splits.take_back(split.pk, BOSS)
    row.refresh_from_db()
    assert services.retry(row, A_WORKER).model_version == "1"
    assert Event.objects.filter(kind="prediction.requeued").get().model_version == "1"


@pytest.mark.parametrize(
    "wish",
    [
        replace(DEFAULT, model="nothing"),
        replace(DEFAULT, label="canary"),
        replace(DEFAULT, label="1"),
        replace(DEFAULT, from_version="9"),
        replace(DEFAULT, to_version="two"),
        replace(DEFAULT, to_version="1"),
        replace(DEFAULT, percent=101),
        replace(DEFAULT, percent=-1),
        replace(DEFAULT, margin=0),
        replace(DEFAULT, min_samples=1),
    ],
)
def test_a_split_that_makes_no_sense_is_refused(models: None, wish: Wish) -> None:
    with pytest.raises(SplitRefused, match=r"\.$"):
        splits.start(wish, BOSS)
    assert not TrafficSplit.objects.exists()
    assert not Event.objects.exists()


def test_a_label_has_one_split_and_one_that_has_ended_makes_way(models: None) -> None:
    first = splits.start(DEFAULT, BOSS)
    with pytest.raises(SplitRefused, match="already"):
        splits.start(DEFAULT, BOSS)
    splits.finish(first.pk, BOSS)
    second = splits.start(replace(DEFAULT, from_version="2", to_version="3"), BOSS)
    assert TrafficSplit.objects.get().pk == second.pk != first.pk
    for act in (splits.finish, splits.take_back, splits.remove):
        with pytest.raises(SplitRefused, match="no such split"):
            act(first.pk, BOSS)


def test_each_act_is_audited_with_what_it_changed(models: None) -> None:
    split = splits.start(replace(STABLE, percent=10), BOSS)
    splits.change(split.pk, 40, BOSS)
    splits.finish(split.pk, BOSS)
    splits.take_back(split.pk, BOSS)
    splits.remove(split.pk, BOSS)
    events = list(Event.objects.order_by("pk"))
    assert [(one.kind, one.facts["percent"]) for one in events] == [
        ("model.split_started", 10),
        ("model.split_changed", 40),
        ("model.split_finished", 100),
        ("model.split_rolled_back", 0),
        ("model.split_removed", 0),
    ]
    assert {(one.actor_id, one.reason, one.model) for one in events} == {
        (7, "A new version.", "ocr")
    }
    assert events[1].facts["percent_before"] == 10
    assert events[1].seq is None
