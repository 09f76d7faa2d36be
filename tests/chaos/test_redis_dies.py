"""A channel layer that is killed, flushed, or loses most of what it is given."""

import time
from collections.abc import Callable

import pytest
import redis

from tests.chaos.rig import Rig, settled, upload
from tests.listener import Listener

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

Rigs = Callable[..., Rig]
Measured = Callable[..., None]
STALE_SECONDS = 20


def contiguous(listener: Listener, first: int = 1) -> None:
    """The listener was told every event from the first on, in order, once, and stayed connected."""
    seqs = [event["seq"] for event in listener.events()]
    assert seqs == list(range(first, first + len(seqs)))
    assert listener.close_code is None


def test_r6a_redis_may_be_killed_and_flushed_all_the_time(
    rig: Rigs, full: bool, measured: Measured
) -> None:
    darkroom = rig(workers=2)
    ada = darkroom.person("ada")
    listener = Listener(darkroom.url, ada.tokens["access"], after=0)
    listener.until(lambda it: it.messages, "the socket is ready")
    end = time.monotonic() + (60 if full else 12)
    kills = flushes = images = 0
    while time.monotonic() < end:
        upload(ada, 10)
        images += 10
        time.sleep(2.5)
        if (kills + flushes) % 2:
            redis.Redis(unix_socket_path=f"{darkroom.redis_folder}/redis.sock").flushall()
            flushes += 1
        else:
            darkroom.kill_redis()
            time.sleep(1)
            darkroom.start_redis()
            kills += 1
    done = settled(ada, 120)
    assert done["succeeded"] == images
    ended = time.monotonic()
    listener.until(
        lambda it: len(it.events("prediction.succeeded")) == images, "all is told", STALE_SECONDS
    )
    stale = time.monotonic() - ended
    contiguous(listener)
    listener.close()
    assert "0 violations" in darkroom.audit()
    measured("R6a", kills=kills, flushes=flushes, images=images, last_told_after=round(stale, 1))


def test_r6b_a_layer_that_drops_half_loses_nothing(rig: Rigs, measured: Measured) -> None:
    darkroom = rig(workers=2, DJANGO_SETTINGS_MODULE="tests.chaos.lossy_settings")
    ada = darkroom.person("ada")
    listener = Listener(darkroom.url, ada.tokens["access"], after=0)
    for _ in range(10):
        upload(ada, 10)
    assert settled(ada, 120)["succeeded"] == 100
    ended = time.monotonic()
    listener.until(
        lambda it: len(it.events("prediction.succeeded")) == 100, "all is told", STALE_SECONDS
    )
    stale = time.monotonic() - ended
    contiguous(listener)
    listener.close()
    measured("R6b", dropped="50 %", repeated="20 %", images=100, last_told_after=round(stale, 1))
