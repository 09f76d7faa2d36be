"""`manage.py up`: comes up, is alone in its folder, stops in order, leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.darkroom import ROOT, Darkroom, Person, until
from tests.exposition import parsed

pytestmark = pytest.mark.slow

EVERYTHING = "."
"""Matches the command line of any process."""


def second(darkroom: Darkroom, **environment: str) -> subprocess.CompletedProcess[str]:
    """Another `manage.py up` beside the one that runs."""
    return subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env={
            "PATH": os.defpath,
            "DATA_DIR": str(darkroom.folder / "var"),
            "MEDIA_ROOT": str(darkroom.folder / "media"),
            "PORT": "0",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def whole_banner(darkroom: Darkroom) -> str:
    """What was printed up to the banner's last line."""
    until(lambda: "Ctrl-C stops everything" in darkroom.log.read_text(), "the whole banner")
    return darkroom.log.read_text()


def test_it_comes_up_with_people_who_can_sign_in(darkroom: Darkroom) -> None:
    banner = whole_banner(darkroom)
    assert "Sign in as demo with the password darkroom" in banner
    assert "Not ready yet" not in banner
    password_file = darkroom.folder / "var" / "admin-password"
    assert str(password_file) in banner
    assert password_file.stat().st_mode & 0o777 == 0o600
    password = password_file.read_text()
    assert password not in banner
    for name, secret in (("demo", "darkroom"), ("admin", password)):
        answer = httpx.post(
            f"{darkroom.url}/api/token/", json={"username": name, "password": secret}
        )
        assert answer.status_code == 200, answer.text


def test_the_supervisor_has_loaded_no_database(darkroom: Darkroom) -> None:
    assert darkroom.process is not None
    loaded = Path(f"/proc/{darkroom.process.pid}/maps").read_text()
    assert "_asyncio" in loaded
    assert "sqlite3" not in loaded


def test_a_second_one_says_that_it_is_running_already(darkroom: Darkroom) -> None:
    assert darkroom.process is not None
    refused = second(darkroom)
    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        f"Darkroom is running already at {darkroom.url} (process {darkroom.process.pid})."
    )


def test_a_taken_port_is_one_sentence(darkroom: Darkroom, tmp_path: Path) -> None:
    port = darkroom.url.rpartition(":")[2]
    refused = second(darkroom, DATA_DIR=str(tmp_path / "other"), PORT=port)
    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        f"Port {port} on 127.0.0.1 is taken by another program: set PORT to another one."
    )


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Darkroom:
    """A Darkroom that has run from nothing, has let somebody in, and was stopped."""
    server = Darkroom(tmp_path_factory.mktemp("used"), prepared=False)
    server.start()
    httpx.get(f"{server.url}/metadata").raise_for_status()
    # Nowhere else are passwords hashed as in earnest from end to end.
    assert Person(server.url, "ada").get("/api/users/me/")["username"] == "ada"
    assert server.stop() == 0
    return server


@pytest.fixture
def stopped(used: Darkroom) -> Iterator[Darkroom]:
    """The same one, which is stopped again where a test has not done so."""
    yield used
    used.stop()


def test_counters_begin_at_zero_with_each_start(stopped: Darkroom) -> None:
    stopped.start()
    httpx.get(f"{stopped.url}/metadata").raise_for_status()
    told = parsed(httpx.get(f"{stopped.url}/metrics").content)
    asked = {"route": "/metadata", "method": "GET", "status": "2xx"}
    assert told.value("darkroom_http_requests_total", **asked) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_every_process(stopped: Darkroom, number: int) -> None:
    stopped.start(WEB="2", WORKERS="2", PRELOAD_MODELS="digits")
    assert len(stopped.pids(r"^\S+ \S*manage\.py web ")) == 2
    workers = [psutil.Process(pid) for pid in stopped.pids(r"^\S+ \S*manage\.py runworker ")]
    assert len(workers) == 2
    until(lambda: all(worker.children() for worker in workers), "models are preloaded")
    models = [child for worker in workers for child in worker.children()]
    assert len(stopped.pids(r"^\S+valkey-server ")) == 1
    assert stopped.process is not None
    stopped.process.send_signal(number)
    assert stopped.process.wait(40) == 0
    assert stopped.pids(EVERYTHING) == []
    assert not any(model.is_running() for model in models)


def test_killing_it_leaves_no_process_behind(stopped: Darkroom) -> None:
    stopped.start()
    assert stopped.process is not None
    assert stopped.pids(EVERYTHING)
    stopped.process.kill()
    stopped.process.wait()
    until(lambda: not stopped.pids(EVERYTHING), "no process is left")
