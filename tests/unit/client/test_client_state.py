"""The reducer: events and snapshots, in whatever order they come, add up to the truth."""

from itertools import permutations
from typing import Any

import pytest

from client.contract import EventMessage, Prediction, ProgressMessage
from client.state import Progress, Watchlist


def prediction(state: str = "queued", *, attempt: int = 0, **changes: Any) -> Prediction:
    made: Any = {
        "id": 77, "image": 41, "upload": 13, "model": "ocr", "model_version": "1", "state": state,
        "stage": None, "progress": 0.0, "attempt": attempt, "error": None, "output": None,
    }  # fmt: skip
    return made | changes  # type: ignore[no-any-return]  # a literal of the contract's shape


def event(kind: str, data: Prediction | None, *, upload: int = 13) -> EventMessage:
    return {
        "type": "event", "seq": 1, "kind": kind, "upload": upload,
        "prediction": data and data["id"], "data": data,
    }  # fmt: skip


def progress(attempt: int, fraction: float) -> ProgressMessage:
    return {
        "type": "progress", "prediction": 77, "attempt": attempt,
        "stage": "compute", "fraction": fraction,
    }  # fmt: skip


@pytest.fixture
def watchlist() -> Watchlist:
    watchlist = Watchlist()
    watchlist.add([prediction()])
    return watchlist


def state_of(watchlist: Watchlist) -> str:
    return watchlist.predictions[77]["state"]


def test_events_lead_a_prediction_to_its_end(watchlist: Watchlist) -> None:
    assert watchlist.apply(event("prediction.started", prediction("running", attempt=1))) == [77]
    assert watchlist.counts()["running"] == 1
    assert watchlist.apply(event("prediction.succeeded", prediction("succeeded", attempt=1))) == [
        77
    ]
    assert not watchlist.unfinished()


def test_any_order_of_snapshots_ends_in_the_same_state() -> None:
    story = [
        prediction("running", attempt=1),
        prediction("running", attempt=2),
        prediction("succeeded", attempt=2),
    ]
    for order in permutations(story):
        watchlist = Watchlist()
        watchlist.add([prediction()])
        for snapshot in order:
            watchlist.observe(snapshot)
        assert state_of(watchlist) == "succeeded"


def test_a_late_event_does_not_reopen_what_has_ended(watchlist: Watchlist) -> None:
    watchlist.observe(prediction("failed", attempt=1))

    assert watchlist.apply(event("prediction.started", prediction("running", attempt=1))) == []
    assert state_of(watchlist) == "failed"


def test_a_retry_reopens_what_had_failed(watchlist: Watchlist) -> None:
    watchlist.observe(prediction("failed", attempt=1))

    watchlist.apply(event("prediction.started", prediction("running", attempt=2)))

    assert state_of(watchlist) == "running"


def test_a_requeue_takes_the_progress_back(watchlist: Watchlist) -> None:
    watchlist.observe(prediction("running", attempt=1, progress=0.8))

    watchlist.apply(event("prediction.requeued", prediction("queued", attempt=1)))

    assert state_of(watchlist) == "queued"
    assert watchlist.progress == {}


def test_progress_counts_for_the_attempt_that_runs_only(watchlist: Watchlist) -> None:
    watchlist.observe(prediction("running", attempt=2))

    assert watchlist.apply(progress(1, 0.9)) == []
    assert watchlist.apply(progress(2, 0.4)) == [77]
    assert watchlist.progress[77] == Progress("compute", 0.4)


def test_a_deleted_upload_is_not_waited_for(watchlist: Watchlist) -> None:
    assert watchlist.apply(event("upload.deleted", None)) == [77]

    error = watchlist.predictions[77]["error"]
    assert error is not None
    assert error["code"] == "upload_deleted"
    assert not watchlist.unfinished()


def test_an_upload_whose_events_came_before_its_answer_is_known_to_be_out_of_date() -> None:
    watchlist = Watchlist()

    watchlist.apply(event("prediction.started", prediction("running", attempt=1)))

    assert watchlist.add([prediction()])
    assert not watchlist.add([prediction(id=78, upload=14)])


def test_somebody_elses_upload_is_nothing_to_wait_for(watchlist: Watchlist) -> None:
    other = prediction("running", attempt=1, id=99, upload=20)

    assert watchlist.apply(event("prediction.started", other, upload=20)) == []
    assert list(watchlist.predictions) == [77]
