"""A copy of the database is brought back, and nobody takes the past for the present."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.darkroom import ROOT, Darkroom, Person
from tests.listener import Listener
from tests.pgserver import PROGRAMS, postgres
from tests.photos import on_disk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(params=["sqlite", "postgresql"])
def darkroom(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Darkroom]:
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(postgres(durable=False, migrated=True))
        darkroom = Darkroom(tmp_path, database_url=url)
        darkroom.start()
        yield darkroom
        darkroom.stop()


def manage(darkroom: Darkroom, *arguments: str) -> subprocess.CompletedProcess[str]:
    ours = os.environ  # noqa: TID251
    environment = {
        **ours,
        "PATH": f"{PROGRAMS}{os.pathsep}{ours['PATH']}",
        "DATA_DIR": str(darkroom.folder / "var"),
        "MEDIA_ROOT": str(darkroom.folder / "media"),
        "DATABASE_URL": darkroom.database_url,
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def test_a_restore_has_clients_load_anew_and_gives_no_number_out_twice(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    (photo,) = on_disk(tmp_path / "photos", "astronaut")
    ada = darkroom.person("ada")
    kept = ada.finished(ada.upload(photo, model="digits"))
    copy = tmp_path / "copy"
    done = manage(darkroom, "backup", str(copy))
    assert (done.returncode, copy.stat().st_mode & 0o777) == (0, 0o600), done.stderr
    assert "is there already" in manage(darkroom, "backup", str(copy)).stderr

    lost = ada.finished(ada.upload(photo, model="digits"))
    eve = darkroom.person("eve")
    before = ada.get("/api/events/")
    assert before["seq"] > kept["images"][0]["prediction"]["id"]
    assert "running" in manage(darkroom, "restore", str(copy)).stderr.lower()
    darkroom.stop()

    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"a text")
    assert "is no copy of a database" in manage(darkroom, "restore", str(wrong)).stderr
    done = manage(darkroom, "restore", str(copy))
    assert done.returncode == 0, done.stderr
    done = manage(darkroom, "restored")  # as after other means; once more does no harm
    assert "go on far beyond" in done.stdout, done.stderr
    darkroom.start()

    ada = Person(darkroom.url, "ada")
    assert ada.get(f"/api/uploads/{kept['id']}/")["counts"]["succeeded"] == 1
    assert ada.http.get(f"/api/uploads/{lost['id']}/").status_code == 404
    ahead = Listener(darkroom.url, ada.tokens["access"], before["seq"], before["epoch"])
    reset = ahead.until(
        lambda one: [m for m in one.messages if m["type"] == "reset"], "it is told to load anew"
    )
    assert reset[0]["epoch"] != before["epoch"]
    assert reset[0]["seq"] < before["seq"]
    # As the page does: it has no cursor of this stream but the one of the reset.
    new = ada.finished(ada.upload(photo, model="digits"))
    ahead.until(lambda one: one.events("prediction.succeeded"), "events go on")
    ahead.close()
    assert new["id"] > 2_000_000
    assert new["images"][0]["id"] > 2_000_000
    eve.http.base_url = darkroom.url
    assert eve.http.get("/api/uploads/").status_code == 401

    assert manage(darkroom, "audit", "--fix").returncode == 0
