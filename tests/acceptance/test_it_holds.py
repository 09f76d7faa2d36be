"""What happens to an image when processes die under it: nothing."""

import itertools
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.darkroom import Darkroom, Person, until
from tests.listener import Listener
from tests.photos import on_disk

pytestmark = pytest.mark.slow

_numbers = itertools.count(1)

SLOW = {
    "model": "background-removal",
    "model_version": "grabcut",
    "params": json.dumps({"iterations": 10}),
}


@pytest.fixture(scope="module")
def breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Darkroom]:
    """A Darkroom with a short lease, so that a dead worker is noticed soon.

    It heals, and no test leaves it in pieces: one does for them all.
    """
    darkroom = Darkroom(tmp_path_factory.mktemp("breakable"))
    darkroom.start(LEASE_SECONDS="3")
    yield darkroom
    darkroom.stop()


@pytest.fixture
def ada(breakable: Darkroom) -> Person:
    """Somebody who has done nothing yet, at a Darkroom that is well."""

    def is_well() -> bool:
        answer = httpx.get(f"{breakable.url}/readyz").json()
        return bool(answer["workers"] == answer["channel_layer"] == "ok")

    until(is_well, "Darkroom is well again")
    return breakable.person(f"ada{next(_numbers)}")


def running(person: Person, upload: dict[str, Any]) -> dict[str, Any]:
    """The upload's prediction, once the model is at work on it."""

    def stage() -> dict[str, Any] | None:
        prediction = person.get(f"/api/uploads/{upload['id']}/")["images"][0]["prediction"]
        return prediction if prediction["stage"] not in {None, "load"} else None

    found: dict[str, Any] = until(stage, "the model is at work")
    return found


def ended_once(person: Person, upload: dict[str, Any]) -> dict[str, Any]:
    """The upload's one prediction, which must have succeeded, and by one event."""
    prediction = person.finished(upload)["images"][0]["prediction"]
    assert prediction["state"] == "succeeded", prediction
    events = person.get("/api/events/")["results"]
    endings = [e for e in events if e["kind"] == "prediction.succeeded"]
    assert [e["prediction"] for e in endings] == [prediction["id"]]
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    done: dict[str, Any] = prediction
    return done


def test_a_worker_killed_in_mid_image_costs_time_and_nothing_else(
    breakable: Darkroom, ada: Person, tmp_path: Path
) -> None:
    upload = ada.upload(*on_disk(tmp_path / "photos", "astronaut"), **SLOW)
    running(ada, upload)
    for pid in breakable.pids("runworker inference"):
        os.kill(pid, signal.SIGKILL)
    done = ended_once(ada, upload)
    assert done["attempt"] == 2
    assert done["failures"] == 0


def test_a_model_process_killed_in_mid_image_is_replaced(
    breakable: Darkroom, ada: Person, tmp_path: Path
) -> None:
    upload = ada.upload(*on_disk(tmp_path / "photos", "astronaut"), **SLOW)
    running(ada, upload)
    processes = children(breakable)
    assert processes
    for child in processes:
        os.kill(child, signal.SIGKILL)
    done = ended_once(ada, upload)
    assert done["attempt"] == 2
    assert done["failures"] == 1


def children(darkroom: Darkroom) -> list[int]:
    """Model processes: their environment is scrubbed, so they are found by their parents."""
    parents = set(darkroom.pids("runworker inference"))
    found = []
    for entry in Path("/proc").iterdir():
        try:
            status = (entry / "stat").read_text().rpartition(")")[2].split()
            command = (entry / "cmdline").read_bytes()
        except (OSError, IndexError):
            continue
        if int(status[1]) in parents and b"inference.engine.child.main" in command:
            found.append(int(entry.name))
    return found


def test_a_worker_told_to_stop_finishes_or_gives_back_without_blame(
    breakable: Darkroom, ada: Person, tmp_path: Path
) -> None:
    upload = ada.upload(*on_disk(tmp_path / "photos", "astronaut"), **SLOW)
    running(ada, upload)
    for pid in breakable.pids("runworker inference"):
        os.kill(pid, signal.SIGTERM)
    done = ended_once(ada, upload)
    assert done["failures"] == 0


def test_no_model_process_outlives_its_worker(
    breakable: Darkroom, ada: Person, tmp_path: Path
) -> None:
    upload = ada.upload(*on_disk(tmp_path / "photos", "astronaut"), **SLOW)
    running(ada, upload)
    orphans = children(breakable)
    assert orphans
    for pid in breakable.pids("runworker inference"):
        os.kill(pid, signal.SIGKILL)
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans), "they are gone", 5)
    assert ada.http.delete(f"/api/uploads/{upload['id']}/").status_code == 204


def test_a_running_image_can_be_canceled(breakable: Darkroom, ada: Person, tmp_path: Path) -> None:
    upload = ada.upload(*on_disk(tmp_path / "photos", "astronaut"), **SLOW)
    prediction = running(ada, upload)
    assert ada.http.post(f"/api/predictions/{prediction['id']}/cancel/").status_code == 202
    assert ada.finished(upload)["counts"]["canceled"] == 1
    assert ada.http.post(f"/api/predictions/{prediction['id']}/retry/").status_code == 202
    assert ada.finished(upload)["counts"]["succeeded"] == 1


def test_redis_can_die_under_an_open_socket_and_a_working_worker(
    breakable: Darkroom, ada: Person, tmp_path: Path
) -> None:
    listener = Listener(breakable.url, ada.tokens["access"])
    listener.until(lambda it: it.messages, "the socket is ready")
    for pid in breakable.pids("valkey-server|redis-server"):
        os.kill(pid, signal.SIGKILL)
    done = ada.finished(ada.upload(*on_disk(tmp_path / "photos", "page")))
    assert done["counts"]["succeeded"] == 1
    listener.until(lambda it: it.events("prediction.succeeded"), "the socket told it")
    assert listener.close_code is None
    listener.close()


def test_a_killed_redis_comes_back_at_the_same_address(breakable: Darkroom, ada: Person) -> None:
    (redis,) = breakable.pids(r"^\S+valkey-server ")
    os.kill(redis, signal.SIGKILL)
    until(
        lambda: (
            breakable.pids(r"^\S+valkey-server ") not in ([], [redis])
            and httpx.get(f"{breakable.url}/readyz").json()["channel_layer"] == "ok"
        ),
        "the channel layer is well again",
    )


def test_an_idle_worker_and_an_idle_socket_live_through_half_a_minute(
    breakable: Darkroom, ada: Person, tmp_path: Path
) -> None:
    listener = Listener(breakable.url, ada.tokens["access"])
    listener.until(lambda it: it.messages, "the socket is ready")
    workers = breakable.pids("runworker inference")
    time.sleep(30)  # Nothing may happen in it: there is no fact to wait for.
    assert breakable.pids("runworker inference") == workers
    assert listener.close_code is None
    ada.upload(*on_disk(tmp_path / "photos", "page"))
    listener.until(lambda it: it.events("prediction.succeeded"), "the socket told it")
    listener.close()
