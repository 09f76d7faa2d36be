"""An archive that refuses, hangs, cuts and is busy while photos come in and workers die."""

import random
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest

from tests.chaos.rig import Rig, settled, upload
from tests.darkroom import until
from tests.s3server import Trouble, s3_server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

Rigs = Callable[..., Rig]
Measured = Callable[..., None]

TROUBLES = (Trouble.REFUSE, Trouble.HANG, Trouble.BUSY, Trouble.CUT)


def test_r10_an_archive_that_is_away_costs_time_and_no_photo(
    rig: Rigs, tmp_path: Path, database_url: str, full: bool, measured: Measured
) -> None:
    images = 500 if full else 40
    away_seconds = (120 if database_url else 600) if full else 8
    with s3_server(tmp_path) as server:
        darkroom = rig(workers=2, **server.settings)
        ada = darkroom.person("ada")
        sent = 0
        for _ in range(images // 20):
            upload(ada, 10)
            sent += 10
        slowest, begun = 0.0, time.monotonic()
        for trouble in cycle(TROUBLES):
            server.proxy.trouble = trouble
            if sent < images:
                asked = time.monotonic()
                upload(ada, 10)
                slowest = max(slowest, time.monotonic() - asked)
                sent += 10
            if random.random() < 0.3:
                darkroom.kill_worker()
            time.sleep(away_seconds / 30)
            if time.monotonic() - begun > away_seconds:
                break
        while sent < images:
            upload(ada, 10)
            sent += 10
        assert settled(ada, 300)["succeeded"] == images
        server.proxy.trouble = Trouble.NONE
        back = time.monotonic()
        waiting = "ArchiveTask.objects.count()"
        until(lambda: darkroom.query(waiting) == 0, "everything is archived", 300)
        took = time.monotonic() - back
        assert darkroom.query("Image.objects.filter(archived_at=None).count()") == 0
        assert darkroom.query("Prediction.objects.filter(failures__gt=0).count()") == 0
        assert "0 violations" in darkroom.audit()
        measured(
            "R10",
            images=images,
            away=f"{away_seconds} s",
            slowest_upload=round(slowest, 1),
            archived_after=round(took),
        )
