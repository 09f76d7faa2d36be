"""`manage.py up`: comes up, is alone in its folder, stops in order, leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from tests.darkroom import ROOT, Darkroom, until

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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_every_process(own_darkroom: Darkroom, number: int) -> None:
    own_darkroom.start(WEB="2", WORKERS="2")
    processes = own_darkroom.pids(EVERYTHING)
    assert len(own_darkroom.pids(r"^\S+ \S*manage\.py web ")) == 2
    assert len(own_darkroom.pids(r"^\S+ \S*manage\.py runworker ")) == 2
    assert len(own_darkroom.pids(r"^\S+valkey-server ")) == 1
    assert own_darkroom.process is not None
    own_darkroom.process.send_signal(number)
    assert own_darkroom.process.wait(40) == 0
    assert processes
    assert own_darkroom.pids(EVERYTHING) == []


def test_killing_it_leaves_no_process_behind(own_darkroom: Darkroom) -> None:
    own_darkroom.start()
    assert own_darkroom.process is not None
    own_darkroom.process.kill()
    own_darkroom.process.wait()
    until(lambda: not own_darkroom.pids(EVERYTHING), "no process is left")


def test_a_killed_redis_comes_back_at_the_same_address(own_darkroom: Darkroom) -> None:
    own_darkroom.start()
    (redis,) = own_darkroom.pids(r"^\S+valkey-server ")
    os.kill(redis, signal.SIGKILL)
    until(
        lambda: (
            own_darkroom.pids(r"^\S+valkey-server ") not in ([], [redis])
            and httpx.get(f"{own_darkroom.url}/readyz").json()["channel_layer"] == "ok"
        ),
        "the channel layer is well again",
    )


def test_an_unchanged_second_start_takes_less_than_five_seconds(own_darkroom: Darkroom) -> None:
    own_darkroom.start()
    assert own_darkroom.stop() == 0
    # Of computing, which is the same however busy the machine is; an idle one waits for less.
    assert any(seconds_to_start(own_darkroom) < 5 for _ in range(3))


def seconds_to_start(darkroom: Darkroom) -> float:
    """How long all its processes have computed when it is up; it is stopped afterwards."""
    darkroom.start()
    times = [psutil.Process(pid).cpu_times() for pid in darkroom.pids(EVERYTHING)]
    assert darkroom.stop() == 0
    # The set-up has ended: what it computed is its supervisor's children's.
    computed: float = sum(sum(one[:4]) for one in times)
    return computed
