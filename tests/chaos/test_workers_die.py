"""Workers that are killed, paused and restarted in the middle of everything."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.chaos.rig import LEASE_SECONDS, Rig, counts, pause, settled, upload
from tests.darkroom import Person, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

Rigs = Callable[..., Rig]
Measured = Callable[..., None]


def fill(person: Person, images: int, ms: int = 20) -> None:
    """Uploads so many images, twenty at a time."""
    for _ in range(images // 20):
        upload(person, 20, ms)


def ended_once(rig: Rig) -> None:
    """Every prediction has one ending, and rows and files are as they must be."""
    endings = rig.query(
        "list(Event.objects.filter(kind__in=['prediction.succeeded', 'prediction.failed',"
        " 'prediction.canceled']).values_list('prediction_id', flat=True))"
    )
    assert len(endings) == len(set(endings))
    assert "0 violations" in rig.audit()


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_r1_nothing_is_lost_and_nothing_ends_twice(
    rig: Rigs, full: bool, measured: Measured
) -> None:
    images, kills = (1000, 50) if full else (100, 5)
    darkroom = rig(workers=4 if full else 2)
    ada = darkroom.person("ada")
    started = time.monotonic()
    fill(ada, images)
    for _ in range(kills):
        time.sleep(random.uniform(0.2, 2.0))
        if not counts(ada)["queued"]:
            fill(ada, 20)
            images += 20
        darkroom.kill_worker()
    done = settled(ada, 300)
    assert done["succeeded"] == images
    ended_once(darkroom)
    losses = darkroom.query("max(Prediction.objects.values_list('lease_losses', flat=True))")
    measured(
        "R1",
        images=images,
        kills=kills,
        succeeded=done["succeeded"],
        worst_lease_losses=losses,
        seconds=round(time.monotonic() - started),
    )


def test_r2_a_paused_worker_overwrites_nothing(rig: Rigs, full: bool, measured: Measured) -> None:
    pauses, images = (20, 400) if full else (2, 60)
    darkroom = rig(workers=4 if full else 2)
    ada = darkroom.person("ada")
    fill(ada, images, ms=100)
    for begin in range(0, pauses, 2):
        victims = random.sample(darkroom.workers, min(2, pauses - begin))
        together = [
            threading.Thread(target=pause, args=(victim, 3 * LEASE_SECONDS)) for victim in victims
        ]
        for thread in together:
            thread.start()
        for thread in together:
            thread.join()
        if not counts(ada)["queued"]:
            fill(ada, 40, ms=100)
            images += 40
    done = settled(ada, 300)
    assert done["succeeded"] == images
    ended_once(darkroom)
    lost = darkroom.query("sum(Prediction.objects.values_list('lease_losses', flat=True))")
    measured("R2", pauses=pauses, images=images, succeeded=done["succeeded"], leases_lost=lost)


def test_r3_what_a_dead_worker_held_is_taken_up_within_lease_and_five_seconds(
    rig: Rigs, measured: Measured
) -> None:
    darkroom = rig(workers=1)
    ada = darkroom.person("ada")
    upload(ada, 8, ms=30_000)
    until(lambda: counts(ada)["running"] == 8, "one worker holds all eight", 30)
    started = time.monotonic()
    darkroom.kill_worker(0)

    def again() -> bool:
        return bool(
            darkroom.query("Prediction.objects.filter(state='running', attempt__gt=1).exists()")
        )

    until(again, "another worker has taken the first", LEASE_SECONDS + 15)
    measured(
        "R3", held=8, lease_seconds=LEASE_SECONDS, seconds=round(time.monotonic() - started, 1)
    )
    queued = counts(ada)["queued"]
    assert queued + counts(ada)["running"] == 8


def test_r4_a_poison_image_takes_nobody_with_it(rig: Rigs, full: bool, measured: Measured) -> None:
    darkroom = rig(workers=2)
    ada = darkroom.person("ada")
    images = 99 if full else 20
    bad = upload(ada, 1, poison=True)
    upload(ada, images)
    done = settled(ada, 120)
    assert done["succeeded"] == images
    assert done["failed"] == 1
    poison = ada.get(f"/api/uploads/{bad['id']}/")["images"][0]["prediction"]
    assert poison["error"]["code"] == "attempts_exhausted"
    assert poison["attempt"] == 3
    rerun = darkroom.query("Prediction.objects.filter(state='succeeded', attempt__gt=1).count()")
    assert rerun <= 8
    assert all(worker.poll() is None for worker in darkroom.workers)
    ended_once(darkroom)
    measured("R4", mates=images, poison_attempts=poison["attempt"], innocents_run_again=rerun)


def test_r5_a_rolling_restart_is_free(rig: Rigs, full: bool, measured: Measured) -> None:
    restarts, images = (20, 1000) if full else (3, 100)
    darkroom = rig(workers=4 if full else 2)
    ada = darkroom.person("ada")
    fill(ada, images)
    slowest = 0.0
    for number in range(restarts):
        worker = darkroom.workers.pop(0)
        darkroom.until_ready(worker)
        began = time.monotonic()
        os.kill(worker.pid, signal.SIGTERM)
        assert worker.wait(30) == 0
        slowest = max(slowest, time.monotonic() - began)
        darkroom.start_worker()
        if not counts(ada)["queued"]:
            fill(ada, 20)
            images += 20
        time.sleep(random.uniform(0.2, 1.0 + number % 2))
    done = settled(ada, 300)
    assert done["succeeded"] == images
    burned: dict[str, Any] = darkroom.query(
        "{'failures': sum(Prediction.objects.values_list('failures', flat=True)),"
        " 'lease_losses': sum(Prediction.objects.values_list('lease_losses', flat=True))}"
    )
    assert burned == {"failures": 0, "lease_losses": 0}
    ended_once(darkroom)
    measured(
        "R5", restarts=restarts, images=images, slowest_exit_seconds=round(slowest, 1), **burned
    )


def test_r5_a_second_signal_gives_back_at_once(rig: Rigs, measured: Measured) -> None:
    darkroom = rig(workers=1)
    ada = darkroom.person("ada")
    address = f"/api/uploads/{upload(ada, 4, ms=30_000)['id']}/"

    def at_work() -> bool:
        # While the model is being loaded the first signal gives back at once, too.
        return any(one["prediction"]["stage"] == "compute" for one in ada.get(address)["images"])

    until(at_work, "the model is at work", 30)
    assert counts(ada)["running"] == 4
    worker = darkroom.workers.pop()
    began = time.monotonic()
    os.kill(worker.pid, signal.SIGTERM)
    log = darkroom.folder / "worker.log"
    until(lambda: "draining" in log.read_text(), "the first signal is heard", 10)
    os.kill(worker.pid, signal.SIGTERM)
    assert worker.wait(10) == 0
    seconds = round(time.monotonic() - began, 1)
    assert counts(ada)["queued"] == 4
    burned = darkroom.query("sum(Prediction.objects.values_list('lease_losses', flat=True))")
    assert burned == 0
    measured("R5b", held=4, exit_seconds=seconds, lease_losses=burned)
